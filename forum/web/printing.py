"""How templates print: with one set of globals, without copies, and with pieces remembered that many pages show."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from forum.web.language import current_language
from forum.web.shelf import Shelf

MOST_BYTES = 2 * 1024 * 1024
_PLACE = re.compile("\0([a-z_]+)\0")
# The place on the shelf, and what was shown: up to a line of a list.
OVERHEAD_BYTES = 1500


class Compiler(CodeGenerator):
    """Compiles `{{ value }}` to the environment's `printed(value)`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Printing(Environment):
    """Templates with the environment's globals and none of their own, which print markup as it is.

    Jinja lays a map of a template's own over the globals, and compares the two whenever a page takes macros from
    another template, which cost a page as much as its posts. And it copies markup for each place through which it goes
    on its way to the page.
    """

    code_generator_class = Compiler

    @staticmethod
    def printed(value: Any) -> str:
        """What `value` is in HTML: like markupsafe's `escape`, but for what needs none the sooner."""
        kind = type(value)
        return value if kind is Markup else str(value) if kind is int else escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class Pattern:
    """HTML with places for values, which stand between two NULs."""

    def __init__(self, html: Markup) -> None:
        self._html = _PLACE.sub(r"%(\1)s", str(html).replace("%", "%%"))

    def fill(self, values: Mapping[str, Any]) -> Markup:
        """The HTML with the values in their places: what is no HTML yet is escaped."""
        printed = {name: value if type(value) is Markup else escape(value) for name, value in values.items()}
        return Markup(self._html % printed)  # noqa: S704


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template that needs nothing of the request but its values and the reader's language."""
    return getattr(current_app.jinja_env.get_template(template).module, name)


@lru_cache(maxsize=1024)
def pattern(language: str, template: str, name: str, places: tuple[str, ...], *kind: Hashable) -> Pattern:
    """What a macro prints for its first values, `kind`, with places by name for the others.

    For what a page shows twenty times with other numbers: a macro with some conditions takes three times as long. The
    language is the reader's, which the caller knows.
    """
    if language != current_language():
        raise ValueError(f"the reader's language is {current_language()}, and not {language}")
    # No template holds what stands for a value, for no HTML may.
    return Pattern(macro(template, name)(*kind, **{place: f"\0{place}\0" for place in places}))


def joined(pieces: Iterable[Markup]) -> Markup:
    """Pieces of HTML in one, without the copies that Markup's own `join` makes of them."""
    return Markup("".join(pieces))  # noqa: S704


def init(app: Flask, folder: Path) -> None:
    """Give the templates `remembered`: `{% call remembered("name", whatever, it, shows) %} … {% endcall %}`.

    What stands between is printed when these values come for the first time. It may show nothing but them.
    `folder` is where compiled templates are kept.
    """
    # What a template is compiled to is kept for the next start, whose first page would else wait for it.
    compiled = folder / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled), "printed-%s.cache")
    pieces: Shelf[Markup] = Shelf(MOST_BYTES)

    def remembered(*shown: Hashable, caller: Callable[[], Markup]) -> Markup:
        if (piece := pieces.get(shown)) is None:
            piece = caller()
            pieces.put(shown, piece, len(piece) + OVERHEAD_BYTES)
        return piece

    app.add_template_global(remembered)
