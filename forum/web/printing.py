"""How templates print: with one set of globals, and with pieces remembered that are the same for many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache
from markupsafe import Markup

from forum.web.shelf import Shelf

MOST_BYTES = 4 * 1024 * 1024
OVERHEAD_BYTES = 500


class SharedGlobals(Environment):
    """Templates with the environment's globals and none of their own.

    Jinja lays a map of a template's own over them, and compares the two whenever a page takes macros from another
    template, which cost a page as much as its posts.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def init(app: Flask, folder: Path) -> None:
    """Give the templates `remembered`: `{% call remembered("name", whatever, it, shows) %} … {% endcall %}`.

    What stands between is printed when these values come for the first time. It may show nothing but them.
    `folder` is where compiled templates are kept.
    """
    # What a template is compiled to is kept for the next start, whose first page would else wait for it.
    compiled = folder / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    pieces: Shelf[Markup] = Shelf(MOST_BYTES)

    def remembered(*shown: Hashable, caller: Callable[[], Markup]) -> Markup:
        if (piece := pieces.get(shown)) is None:
            piece = caller()
            pieces.put(shown, piece, len(piece) + OVERHEAD_BYTES)
        return piece

    app.add_template_global(remembered)
