"""Who sends slowly waits alone: bodies come in whole before anybody's turn, and readers never wait for them."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from forum.web.gate import BODIES, BODIES_OF_ONE, BUSY, CUT_OFF, NO_LENGTH, READERS, WRITERS, Gate
from forum.web.safety import HARDENED, MOST_BODY_BYTES
from tests.conftest import browser
from tests.waiting import PATIENCE_S, until

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
ROOT = Path(__file__).resolve().parent.parent.parent


class SlowBody(io.RawIOBase):
    """A body that comes when it is let go."""

    def __init__(self, content=b"username=Alice"):
        self._content, self.is_waited_for, self.comes = content, threading.Event(), threading.Event()

    def readable(self):
        return True

    def readinto(self, buffer):
        self.is_waited_for.set()
        assert self.comes.wait(PATIENCE_S)
        part, self._content = self._content[: len(buffer)], self._content[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class Inside:
    """An application that counts who is in it, and keeps them there until they are let go."""

    def __init__(self, *, stays=False):
        self.lets_go = threading.Event()
        self._stays, self._lock, self._now, self.most, self.bodies = stays, threading.Lock(), 0, 0, []

    def __call__(self, environ, start_response):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        assert not self._stays or self.lets_go.wait(PATIENCE_S)
        self.bodies.append((environ["wsgi.input"].read(), environ.get("CONTENT_LENGTH")))
        with self._lock:
            self._now -= 1
        start_response("200 OK", [])
        return [b"in"]


def post(app, body: bytes | io.RawIOBase = b"", **environ):
    """The status, headers and body of an answer to a POST whose body is a stream."""
    stream = body if isinstance(body, io.RawIOBase) else io.BytesIO(body)
    length = {} if "HTTP_TRANSFER_ENCODING" in environ else {"CONTENT_LENGTH": "14"}
    overrides = {"wsgi.input": stream, "REQUEST_METHOD": "POST", **length, **environ}
    if environ.get("CONTENT_LENGTH", "") is None:
        del overrides["CONTENT_LENGTH"]
    content, status, headers = run_wsgi_app(app, create_environ("/login") | overrides, buffered=True)
    return int(status[:3]), headers, b"".join(content)


def get(app, **environ):
    return run_wsgi_app(app, create_environ("/") | environ, buffered=True)[1]


def sender(number):
    """An address; neighbours of one IPv4 network are strangers to one another."""
    return {"REMOTE_ADDR": f"203.0.113.{number}"}


@contextmanager
def running(*calls) -> Generator[list[threading.Thread]]:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def in_line(semaphore):
    """How many threads wait for it."""
    return len(semaphore._cond._waiters)


def test_a_body_is_read_before_the_turn():
    inside, body = Inside(), SlowBody()
    gate = Gate(inside)
    with running(lambda: post(gate, body)):
        assert body.is_waited_for.wait(PATIENCE_S)
        assert inside.most == 0
        assert gate._writers._value == WRITERS
        body.comes.set()
    assert inside.bodies == [(b"username=Alice", "14")]


def test_while_slow_bodies_are_waited_for_readers_and_quick_writers_are_served():
    gate = Gate(Inside())
    slow = [SlowBody() for _ in range(BODIES - 1)]
    with running(*(lambda n=n, body=body: post(gate, body, **sender(n)) for n, body in enumerate(slow))):
        until(lambda: all(body.is_waited_for.is_set() for body in slow))
        assert get(gate) == "200 OK"
        assert post(gate, b"username=Alice")[0] == 200
        for body in slow:
            body.comes.set()


def test_one_slow_body_too_many_is_asked_to_come_back_and_readers_are_served():
    gate = Gate(Inside())
    slow = [SlowBody() for _ in range(BODIES)]
    statuses: list[int] = []

    def send(number, body):
        statuses.append(post(gate, body, **sender(number))[0])

    with running(*(lambda n=n, body=body: send(n, body) for n, body in enumerate(slow))):
        until(lambda: all(body.is_waited_for.is_set() for body in slow))
        for _ in range(3):
            status, headers, body = post(gate, b"username=Alice", **sender(200))
            assert (status, headers["Retry-After"], headers["Connection"], body) == (503, "5", "close", BUSY)
            assert headers["Content-Length"] == str(len(BUSY))
            assert headers["Cache-Control"] == "no-store"
            assert get(gate) == "200 OK"
        for waiting in slow:
            waiting.comes.set()
    assert statuses == [200] * BODIES
    assert post(gate, b"username=Alice")[0] == 200


@pytest.mark.parametrize(
    ("addresses", "others"),
    [
        (["203.0.113.7"] * BODIES_OF_ONE, "203.0.113.8"),
        # A household has a whole network of IPv6.
        ([f"2001:db8::{number}" for number in range(1, BODIES_OF_ONE + 1)], "2001:db8:0:1::1"),
    ],
)
def test_one_who_sends_slowly_leaves_room_for_others(addresses, others):
    gate = Gate(Inside())
    slow = [SlowBody() for _ in addresses]
    calls = [
        lambda body=body, address=address: post(gate, body, REMOTE_ADDR=address)
        for body, address in zip(slow, addresses, strict=True)
    ]
    with running(*calls):
        until(lambda: all(body.is_waited_for.is_set() for body in slow))
        for _ in range(3):
            assert post(gate, b"username=Alice", REMOTE_ADDR=addresses[0])[0] == 503
            assert post(gate, b"username=Alice", REMOTE_ADDR=others)[0] == 200
        for waiting in slow:
            waiting.comes.set()
    assert post(gate, b"username=Alice", REMOTE_ADDR=addresses[0])[0] == 200


@pytest.mark.parametrize(("proxies", "status"), [("0", 503), ("1", 403)])
def test_behind_a_proxy_from_which_everybody_comes_all_places_are_for_all(app, board_with, proxies, status):
    board = board_with(TRUSTED_PROXIES=proxies, DATABASE_URL=app.config["SETTINGS"].database_url)
    slow = [SlowBody() for _ in range(BODIES_OF_ONE)]
    with running(*(lambda body=body: post(board, body, **sender(1)) for body in slow)):
        until(lambda: all(body.is_waited_for.is_set() for body in slow))
        assert post(board, b"username=Alice", **sender(1))[0] == status
        for body in slow:
            body.comes.set()


def test_slow_bodies_leave_a_quarter_of_gunicorn_s_threads():
    [threads] = re.findall(r"^threads = (\d+)$", (ROOT / "gunicorn.conf.py").read_text(), re.MULTILINE)
    assert int(threads) * 3 // 4 == BODIES


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "how",
    [{"CONTENT_LENGTH": "100"}, {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}],
    ids=["with a length", "in chunks"],
)
def test_nobody_waits_for_the_body_of_a_reader_not_even_with_the_type_of_a_form(app, method, how):
    more = {"CONTENT_TYPE": FORM["Content-Type"], "wsgi.input": Unread(), "PATH_INFO": "/login"}
    assert get(app, REQUEST_METHOD=method, **how, **more) == "200 OK"


def test_no_more_than_its_turns_are_inside_and_all_come_to_theirs():
    inside = Inside(stays=True)
    gate = Gate(inside)
    with running(*[lambda: post(gate, b"username=Alice")] * 20):
        until(lambda: inside.most + in_line(gate._writers) == 20)
        inside.lets_go.set()
    assert inside.most == WRITERS
    assert len(inside.bodies) == 20


def test_writers_who_wait_for_one_another_keep_no_reader_waiting():
    writers = Inside(stays=True)

    def behind(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            return writers(environ, start_response)
        start_response("200 OK", [])
        return [b"read"]

    gate = Gate(behind)
    with running(*[lambda: post(gate, b"username=Alice")] * (WRITERS + 3)):
        until(lambda: writers.most == WRITERS)
        assert get(gate) == "200 OK"
        writers.lets_go.set()


def test_a_turn_is_given_back_when_the_application_fails():
    def fail(environ, start_response):
        raise RuntimeError("told to fail")

    gate = Gate(fail)
    for _ in range(WRITERS + 1):
        for ask in (lambda: get(gate), lambda: post(gate, b"username=Alice")):
            with pytest.raises(RuntimeError, match="told to fail"):
                ask()
    assert (gate._readers._value, gate._writers._value) == (READERS, WRITERS)
    assert len(gate._bodies) == 0


@pytest.mark.parametrize("is_terminated", [True, False], ids=["said to end by itself", "not"])
def test_a_body_that_is_cut_off_is_refused_and_keeps_no_place(is_terminated):
    inside = Inside()
    gate = Gate(inside)
    how = {"wsgi.input_terminated": True} if is_terminated else {}
    for _ in range(BODIES + 1):
        status, headers, body = post(gate, b"user", **how)
        assert (status, body, headers["Connection"]) == (400, CUT_OFF, "close")
    assert inside.bodies == []
    assert len(gate._bodies) == 0


def test_a_body_that_breaks_keeps_no_place():
    class Broken(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            raise ConnectionResetError

    gate = Gate(Inside())
    for _ in range(BODIES + 1):
        assert post(gate, Broken())[0] == 400
    assert len(gate._bodies) == 0


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (400, {"CONTENT_LENGTH": "15"}),
        (411, {"HTTP_TRANSFER_ENCODING": "chunked"}),
        (503, {}),
    ],
)
def test_a_refusal_is_hardened_and_asks_to_come_back_only_when_that_helps(status, more):
    gate = Gate(Inside(), of_one=0 if status == 503 else BODIES)
    refused, headers, _ = post(gate, b"username=Alice", **more)
    assert refused == status
    assert [headers[name] for name, _ in HARDENED] == [value for _, value in HARDENED]
    assert headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize(
    ("length", "read"),
    [
        (None, b""),
        ("", b""),
        ("abc", b""),
        ("-5", b""),
        ("0", b""),
        ("4", b"user"),
        ("１", b""),
        ("4.5", b""),
    ],
)
def test_no_more_is_read_than_the_length_says(length, read):
    inside = Inside()
    assert post(Gate(inside), b"username=Alice", CONTENT_LENGTH=length)[0] == 200
    assert inside.bodies == [(read, str(len(read)))]


@pytest.mark.parametrize("coding", ["chunked", "gzip, chunked", "identity", ""])
def test_a_body_that_does_not_say_its_length_is_refused_since_its_end_may_be_missing(coding):
    inside = Inside()
    how = {"HTTP_TRANSFER_ENCODING": coding, "wsgi.input_terminated": True}
    for length in (None, "14"):
        status, headers, body = post(Gate(inside), b"username=Alice", CONTENT_LENGTH=length, **how)
        assert (status, headers["Connection"], body) == (411, "close", NO_LENGTH)
    assert inside.bodies == []


@pytest.mark.parametrize("size", [MOST_BODY_BYTES + 1, 10**30])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_is_too_large_is_refused_by_the_application_and_read_by_nobody(app, size, kind):
    status, headers, page = post(
        app, Unread(), CONTENT_LENGTH=str(size), CONTENT_TYPE=kind, HTTP_SEC_FETCH_SITE="same-origin"
    )
    assert (status, headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert b"larger than this board takes" in page


class Unread(io.RawIOBase):
    """A body that nobody should take the trouble to read."""

    def readable(self):
        return True

    def readinto(self, buffer):
        raise AssertionError("somebody reads it")


def test_the_largest_body_that_is_taken_comes_through(app):
    body = b"username=" + b"x" * (MOST_BODY_BYTES - 9)
    status, _, _ = post(
        app,
        body,
        CONTENT_LENGTH=str(len(body)),
        CONTENT_TYPE=FORM["Content-Type"],
        HTTP_SEC_FETCH_SITE="same-origin",
    )
    assert status == 422


def test_a_form_comes_through_the_gate_whole(app):
    status, _, page = post(
        app, b"username=Alice", CONTENT_TYPE=FORM["Content-Type"], HTTP_SEC_FETCH_SITE="same-origin"
    )
    assert (status, b'value="Alice"' in page) == (422, True)


def test_a_refusal_from_another_site_stays_one(app):
    assert (
        post(app, b"username=Alice", CONTENT_TYPE=FORM["Content-Type"], HTTP_SEC_FETCH_SITE="cross-site")[0]
        == 403
    )


def test_who_sends_a_body_with_get_is_read_to_nevertheless(app):
    client = browser(app)
    assert client.get("/login", data=b"x" * 10).status_code == 200
    assert client.get("/", data=b"x" * 10).status_code == 200
