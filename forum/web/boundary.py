"""The outermost layer under granian: the application never holds anything of the server's, and never fails at it.

Granian's objects for a request belong to the thread that serves it (its issue 527: one that was dropped on another
thread, with a traceback that kept it alive, took the worker down). So the application gets a `start_response` of ours,
and an exception ends here with an answer. The body is joined, since granian sends a list of bytes faster than an
iterator, and nothing that the board answers is large.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)

FAILURE = b"Something went wrong. Please try again a little later.\n"
FAILURE_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(FAILURE))),
    ("Cache-Control", "no-store"),
]


class Boundary:
    """A WSGI application around the board's."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        begun = _Begun()
        try:
            body = begun.whole(self._app(environ, begun))
            status, headers = begun.status, begun.headers
        except Exception:
            log.exception("the application failed at the boundary")
            status, headers, body = "500 INTERNAL SERVER ERROR", FAILURE_HEADERS, [FAILURE]
        start_response(status, headers)
        return body


class _Begun:
    """What the application began its answer with: our own `start_response`."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status, self.headers = status, headers

    def whole(self, answer: Iterable[bytes]) -> list[bytes]:
        """The body in one piece; the answer is closed, as PEP 3333 asks, also when reading it fails."""
        if isinstance(answer, list):
            return answer
        try:
            return [b"".join(answer)]
        finally:
            getattr(answer, "close", lambda: None)()
