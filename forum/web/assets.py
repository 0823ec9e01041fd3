"""Static files under names that hold a hash of their content, so that browsers keep them for ever.

At the start each file of static/ is laid into DATA_DIR/static under its hashed name, with compressed twins; WhiteNoise
serves that folder in front of Flask. Names of earlier versions stay there, for pages loaded before an upgrade.

A guest mostly reads one page that a search engine led to. So guests' pages hold their style sheets: what the first
round trip brings can be read as it will stay. Members, who read page after page, get links to files that are kept.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask, current_app
from jinja2 import ChoiceLoader, DictLoader
from whitenoise import WhiteNoise

from forum.settings import Settings

PREFIX = "/static/"
HASH_LENGTH = 12
SHEETS = ("theme", "base", "layout", "prose", "lists", "posts", "forms")
"""The style sheets that every page has, in their order."""


def init(app: Flask, settings: Settings, source: Path) -> None:
    """Lay the files out and serve them."""
    folder = settings.data_dir / "static"
    app.config["ASSETS"] = {
        path.relative_to(source).as_posix(): PREFIX + _lay(path, source, folder)
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    app.wsgi_app = WhiteNoise(
        app.wsgi_app,
        root=folder,
        prefix=PREFIX,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=_harden,
    )


def print_styles(app: Flask, source: Path) -> str:
    """Let templates include "styles.css", all SHEETS without comments; returns what the policy calls it."""
    sheets = "".join((source / "css" / f"{sheet}.css").read_text() for sheet in SHEETS)
    # Compression does the rest; what shortens more has to understand the language, as `a :is(b)` is not `a:is(b)`.
    styles = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    loaders = [DictLoader({"styles.css": "{% raw %}" + styles + "{% endraw %}"}), app.jinja_env.loader]
    app.jinja_env.loader = ChoiceLoader([loader for loader in loaders if loader])
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def asset(path: str) -> str:
    """The address of a file of static/. Raises KeyError when there is none, so that a slip is seen at once."""
    return current_app.config["ASSETS"][path]


def _harden(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _lay(path: Path, source: Path, folder: Path) -> str:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
    name = path.relative_to(source).with_name(f"{path.stem}.{digest}{path.suffix}")
    target = folder / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target.with_name(f"{target.name}.br"), brotli.compress(content))
        _write(target.with_name(f"{target.name}.gz"), gzip.compress(content, 9, mtime=0))
        _write(target, content)
    return name.as_posix()


def _write(target: Path, content: bytes) -> None:
    # A rename, so that a worker that starts at the same moment never serves half a file.
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)
