"""The outermost layer under granian: what it calls for each request, by RSGI from within, on a thread of its own.

Granian would hand each request to a loop of asyncio, or dress it as WSGI on a thread that then waits for its body,
which takes as long as to find a kept page, or for ever. So what is kept is found first and handed over as it is; a body
is waited for by nobody (`forum.web.bodies`), and granian calls again when it is there; only then the application gets
all of it, as WSGI.

Granian's objects for a request should go with it (its issue 527: one that was dropped on another thread, with a
traceback that kept it alive, took the worker down). So the application gets a `start_response` of ours, and an
exception ends here with an answer. The body is joined, since granian sends bytes faster than an iterator, and nothing
that the board answers is large.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from asyncio import CancelledError
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from forum.web.bodies import Bodies, Coming
from forum.web.gate import BUSY, CUT_OFF, RETRY, TOO_SLOW, refuse
from forum.web.page import Answer, Headers
from forum.web.safety import MOST_BODY_BYTES, SAFE_METHODS

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
FAILED: Answer = 500, FAILURE_HEADERS, FAILURE
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
# What a page that is kept depends on, beside its address and cookies.
LOOKED_AT = (
    ("accept-language", "HTTP_ACCEPT_LANGUAGE"),
    ("accept-encoding", "HTTP_ACCEPT_ENCODING"),
    ("if-none-match", "HTTP_IF_NONE_MATCH"),
)


class Taker(Protocol):
    """Granian's object that has the body of one request, and takes its answer."""

    def __call__(self) -> Coming:
        """Begin to receive the body."""
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
class _Expecting:
    """A request whose body is still to be received."""

    environ: Environ
    length: int


class Boundary:
    """What granian calls for each request. `look` finds what is kept, `app` makes everything else, and who sends a body
    has a place in `bodies` until it is there.
    """

    def __init__(self, app: Application, look: Look, bodies: Bodies) -> None:
        self._app = app
        self._look = look
        self._bodies = bodies
        self._apart = threading.local()

    def __call__(self, call: Call) -> None:
        taker = call.proto
        answer = self._of_this_thread().send(call.scope)
        if isinstance(answer, _Expecting):
            self._receive(taker, answer)
        else:
            _hand_over(taker, answer)

    def _of_this_thread(self) -> Generator[Any, Any]:
        answers = getattr(self._apart, "answers", None)
        if answers is None:
            answers = self._apart.answers = _answers(self._app, self._look)
            next(answers)
        return answers

    def _receive(self, taker: Taker, expecting: _Expecting) -> None:
        environ = expecting.environ
        place = self._bodies.begin(environ["REMOTE_ADDR"], expecting.length)
        if place is None:
            _hand_over(taker, refuse(environ, 503, BUSY, RETRY))
            return
        coming = place.coming = taker()
        # It must not hold what is coming, of which garbage collection knows nothing.
        coming.add_done_callback(partial(self._received, taker, environ, place.number))

    def _received(self, taker: Taker, environ: Environ, number: int, coming: Coming) -> None:
        self._bodies.end(number)
        try:
            body = coming.result()
        except CancelledError:
            answer = refuse(environ, 408, TOO_SLOW)
        except Exception:  # noqa: BLE001 - whatever it was, the whole of it did not come
            answer = refuse(environ, 400, CUT_OFF)
        else:
            environ["wsgi.input"] = io.BytesIO(body)
            answer = self._of_this_thread().send(environ)
        _hand_over(taker, answer)


def _hand_over(taker: Taker, answer: Answer) -> None:
    """Send an answer, or that there is none, where the server does not take it; it would not survive an exception."""
    try:
        taker.response_bytes(*answer)
    except BaseException:
        log.exception("the server does not take the answer")
        taker.response_bytes(*FAILED)


class AtOnce:
    """Stands where granian expects asyncio's loop: whoever tells it that a body is there goes on with the request."""

    def call_soon(self, act: Callable[..., None], *given: object, context: object = None) -> None:
        """Do it now, on the thread that says so; nothing that fails may get back to the server."""
        try:
            act(*given)
        except BaseException:
            log.exception("a request failed when its body was there")

    call_soon_threadsafe = call_soon


def _answers(app: Application, look: Look) -> Generator[Any, Any]:
    """The answer to each request that is sent in, by its scope or, with its body, by its environ; one generator a
    thread, which never ends.

    A traceback holds not only the frames that it shows but those of all their callers, and the server's is one. The
    frame of a generator forgets who called it when it yields, so that the line of callers ends here.
    """
    answer: Any = None
    while True:
        answer = _answer(app, look, (yield answer))


def _answer(app: Application, look: Look, asked: Any) -> Answer | _Expecting:
    try:
        if not isinstance(asked, dict):
            headers, path, query = asked.headers, _path(asked.path), asked.query_string
            environ = _looked_at(asked.method, path, query, headers)
            kept = look(environ)
            if kept is not None:
                return kept
            environ = _whole(environ, asked, headers)
            length = _length(environ)
            if length:
                return _Expecting(environ, length)
            asked = environ
        begun = _Begun()
        body = begun.whole(app(asked, begun))
        return int(begun.status[:3]), begun.headers, body
    except BaseException:
        # Of whatever kind: what leaves here ends the generator, and the thread could never answer again.
        log.exception("the application failed at the boundary")
        return FAILED


def _path(path: str) -> str:
    """A path as WSGI has it."""
    return path if path.isascii() else path.encode().decode("latin-1")


def _looked_at(method: str, path: str, query: str, headers: Any) -> Environ:
    """As much of a request as tells a page that is kept."""
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    for name, key in LOOKED_AT:
        value = headers.get(name)
        if value is not None:
            environ[key] = value
    if "cookie" in headers:
        environ["HTTP_COOKIE"] = ";".join(headers.get_all("cookie"))
    return environ


def _whole(looked_at: Environ, scope: Any, headers: Any) -> Environ:
    """All that is said of a request, with an empty body."""
    host, _, port = scope.server.rpartition(":")
    said: Environ = {}
    for name, value in headers.items():
        # WSGI can't tell X_Forwarded_For from X-Forwarded-For, which only a proxy may send.
        if "_" not in name:
            key = f"HTTP_{name.replace('-', '_').upper()}"
            said[key] = f"{said[key]}{';' if name == 'cookie' else ','}{value}" if key in said else value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in said:
            said[name] = said.pop(f"HTTP_{name}")
    said.setdefault("HTTP_HOST", scope.authority or "")
    return {
        **looked_at,
        **said,
        **OF_EACH_REQUEST,
        "SERVER_PROTOCOL": "HTTP/1.0" if scope.http_version == "1" else "HTTP/1.1",
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
    }


def _length(environ: Environ) -> int:
    """The bytes of the body to wait for: none of readers' or of one that is too large, which the application refuses by
    what it is said to be, as it does one that comes in chunks.
    """
    if environ["REQUEST_METHOD"] in SAFE_METHODS or "HTTP_TRANSFER_ENCODING" in environ:
        return 0
    length = environ.get("CONTENT_LENGTH", "")
    number = int(length) if length.isascii() and length.isdigit() else 0
    return number if number <= MOST_BODY_BYTES else 0


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
