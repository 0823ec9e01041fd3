"""The outermost layer under granian: it calls us in a way of its own, and the application has no part in that.

Granian would dress each request as WSGI, with a copy of the process's environment, and read the answer out of that
again, which takes as long as to find a kept page. So what is kept is found first and handed over as it is; only
what the application has to make gets the whole of WSGI.

Granian's objects for a request belong to the thread that serves it (its issue 527: one that was dropped on another
thread, with a traceback that kept it alive, took the worker down). So the application gets a `start_response` of ours,
and an exception ends here with an answer. The body is joined, since granian sends bytes faster than an iterator, and
nothing that the board answers is large.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from typing import Any, Protocol, TypeAlias

from forum.web.page import Answer, Headers

log = logging.getLogger(__name__)

Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[..., Iterable[bytes]]
Look: TypeAlias = Callable[[Environ], Answer | None]

FAILURE = b"Something went wrong. Please try again a little later.\n"
FAILURE_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(FAILURE))),
    ("Cache-Control", "no-store"),
]
# What PEP 3333 asks for beside what is said of the request.
OF_EACH_REQUEST: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}


class Taker(Protocol):
    """Granian's object that takes the answer of one request."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""


class Boundary:
    """What granian calls for each request. `look` finds what is kept, and `app` makes everything else."""

    def __init__(self, app: Application, look: Look) -> None:
        self._app = app
        self._look = look
        self._apart = threading.local()

    def __call__(self, taker: Taker, environ: Environ) -> None:
        answers = getattr(self._apart, "answers", None)
        if answers is None:
            answers = self._apart.answers = _answers(self._app, self._look)
            next(answers)
        taker.response_bytes(*answers.send(environ))


def _answers(app: Application, look: Look) -> Generator[Any, Environ]:
    """What is kept or made for each request that is sent in; one generator a thread, which never ends.

    A traceback holds not only the frames that it shows but those of all their callers, and the server's is one. The
    frame of a generator forgets who called it when it yields, so that the line of callers ends here.
    """
    answer: Any = None
    while True:
        answer = _answer(app, look, (yield answer))


def _answer(app: Application, look: Look, environ: Environ) -> Answer:
    try:
        kept = look(environ)
        if kept is not None:
            return kept
        environ.update(OF_EACH_REQUEST)
        begun = _Begun()
        body = begun.whole(app(environ, begun))
        return int(begun.status[:3]), begun.headers, body
    except BaseException:
        # Of whatever kind: what leaves here ends the generator, and the thread could never answer again.
        log.exception("the application failed at the boundary")
        return 500, FAILURE_HEADERS, FAILURE


class _Begun:
    """What the application began its answer with: our own `start_response`."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = status, headers

    def whole(self, answer: Iterable[bytes]) -> bytes:
        """The body in one piece; the answer is closed, as PEP 3333 asks, also when reading it fails."""
        try:
            return b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
