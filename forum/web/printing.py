"""How templates print: with one set of globals, without copies, and with pieces remembered that many pages show."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # pyright: ignore[reportPrivateImportUsage]

from forum.web.language import current_language
from forum.web.shelf import Shelf

# Of patterns, and of pieces.
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
        """What `value` is in HTML: like markupsafe's `escape`, but a plain string, and five times as quick."""
        kind = type(value)
        if kind is Markup:
            return value
        if kind is str:
            # What `escape` itself does; to dress the string as Markup takes it ten times as long.
            return escaped(value)
        return str(value) if kind is int else escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class Pattern:
    """HTML with places for values, which stand between two NULs; `places` are their names, in the order of `fill`."""

    def __init__(self, html: str, places: Sequence[str]) -> None:
        first, *others = _PLACE.split(str(html))
        self._pieces = [first, *others]
        self._chosen = [places.index(place) for place in others[::2]]

    def fill(self, *values: Any) -> Markup:
        """The HTML with the values in their places: what is neither HTML yet nor a whole number is escaped."""
        printed = list(map(Printing.printed, values))
        pieces = self._pieces.copy()
        pieces[1::2] = [printed[place] for place in self._chosen]
        return joined(pieces)


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
    return Pattern(macro(template, name)(*kind, **{place: _place(place) for place in places}), places)


def _place(name: str) -> str:
    # What stands for a value, for no HTML may hold it.
    return f"\0{name}\0"


def page(template: str, shown: Any, **own: Any) -> str:
    """A page of a template that gets the fields of `shown`, a frozen dataclass of flags and texts.

    Of a text the template asks only whether there is one, and prints it. So guests' pages of the same flags are alike
    but for their texts, and printed by a pattern, in a tenth of the template's time. What is a visitor's `own`, or a
    cookie with which they came, makes the template print the page.
    """
    names, values_of = _fields(type(shown))
    values = values_of(shown)
    if own or "HTTP_COOKIE" in request.environ:
        return render_template(template, **dict(zip(names, values, strict=True)), **own)
    patterns: Shelf[Pattern] = current_app.extensions["page_patterns"]
    key = current_language(), request.endpoint, template, tuple(map(bool, values))
    if (found := patterns.get(key)) is None:
        marked = {
            name: value if isinstance(value, bool) or not value else _place(name)
            for name, value in zip(names, values, strict=True)
        }
        html = render_template(template, **marked)
        found = Pattern(html, names)
        patterns.put(key, found, len(html) + OVERHEAD_BYTES)
    return found.fill(*values)


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a dataclass's fields, and what takes their values from one."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def remembered(*shown: Hashable, caller: Callable[[], Markup]) -> Markup:
    """What `caller` prints, which may show nothing but the values before it: printed once for them."""
    pieces: Shelf[Markup] = current_app.extensions["pieces"]
    if (piece := pieces.get(shown)) is None:
        piece = caller()
        pieces.put(shown, piece, len(piece) + OVERHEAD_BYTES)
    return piece


def joined(pieces: Iterable[str]) -> Markup:
    """Pieces of HTML in one, without the copies that Markup's own `join` makes of them."""
    return Markup("".join(pieces))  # noqa: S704


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder. Without room there, one is compiled again next time: reading needs no disk."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init(app: Flask, folder: Path) -> None:
    """Give the templates `remembered`: `{% call remembered("name", whatever, it, shows) %} … {% endcall %}`.

    `folder` is where compiled templates are kept.
    """
    # What a template is compiled to is kept for the next start, whose first page would else wait for it.
    compiled = folder / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = _Compiled(str(compiled), "printed-%s.cache")
    app.extensions["page_patterns"] = Shelf(MOST_BYTES)
    app.extensions["pieces"] = Shelf(MOST_BYTES)
    app.add_template_global(remembered)
