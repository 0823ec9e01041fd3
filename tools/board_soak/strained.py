"""Serves the board as `wsgi.py` does, but strained: it looks for garbage all the time, and some addresses fail.

    python -m tools.board_soak.strained

A failure leaves a ring of exception, traceback and frames, which only the collector takes apart, on whatever thread
happens to run it. Objects of a server that may be dropped on their own thread alone do not survive that (granian's
issue 527).
"""

from __future__ import annotations

import gc
import runpy
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask

import forum
from forum.serving import workers

ROOT = Path(__file__).resolve().parents[2]
make, serve_by_all = forum.create_app, workers.serve_by_all


def create_app(*settings: Any, **options: Any) -> Flask:
    """The board with two addresses more: one fails in a view, the other outside of Flask."""
    app = make(*settings, **options)
    app.add_url_rule("/soak/fails", "soak_fails", _fail)
    serve = app.wsgi_app

    def serve_or_fail(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/soak/breaks":
            _fail()
        return serve(environ, start_response)

    app.wsgi_app = serve_or_fail
    return app


def serve_strained(app: Flask, listeners: Sequence[socket.socket], command: Sequence[str]) -> NoReturn:
    """The same with workers that are strained, too, when they take the place of others."""
    serve_by_all(app, listeners, [command[0], "-m", "tools.board_soak.strained", command[-1]])


def _fail() -> str:
    fault = RuntimeError("as it should")
    fault.ring = [fault]  # pyright: ignore[reportAttributeAccessIssue]
    raise fault


if __name__ == "__main__":
    forum.create_app, workers.serve_by_all = create_app, serve_strained
    gc.set_threshold(200, 2, 2)
    runpy.run_path(str(ROOT / "wsgi.py"), run_name="__main__")
