"""The outermost layer: the application never holds what is the server's, and the server always gets an answer."""

from __future__ import annotations

import sys
import threading
import weakref
from io import BytesIO
from wsgiref.validate import validator

import pytest
from werkzeug.test import create_environ

from forum.web.boundary import FAILURE, Boundary

OK = "200 OK"
PLAIN = [("Content-Type", "text/plain")]


class Body:
    """An iterable answer that notes whether it was closed, and fails where it is told to."""

    def __init__(self, parts, *, fails_at=None, fails_to_close=False):
        self._parts, self._fails_at, self._fails_to_close = list(parts), fails_at, fails_to_close
        self.closed = 0

    def __iter__(self):
        for number, part in enumerate(self._parts):
            if number == self._fails_at:
                raise RuntimeError("told to fail")
            yield part

    def close(self):
        self.closed += 1
        if self._fails_to_close:
            raise RuntimeError("told to fail to close")


def finds_nothing(_environ):
    """As where no page is kept."""


class Server:
    """What a server hands over, and gets back."""

    def __init__(self):
        self.answers = []

    def response_bytes(self, status, headers, body):
        self.answers.append((status, headers, body))

    def ask(self, app, environ=None, look=finds_nothing):
        """The body of the answer."""
        Boundary(app, look)(self, asked() if environ is None else environ)
        return self.answers[-1][2]


def asked(path="/"):
    """What granian says of a request."""
    said = create_environ(path)
    of_request = {name: said[name] for name in said if not name.startswith(("wsgi.", "werkzeug.", "SCRIPT"))}
    return of_request | {"wsgi.url_scheme": "http", "wsgi.input": BytesIO()}


def test_each_thread_gets_its_own_answers():
    meeting = threading.Barrier(8)

    def app(environ, start_response):
        meeting.wait(10)
        start_response(OK, PLAIN)
        return [environ["PATH_INFO"].encode()]

    boundary, wrong = Boundary(app, finds_nothing), []

    def ask(number):
        server = Server()
        for round_ in range(20):
            path = f"/{number}/{round_}"
            boundary(server, asked(path))
            if server.answers[-1][2] != path.encode():
                wrong.append(path)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.fixture
def server():
    return Server()


def answering(body):
    def app(environ, start_response):
        start_response(OK, PLAIN)
        return body

    return app


def test_the_answer_is_handed_on_in_one_piece(server):
    server.ask(answering(Body([b"one ", b"two"])))
    assert server.answers == [(200, PLAIN, b"one two")]


def test_a_list_of_one_is_not_copied(server):
    body = b"one" * 1000
    assert server.ask(answering([body])) is body


def test_an_empty_answer_stays_empty(server):
    assert server.ask(answering(Body([]))) == b""


def test_what_is_kept_is_handed_over_and_the_application_not_asked(server):
    kept = 304, PLAIN, b""
    server.ask(fails_at_once, look=lambda _environ: kept)
    assert server.answers == [kept]


def test_where_the_look_fails_the_answer_is_the_same_sentence(server):
    def look(_environ):
        raise RuntimeError("told to fail")

    assert server.ask(answering([b"one"]), look=look) == FAILURE


def test_the_application_gets_all_that_wsgi_asks_for():
    assert Server().ask(validator(answering([b"one"]))) == b"one"


@pytest.mark.parametrize("place", ["in the look", "in the application"])
def test_an_exception_that_somebody_keeps_holds_nothing_of_the_server_s(place):
    """As a log or a debugger keeps one, with its traceback and all that stands in it."""
    kept = []

    def fail(environ, start_response):
        try:
            fails_at_once(environ, start_response)
        except RuntimeError:
            kept.append(sys.exc_info())

    def look(environ):
        if place == "in the look":
            fail(environ, None)

    def app(environ, start_response):
        if place == "in the application":
            fail(environ, start_response)
        start_response(OK, PLAIN)
        return [b""]

    server = Server()
    gone = weakref.ref(server)
    server.ask(app, look=look)
    del server
    assert gone() is None
    assert len(kept) == 1


def test_the_answer_is_closed_once_when_it_is_read(server):
    body = Body([b"one"])
    server.ask(answering(body))
    assert body.closed == 1


def test_the_server_hears_nothing_before_the_answer_is_whole(server):
    def app(environ, start_response):
        start_response(OK, PLAIN)
        assert server.answers == []
        yield b"one"
        assert server.answers == []

    server.ask(app)
    assert server.answers == [(200, PLAIN, b"one")]


def test_an_answer_that_is_begun_while_it_is_read_is_right_as_well(server):
    def app(environ, start_response):
        start_response("404 NOT FOUND", PLAIN)
        yield b"gone"

    server.ask(app)
    assert server.answers == [(404, PLAIN, b"gone")]


def test_an_answer_that_is_begun_anew_after_an_error_is_the_second_one(server):
    def app(environ, start_response):
        start_response(OK, PLAIN)
        start_response("500 OOPS", PLAIN, (None, None, None))
        return [b"oops"]

    server.ask(app)
    assert server.answers == [(500, PLAIN, b"oops")]


def fails_at_once(environ, start_response):
    raise RuntimeError("told to fail")


def fails_after_it_began(environ, start_response):
    start_response(OK, PLAIN)
    raise RuntimeError("told to fail")


def wants_to_end_the_process(environ, start_response):
    sys.exit(1)


def is_interrupted(environ, start_response):
    raise KeyboardInterrupt


def gives_up_its_generator(environ, start_response):
    raise GeneratorExit


def never_begins(environ, start_response):
    return [b"one"]


def begins_with_no_number(environ, start_response):
    start_response("OK", PLAIN)
    return [b"one"]


def answers_nothing(environ, start_response):
    start_response(OK, PLAIN)


def answers_text(environ, start_response):
    start_response(OK, PLAIN)
    return iter("text")


@pytest.mark.parametrize(
    "failing",
    [
        fails_at_once,
        fails_after_it_began,
        wants_to_end_the_process,
        is_interrupted,
        gives_up_its_generator,
        never_begins,
        begins_with_no_number,
        answers_nothing,
        answers_text,
        answering(Body([b"one", b"two"], fails_at=0)),
        answering(Body([b"one", b"two"], fails_at=1)),
        answering(Body([b"one"], fails_to_close=True)),
        answering(Body([b"one", b"two"], fails_at=1, fails_to_close=True)),
    ],
    ids=[
        "fails at once",
        "fails after it began",
        "wants to end the process",
        "is interrupted",
        "gives up its generator",
        "never begins",
        "begins with no number",
        "answers nothing",
        "answers text",
        "fails at the first part",
        "fails at the second part",
        "fails to close",
        "fails to be read and to close",
    ],
)
def test_whatever_fails_is_answered_by_a_sentence_and_nothing_of_the_half_answer(server, failing):
    server.ask(failing)
    [(status, headers, body)] = server.answers
    assert (status, body) == (500, FAILURE)
    assert dict(headers) == {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(FAILURE)),
        "Cache-Control": "no-store",
    }


def test_an_answer_that_fails_while_it_is_read_is_closed(server):
    body = Body([b"one", b"two"], fails_at=1)
    server.ask(answering(body))
    assert body.closed == 1


@pytest.mark.parametrize("failing", [fails_at_once, is_interrupted, gives_up_its_generator])
def test_after_a_failure_the_next_one_is_answered(failing):
    def app(environ, begin):
        return (failing if environ["PATH_INFO"] == "/x" else answering([b"one"]))(environ, begin)

    server = Server()
    boundary = Boundary(app, finds_nothing)
    for path in ("/x", "/"):
        boundary(server, asked(path))
    assert [body for _status, _headers, body in server.answers] == [FAILURE, b"one"]


def test_the_board_speaks_through_it(app, server):
    server.ask(app, asked("/healthz"))
    [(status, headers, _body)] = server.answers
    assert status == 200
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_kept_is_the_one_that_the_application_made(app, server, thread):
    look = app.extensions["pagecache"].look
    for _time in range(3):
        server.ask(app, asked("/"), look)
    whole = [(status, dict(headers), body) for status, headers, body in server.answers]
    assert look(asked("/")) is not None
    assert whole[0] == whole[1] == whole[2]
