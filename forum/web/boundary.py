"""The outermost layer under granian: the application never holds anything of the server's, and never fails at it.

Granian's objects for a request belong to the thread that serves it (its issue 527: one that was dropped on another
thread, with a traceback that kept it alive, took the worker down). So the application gets a `start_response` of ours,
and an exception ends here with an answer. The body is joined, since granian sends a list of bytes faster than an
iterator, and nothing that the board answers is large.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterable
from typing import Any

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

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
        self._apart = threading.local()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        answers = getattr(self._apart, "answers", None)
        if answers is None:
            answers = self._apart.answers = _answers(self._app)
            next(answers)
        status, headers, body = answers.send(environ)
        start_response(status, headers)
        return body


def _answers(app: Callable[..., Iterable[bytes]]) -> Generator[Any, Environ]:
    """The answers of the application, each to the request that is sent in; one generator a thread, which never ends.

    A traceback holds not only the frames that it shows but those of all their callers, and the server's is one. The
    frame of a generator forgets who called it when it yields, so that the line of callers ends here.
    """
    answer: Any = None
    while True:
        answer = _answer(app, (yield answer))


def _answer(app: Callable[..., Iterable[bytes]], environ: Environ) -> tuple[str, Headers, list[bytes]]:
    begun = _Begun()
    try:
        body = begun.whole(app(environ, begun))
        status, headers = begun.status, begun.headers
    except BaseException:
        # Of whatever kind: what leaves here ends the generator, and the thread could never answer again.
        log.exception("the application failed at the boundary")
        return "500 INTERNAL SERVER ERROR", FAILURE_HEADERS, [FAILURE]
    return status, headers, body


class _Begun:
    """What the application began its answer with: our own `start_response`."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = status, headers

    def whole(self, answer: Iterable[bytes]) -> list[bytes]:
        """The body in one piece; the answer is closed, as PEP 3333 asks, also when reading it fails."""
        if isinstance(answer, list):
            return answer
        try:
            return [b"".join(answer)]
        finally:
            getattr(answer, "close", lambda: None)()
