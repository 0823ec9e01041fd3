"""How much happens at once: a request comes in whole, waits for its turn, and is worked on by one of few threads.

A body that arrives slowly, or never, holds a thread of the server, so no more than BODIES are waited for at the same
time, and who sends one more is asked to come back. Readers, who send none, always find a thread. Those who write wait
for one another at the database, and so have turns of their own: they never keep readers from theirs.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream, get_content_length

from forum.web.safety import MOST_BODY_BYTES, SAFE_METHODS

# A page that is read takes the processor all the time, and more threads than a few only take it from one another.
READERS = 4
# Whoever writes waits for their turn at the database, for argon2 or for an outside service, which all let others run.
WRITERS = 12
# Of the threads that a server has at least (`THREADS` in wsgi.py), three quarters.
BODIES = 24
BUSY = b"The board is busy. Nothing is lost: go back and send it again.\n"
CUT_OFF = b"The request ended too early.\n"
NO_LENGTH = b"The request must say how long it is.\n"

Environ = dict[str, Any]


def init(app: Flask) -> None:
    """Put the gate in front of the application."""
    app.wsgi_app = Gate(app.wsgi_app)


class Gate:
    """The WSGI application that lets in what fits."""

    def __init__(self, behind: Callable[..., Iterable[bytes]]) -> None:
        self._behind = behind
        self._bodies = threading.Semaphore(BODIES)
        self._readers, self._writers = threading.Semaphore(READERS), threading.Semaphore(WRITERS)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            with self._readers:
                return self._behind(environ, start_response)
        if "HTTP_TRANSFER_ENCODING" in environ:
            # No browser sends a form in chunks, and granian does not tell when the last ones are missing.
            return _refuse("411 LENGTH REQUIRED", NO_LENGTH, start_response)
        if not self._bodies.acquire(blocking=False):
            return _refuse("503 SERVICE UNAVAILABLE", BUSY, start_response)
        try:
            _take_in(environ)
        except ClientDisconnected:
            return _refuse("400 BAD REQUEST", CUT_OFF, start_response)
        finally:
            self._bodies.release()
        with self._writers:
            return self._behind(environ, start_response)


def _take_in(environ: Environ) -> None:
    """Read the whole body; of one that is too large nothing, so that the application refuses it by its length.

    Raises ClientDisconnected for one that ends before its length: granian hands over the half of it as if it were
    whole, and a text would be published without its end.
    """
    length = get_content_length(environ) or 0
    if length > MOST_BODY_BYTES:
        return
    body = LimitedStream(environ["wsgi.input"], length).readall()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(length)
    environ["wsgi.input_terminated"] = True


def _refuse(status: str, sentence: bytes, start_response: Callable[..., Any]) -> list[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(sentence))),
        ("Cache-Control", "no-store"),
        ("Retry-After", "5"),
        ("Connection", "close"),
    ]
    start_response(status, headers)
    return [sentence]
