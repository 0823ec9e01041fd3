"""The outermost layer under granian: what it calls for each request, by RSGI from within, on one thread of its own.

Granian would hand each request to a loop of asyncio, or dress it as WSGI on a thread that then waits for its body,
which takes as long as to find a kept page, or for ever. So what is kept is found first and handed over as it is, on the
one thread, since several would take the interpreter from one another for each page. A body is waited for by nobody
(`forum.web.bodies`), and granian calls again with each piece of it. Once it is whole the application gets all of it, as
WSGI, on one of the threads that may wait.

Granian's objects for a request should go with it (its issue 527: one that was dropped on another thread, with a
traceback that kept it alive, took the worker down). So the application gets a `start_response` of ours, and an
exception ends here with an answer. The body is joined, since granian sends bytes faster than an iterator, and nothing
that the board answers is large.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from asyncio import CancelledError
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from forum.turns import PATIENCE_S
from forum.web.bodies import Bodies, Coming, Place
from forum.web.environ import Environ, body_length, complete, said
from forum.web.gate import BUSY, CUT_OFF, RETRY, TOO_SLOW, refuse
from forum.web.page import Answer, Headers
from forum.web.safety import HARDENED, SAFE_METHODS

log = logging.getLogger(__name__)

Application: TypeAlias = Callable[..., Iterable[bytes]]
Look: TypeAlias = Callable[[Environ], Answer | None]
Run: TypeAlias = Callable[[Callable[[], None]], None]

FAILURE = """\
Something went wrong. Please try again a little later.
問題が発生しました。しばらくしてから、もう一度お試しください。
""".encode()
FAILURE_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(FAILURE))),
    ("Cache-Control", "no-store"),
    *HARDENED,
]
FAILED: Answer = 500, FAILURE_HEADERS, FAILURE
FIRST_STATUS, LAST_STATUS = 200, 599


class Taker(Protocol):
    """Granian's object that has the body of one request, and takes its answer."""

    def __aiter__(self) -> Any:
        """Begin to receive the body."""
        ...

    def __anext__(self) -> Any:
        """Receive the next piece of it: a Coming."""
        ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""


class Call(Protocol):
    """Granian's object for one request: what is said of it, and the way back."""

    @property
    def scope(self) -> Any: ...

    @property
    def proto(self) -> Taker: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to which nothing is kept, and the bytes of the body that is still to be received."""

    environ: Environ
    length: int


@dataclass(frozen=True, slots=True)
class _Arriving:
    """A body of which some may have come."""

    taker: Taker
    asked: _Asked
    place: Place
    body: bytearray


class Boundary:
    """What granian calls for each request, on its one thread, where nothing may wait: `look` finds what is kept, and
    everything else is made by `app`, on a thread of those for readers or those for writers: however many writers wait
    for one another, they take no reader's. Who sends a body has a place in `bodies` until there is an answer.
    """

    def __init__(
        self, app: Application, look: Look, bodies: Bodies, for_readers: Run, for_writers: Run
    ) -> None:
        self._app = app
        self._look = look
        self._bodies = bodies
        self._for_readers, self._for_writers = for_readers, for_writers
        self._apart = threading.local()

    def __call__(self, call: Call) -> None:
        taker = call.proto
        try:
            answer = self._answer_to(call.scope)
            if not isinstance(answer, _Asked):
                taker.response_bytes(*answer)
            elif answer.length:
                self._receive(taker, answer)
            else:
                self._run(taker, answer.environ)
        except BaseException:
            # Granian would not survive it.
            taker.response_bytes(*FAILED)
            log.exception("a request failed at the boundary")

    def _answer_to(self, asked: Any) -> Any:
        answers = getattr(self._apart, "answers", None)
        if answers is None:
            answers = self._apart.answers = _answers(self._app, self._look)
            next(answers)
        return answers.send([asked])

    def _run(self, taker: Taker, environ: Environ, place: Place | None = None) -> None:
        """Have the answer to a request that is whole made by a thread that may wait."""
        run = self._for_readers if environ["REQUEST_METHOD"] in SAFE_METHODS else self._for_writers
        run(partial(self._make, taker, environ, time.monotonic(), place))

    def _make(self, taker: Taker, environ: Environ, since_s: float, place: Place | None) -> None:
        try:
            # Who stood in line for so long has gone, or is better told than kept waiting.
            is_late = time.monotonic() - since_s > PATIENCE_S
            answer: Answer = refuse(environ, 503, BUSY, RETRY) if is_late else self._answer_to(environ)
            taker.response_bytes(*answer)
        except BaseException:
            taker.response_bytes(*FAILED)
            log.exception("a request failed at the boundary")
        finally:
            if place is not None:
                self._bodies.end(place)

    def _receive(self, taker: Taker, asked: _Asked) -> None:
        environ = asked.environ
        place = self._bodies.begin(environ["REMOTE_ADDR"], environ, time.monotonic())
        if place is None:
            taker.response_bytes(*refuse(environ, 503, BUSY, RETRY))
            return
        try:
            taker.__aiter__()
            self._wait(_Arriving(taker, asked, place, bytearray()))
        except BaseException:
            self._bodies.end(place)
            raise

    def _wait(self, arriving: _Arriving) -> None:
        coming = arriving.place.coming = arriving.taker.__anext__()
        coming.add_done_callback(partial(self._has_come, arriving))

    def _has_come(self, arriving: _Arriving, coming: Coming) -> None:
        taker, environ, place = arriving.taker, arriving.asked.environ, arriving.place
        try:
            # Nothing that it holds may hold it, for garbage collection knows nothing of granian's.
            place.coming = None
            refused = self._add(arriving, coming)
            if refused is not None:
                self._bodies.end(place)
                taker.response_bytes(*refused)
            elif len(arriving.body) < arriving.asked.length:
                self._wait(arriving)
            else:
                environ["wsgi.input"] = io.BytesIO(arriving.body)
                self._run(taker, environ, place)
        except BaseException:
            self._bodies.end(place)
            taker.response_bytes(*FAILED)
            log.exception("a request failed at the boundary")

    def _add(self, arriving: _Arriving, coming: Coming) -> Answer | None:
        """Add a piece to a body that wants one; the answer to it when there is none, or no room."""
        environ = arriving.asked.environ
        try:
            piece = coming.result()
        except CancelledError:
            return refuse(environ, 408, TOO_SLOW)
        if not piece:
            return refuse(environ, 400, CUT_OFF)
        # Each piece is copied, because it keeps the whole buffer alive that it was read into.
        arriving.body.extend(piece)
        is_whole = len(arriving.body) == arriving.asked.length
        if not is_whole and not self._bodies.grow(arriving.place, len(piece)):
            return refuse(environ, 503, BUSY, RETRY)
        return None


class AtOnce:
    """Stands where granian expects asyncio's loop: whoever tells it that something is there goes on with that."""

    def call_soon(self, act: Callable[..., None], *given: object, context: object = None) -> None:
        """Do it now, on the thread that says so; nothing that fails may get back to the server."""
        try:
            act(*given)
        except BaseException:
            log.exception("a request failed behind the boundary")

    call_soon_threadsafe = call_soon


def _answers(app: Application, look: Look) -> Generator[Any, list[Any]]:
    """The answer to each request that is sent in, by its scope or, with its body, by its environ; one generator a
    thread, which never ends. It comes in a list, out of which it is taken, so that nothing of it is left behind.

    A traceback holds not only the frames that it shows but those of all their callers, and the server's is one. The
    frame of a generator forgets who called it when it yields, so that the line of callers ends here.
    """
    asked = yield None
    while True:
        asked = yield _answer(app, look, asked)


def _answer(app: Application, look: Look, asked: list[Any]) -> Answer | _Asked:
    try:
        environ = asked.pop()
        if not isinstance(environ, dict):
            scope = environ
            environ = said(scope)
            kept = look(environ)
            if kept is not None:
                return kept
            complete(environ, scope)
            return _Asked(environ, body_length(environ))
        begun = _Begun()
        return begun.whole(app(environ, begun))
    except BaseException:
        # Of whatever kind: what leaves here ends the generator, and the thread could never answer again.
        log.exception("the application failed at the boundary")
        return FAILED


class _Begun:
    """What the application began its answer with: our own `start_response`."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = status, headers

    def whole(self, answer: Iterable[bytes]) -> Answer:
        """The answer, with the body in one piece; it is closed, as PEP 3333 asks, also when reading it fails.

        Raises ValueError for a status on which granian would end the process.
        """
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        code = int(self.status[:3])
        if not FIRST_STATUS <= code <= LAST_STATUS:
            raise ValueError(f"{self.status}: no status of an answer")
        return code, self.headers, body
