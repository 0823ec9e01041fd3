"""Static files under names that hold a hash of their content, so that browsers keep them for ever.

At the start each file of static/ is laid into DATA_DIR/static under its hashed name, with a compressed twin; WhiteNoise
serves that folder in front of Flask. Names of earlier versions stay there, for pages loaded before an upgrade.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, current_app
from whitenoise import WhiteNoise

from forum.settings import Settings

PREFIX = "/static/"
HASH_LENGTH = 12


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
        _write(target.with_name(f"{target.name}.gz"), gzip.compress(content, 9, mtime=0))
        _write(target, content)
    return name.as_posix()


def _write(target: Path, content: bytes) -> None:
    # A rename, so that a worker that starts at the same moment never serves half a file.
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)
