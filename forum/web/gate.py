"""How much happens at once: a request comes in whole, waits for its turn, and is worked on by one of few threads.

Under granian bodies come whole (`forum.web.boundary`). Under another server one that arrives slowly, or never, holds a
thread, so no more than BODIES are waited for at the same time, from one sender no more than BODIES_OF_ONE, and who
sends one more is asked to come back. Readers' bodies are not waited for at all, and a quarter of the threads is there
for what has come in whole.

Those who write wait for one another at the database, and so have turns of their own: they never take those of readers.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream, get_content_length

from forum.accounts.pace import network
from forum.settings import Settings
from forum.web.page import Answer
from forum.web.safety import HARDENED, MOST_BODY_BYTES, SAFE_METHODS

log = logging.getLogger(__name__)

# A page that is read takes the processor all the time, and more threads than a few only take it from one another.
READERS = 4
# Whoever writes waits for their turn at the database, for argon2 or for an outside service, which all let others run.
WRITERS = 12
# Of the threads that gunicorn has (see gunicorn.conf.py), three quarters.
BODIES = 24
# A third, since a body has no deadline: one sender alone must not keep everybody else from writing without end.
BODIES_OF_ONE = 8
# Nobody looked at the language of whoever reads these, so they say it in both.
BUSY = """\
The board is busy. Nothing is lost: go back and send it again.
ただいま混み合っています。入力した内容は失われていません。前のページに戻って、もう一度送信してください。
""".encode()
CUT_OFF = """\
The request ended too early.
送信が途中で切れました。前のページに戻って、もう一度送信してください。
""".encode()
NO_LENGTH = """\
The request must say how long it is.
送信する内容の長さが示されていません。
""".encode()
TOO_SLOW = """\
The request took too long to arrive. Nothing is lost: go back and send it again.
送信に時間がかかりすぎました。入力した内容は失われていません。前のページに戻って、もう一度送信してください。
""".encode()
RETRY = ("Retry-After", "5")
IS_WHOLE = "forum.body_is_whole"
"""In the environ of a request whose body the server has taken in."""

Environ = dict[str, Any]


def init(app: Flask, settings: Settings) -> None:
    """Put the gate in front of the application."""
    # A proxy takes bodies in before it hands them on, and everybody comes from its address.
    of_one = BODIES if settings.trusted_proxies else BODIES_OF_ONE
    app.wsgi_app = Gate(app.wsgi_app, of_one)


class Gate:
    """The WSGI application that lets in what fits; of one sender it waits for `of_one` bodies at a time."""

    def __init__(self, behind: Callable[..., Iterable[bytes]], of_one: int = BODIES_OF_ONE) -> None:
        self._behind = behind
        self._bodies = _Bodies(BODIES, of_one)
        self._readers, self._writers = threading.Semaphore(READERS), threading.Semaphore(WRITERS)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            _leave_out(environ)
            with self._readers:
                return self._behind(environ, start_response)
        if "HTTP_TRANSFER_ENCODING" in environ:
            # No browser sends a form in chunks, and how long it will be is known only when all have come.
            return _begin(refuse(environ, 411, NO_LENGTH), start_response)
        if IS_WHOLE not in environ:
            refused = self._take_in(environ)
            if refused is not None:
                return _begin(refused, start_response)
        with self._writers:
            return self._behind(environ, start_response)

    def _take_in(self, environ: Environ) -> Answer | None:
        """Wait for the body where there is room for that; else the answer to who sends it."""
        sender = network(environ.get("REMOTE_ADDR"))
        if not self._bodies.begin(sender):
            return refuse(environ, 503, BUSY, RETRY)
        try:
            _take_in(environ)
        except ClientDisconnected:
            return refuse(environ, 400, CUT_OFF)
        finally:
            self._bodies.end(sender)
        return None


class _Bodies:
    """The bodies that are waited for, by their senders."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._lock = threading.Lock()
        self._senders: list[str] = []

    def __len__(self) -> int:
        return len(self._senders)

    def begin(self, sender: str) -> bool:
        """Whether one more from this sender may be waited for, until `end`."""
        with self._lock:
            has_room = len(self._senders) < self._most and self._senders.count(sender) < self._most_of_one
            if has_room:
                self._senders.append(sender)
            return has_room

    def end(self, sender: str) -> None:
        with self._lock:
            self._senders.remove(sender)


def _leave_out(environ: Environ) -> None:
    """Let the request have no body. None of our pages reads one, but whoever looks for it would wait inside a turn."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(), "0"
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _take_in(environ: Environ) -> None:
    """Read the whole body; of one that is too large nothing, so that the application refuses it by its length.

    Raises ClientDisconnected for one that ends before its length, since not every server notices, and a text would be
    published without its end.
    """
    length = get_content_length(environ) or 0
    if length > MOST_BODY_BYTES:
        return
    body = LimitedStream(environ["wsgi.input"], length).readall()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(length)
    environ["wsgi.input_terminated"] = True


def refuse(environ: Environ, status: int, sentence: bytes, *more: tuple[str, str]) -> Answer:
    """The answer to a request that nobody looked at, and a line in the log."""
    refused = {
        "status": status,
        "address": environ.get("REMOTE_ADDR"),
        "sentence": sentence.decode().partition("\n")[0],
    }
    log.info("refused", extra=refused)
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(sentence))),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
        *HARDENED,
        *more,
    ]
    return status, headers, sentence


def _begin(answer: Answer, start_response: Callable[..., Any]) -> list[bytes]:
    status, headers, body = answer
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
