"""Serves the board as `wsgi.py` does, but strained: it looks for garbage all the time, and some addresses fail.

    python -m tools.board_soak.strained

A failure leaves a ring of exception, traceback and frames, which only the collector takes apart, on whatever thread
happens to run it. Objects of a server that may be dropped on their own thread alone do not survive that (granian's
issue 527).
"""

from __future__ import annotations

import gc
import runpy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask

import forum

ROOT = Path(__file__).resolve().parents[2]
make = forum.create_app


def create_app(*settings: Any) -> Flask:
    """The board with two addresses more: one fails in a view, the other outside of Flask."""
    app = make(*settings)
    app.add_url_rule("/soak/fails", "soak_fails", _fail)
    serve = app.wsgi_app

    def serve_or_fail(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/soak/breaks":
            _fail()
        return serve(environ, start_response)

    app.wsgi_app = serve_or_fail
    return app


def _fail() -> str:
    fault = RuntimeError("as it should")
    fault.ring = [fault]  # pyright: ignore[reportAttributeAccessIssue]
    raise fault


if __name__ == "__main__":
    forum.create_app = create_app
    gc.set_threshold(200, 2, 2)
    runpy.run_path(str(ROOT / "wsgi.py"), run_name="__main__")
