"""The outermost layer: the application never holds what is the server's, and the server always gets an answer."""

from __future__ import annotations

import sys
import threading
import weakref
from asyncio import CancelledError
from dataclasses import dataclass, field
from wsgiref.validate import validator

import pytest

from forum.text.languages import language_of
from forum.web.bodies import OVERHEAD_BYTES, Bodies
from forum.web.boundary import FAILED, FAILURE, AtOnce, Boundary
from forum.web.gate import BUSY, CUT_OFF, NO_LENGTH, TOO_SLOW, Gate
from forum.web.safety import HARDENED, MOST_BODY_BYTES

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


def at_once(work):
    """As where a thread is free."""
    work()


class Said:
    """The headers of a request, as granian has them."""

    def __init__(self, pairs):
        self._pairs = list(pairs)

    def items(self):
        return self._pairs


@dataclass
class Scope:
    """What granian says of a request."""

    path: str = "/"
    method: str = "GET"
    query_string: str = ""
    headers: Said = field(default_factory=lambda: Said([("host", "board")]))
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.1:5000"
    authority: str | None = None
    http_version: str = "1.1"
    scheme: str = "http"


class Coming:
    """A piece of a body that is on its way until it is let go."""

    def __init__(self):
        self._what: bytes | BaseException | None = None
        self._told = None

    def add_done_callback(self, told):
        self._told = told
        if self._what is not None:
            AtOnce().call_soon(told, self, context=None)

    def comes(self, what):
        self._what = what
        if self._told is not None:
            AtOnce().call_soon_threadsafe(self._told, self, context=None)

    def result(self):
        if isinstance(self._what, BaseException):
            # Granian makes one anew each time.
            raise type(self._what)
        assert self._what is not None
        return self._what

    def cancel(self):
        self.comes(CancelledError())
        return True


class Server:
    """What a server hands over for one request after another, and gets back."""

    def __init__(self):
        self.answers, self.scope = [], Scope()
        self.coming: Coming | None = None

    @property
    def proto(self):
        return self

    def __aiter__(self):
        return self

    def __anext__(self):
        self.coming = Coming()
        return self.coming

    def response_bytes(self, status, headers, body):
        self.answers.append((status, headers, body))

    def ask(self, app, scope=None, look=finds_nothing, bodies=None, run=at_once):
        """The body of the answer."""
        self.scope = scope or Scope()
        Boundary(app, look, Bodies() if bodies is None else bodies, run, run)(self)
        return self.answers[-1][2] if self.answers else None

    def sends(self, *pieces):
        for piece in pieces:
            assert self.coming is not None
            self.coming.comes(piece)


def test_each_thread_gets_its_own_answers():
    meeting = threading.Barrier(8)

    def app(environ, start_response):
        meeting.wait(10)
        start_response(OK, PLAIN)
        return [environ["PATH_INFO"].encode()]

    boundary, wrong = Boundary(app, finds_nothing, Bodies(), at_once, at_once), []

    def ask(number):
        server = Server()
        for round_ in range(20):
            path = f"/{number}/{round_}"
            server.scope = Scope(path)
            boundary(server)
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


def test_what_is_kept_is_handed_over_at_once_and_everything_else_on_a_thread_that_may_wait(server):
    left = []
    kept = 200, PLAIN, b"kept"
    server.ask(fails_at_once, look=lambda _environ: kept, run=left.append)
    assert (left, server.answers) == ([], [kept])
    server.ask(answering([b"made"]), run=left.append)
    assert (len(left), server.answers) == (1, [kept])
    left.pop()()
    assert server.answers == [kept, (200, PLAIN, b"made")]


def test_a_body_keeps_its_place_until_the_application_has_answered(server):
    left, bodies = [], Bodies()
    server.ask(answering([b"one"]), posting("4"), bodies=bodies, run=left.append)
    server.sends(b"te", b"xt")
    assert (len(left), len(bodies), server.answers) == (1, 1, [])
    left.pop()()
    assert (len(bodies), server.answers) == (0, [(200, PLAIN, b"one")])


@pytest.mark.parametrize("length", [None, "4"])
def test_what_can_t_be_handed_on_is_answered_by_the_same_sentence(server, length):
    def run(_work):
        raise RuntimeError("can't start new thread")

    bodies = Bodies()
    server.ask(answering([b"one"]), posting(length), bodies=bodies, run=run)
    if length:
        server.sends(b"text")
    assert server.answers == [FAILED]
    assert len(bodies) == 0


@pytest.mark.parametrize(
    ("method", "who"), [("GET", "reader"), ("HEAD", "reader"), ("POST", "writer"), ("PUT", "writer")]
)
@pytest.mark.parametrize("length", [None, "4"])
def test_writers_wait_on_threads_of_their_own(server, method, who, length):
    left = {"reader": [], "writer": []}
    boundary = Boundary(
        answering([b"one"]), finds_nothing, Bodies(), left["reader"].append, left["writer"].append
    )
    server.scope = posting(length, method=method)
    boundary(server)
    if length and who == "writer":
        server.sends(b"text")
    assert {name for name, works in left.items() if works} == {who}


def test_who_stood_in_line_for_too_long_is_asked_to_come_back(server, monkeypatch):
    left, told = [], []
    server.ask(telling(told), run=left.append)
    monkeypatch.setattr("forum.web.boundary.PATIENCE_S", -1)
    left.pop()()
    [(status, headers, body)] = server.answers
    assert (status, body, told) == (503, BUSY, [])
    assert "Retry-After" in dict(headers)


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


def says_what_is_no_answer_yet(environ, start_response):
    start_response("100 CONTINUE", PLAIN)
    return [b"one"]


def says_what_is_no_status(environ, start_response):
    start_response("000 NOTHING", PLAIN)
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
        says_what_is_no_answer_yet,
        says_what_is_no_status,
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
        "says what is no answer yet",
        "says what is no status",
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
        **dict(HARDENED),
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
    boundary = Boundary(app, finds_nothing, Bodies(), at_once, at_once)
    for path in ("/x", "/"):
        server.scope = Scope(path)
        boundary(server)
    assert [body for _status, _headers, body in server.answers] == [FAILURE, b"one"]


def test_the_board_speaks_through_it(app, server):
    server.ask(app, Scope("/healthz"))
    [(status, headers, _body)] = server.answers
    assert status == 200
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"


# On PostgreSQL the tests' boards ask the server at each look, so that none is answered at a glance.
@pytest.mark.sqlite
def test_a_page_that_is_kept_is_the_one_that_the_application_made(app, server, thread):
    look, kept = app.extensions["pagecache"].look, []

    def looked(environ):
        kept.append(look(environ))
        return kept[-1]

    for _time in range(3):
        server.ask(app, Scope(), looked)
    # The first one is made, and the second one pressed.
    assert [found is not None for found in kept] == [False, False, True]
    whole = [(status, dict(headers), body) for status, headers, body in server.answers]
    assert whole[0] == whole[1] == whole[2]


def telling(told):
    """An application that keeps the environ and the body of each request."""

    def app(environ, start_response):
        told.append((environ, environ["wsgi.input"].read(100)))
        start_response(OK, PLAIN)
        return [b"one"]

    return app


def posting(length: str | None = "4", path="/login", method="POST", **headers: str):
    said = [("host", "board"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    if length is not None:
        said.append(("content-length", length))
    return Scope(path, method, headers=Said(said))


def test_what_is_said_of_a_request_is_said_as_wsgi_has_it(server):
    told = []
    headers = [
        ("host", "board"),
        ("content-type", "text/plain"),
        ("cookie", "a=1"),
        ("x-forwarded-for", "192.0.2.7"),
        ("cookie", "b=2"),
        ("accept", "text/html"),
        ("accept", "*/*"),
        # Else anybody could say what only the proxy may.
        ("x_forwarded_for", "192.0.2.66"),
    ]
    server.ask(telling(told), Scope("/t/1-日本", "GET", "a=b&c", Said(headers), client="[2001:db8::1]:5000"))
    [(environ, body)] = told
    named = {name: value for name, value in environ.items() if not name.startswith(("wsgi.", "forum."))}
    assert named == {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/t/1-日本".encode().decode("latin-1"),
        "QUERY_STRING": "a=b&c",
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "2001:db8::1",
        "CONTENT_TYPE": "text/plain",
        "HTTP_HOST": "board",
        "HTTP_COOKIE": "a=1;b=2",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
        "HTTP_ACCEPT": "text/html,*/*",
    }
    assert (environ["wsgi.url_scheme"], body) == ("http", b"")


def test_a_page_is_looked_for_by_what_the_application_gets(server):
    seen, told = [], []
    headers = [
        ("cookie", "a=1"),
        ("cookie", "engawa=x"),
        ("accept-language", "fr"),
        ("accept-language", "ja"),
        ("accept-encoding", "gzip"),
        ("accept-encoding", "br"),
        ("if-none-match", '"a"'),
        ("if-none-match", '"b"'),
    ]
    server.ask(
        telling(told),
        Scope("/日本", query_string="q=日本", headers=Said(headers)),
        lambda environ: seen.append(environ.copy()),
    )
    [looked_at], [(environ, _body)] = seen, told
    assert looked_at.items() <= environ.items()
    assert looked_at == {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/日本".encode().decode("latin-1"),
        "QUERY_STRING": "q=日本".encode().decode("latin-1"),
        "HTTP_COOKIE": "a=1;engawa=x",
        "HTTP_ACCEPT_LANGUAGE": "fr,ja",
        "HTTP_ACCEPT_ENCODING": "gzip,br",
        "HTTP_IF_NONE_MATCH": '"a","b"',
    }


def test_of_several_types_of_a_body_the_first_one_counts(server):
    told = []
    several = [("content-type", "a/b; boundary=x,y"), ("content-type", "c/d")]
    server.ask(telling(told), Scope(headers=Said(several)))
    [(environ, _body)] = told
    assert environ["CONTENT_TYPE"] == "a/b; boundary=x,y"
    assert "HTTP_CONTENT_TYPE" not in environ


def test_an_address_with_letters_that_nobody_encoded_is_answered(app, server):
    look = app.extensions["pagecache"].look
    server.ask(app, Scope("/", query_string="q=日本"), look)
    assert [status for status, _headers, _body in server.answers] == [200]


@pytest.mark.parametrize("authority", ["board:80", None])
def test_the_host_is_that_of_the_address_where_no_header_names_one(server, authority):
    told = []
    server.ask(telling(told), Scope(headers=Said([]), authority=authority, http_version="1"))
    [(environ, _body)] = told
    assert (environ["HTTP_HOST"], environ["SERVER_PROTOCOL"]) == (authority or "", "HTTP/1.0")


@pytest.mark.parametrize("pieces", [[b"text"], [b"te", b"xt"], [b"t", b"e", b"x", b"t"]])
def test_the_application_is_asked_when_the_body_is_there(server, pieces):
    told, bodies = [], Bodies()
    server.ask(validator(telling(told)), posting(), bodies=bodies)
    for piece in pieces:
        assert (told, server.answers, len(bodies)) == ([], [], 1)
        server.sends(piece)
    assert [body for _environ, body in told] == [b"text"]
    assert server.answers == [(200, PLAIN, b"one")]
    assert len(bodies) == 0


def test_a_body_that_is_there_before_somebody_listens_is_not_overlooked():
    class Quick(Server):
        left = (b"xt", b"te")

        def __anext__(self):
            coming = super().__anext__()
            *self.left, piece = self.left
            coming.comes(piece)
            return coming

    quick, told = Quick(), []
    quick.ask(telling(told), posting())
    assert [body for _environ, body in told] == [b"text"]
    assert quick.answers == [(200, PLAIN, b"one")]


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ([b""], 400, CUT_OFF),
        ([b"te", b""], 400, CUT_OFF),
        ([CancelledError()], 408, TOO_SLOW),
        ([b"te", CancelledError()], 408, TOO_SLOW),
    ],
    ids=["cut off", "cut off half-way", "too slow", "too slow half-way"],
)
def test_a_body_that_does_not_come_is_answered_and_keeps_no_place(server, sent, status, sentence):
    told, bodies = [], Bodies()
    server.ask(telling(told), posting(), bodies=bodies)
    server.sends(*sent)
    [(said, headers, body)] = server.answers
    assert (said, body, dict(headers)["Connection"]) == (status, sentence, "close")
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"
    assert (told, len(bodies)) == ([], 0)


@pytest.mark.parametrize("room", [0, OVERHEAD_BYTES + 6000], ids=["for none", "for its beginning"])
def test_where_there_is_no_room_for_a_body_its_sender_is_asked_to_come_back(server, room):
    told, bodies = [], Bodies(of_one=room)
    server.ask(telling(told), posting("5000"), bodies=bodies)
    if room:
        server.sends(b"x" * 500, b"x" * 4000)
    [(status, headers, body)] = server.answers
    assert (status, body, dict(headers)["Retry-After"]) == (503, BUSY, "5")
    assert (told, len(bodies)) == ([], 0)


@pytest.mark.parametrize("fails_at", ["__aiter__", "__anext__", "add_done_callback", "result"])
def test_a_server_that_fails_while_it_receives_gets_an_answer(fails_at):
    def fail(*_):
        raise RuntimeError("told to fail")

    broken_coming = type("BrokenComing", (Coming,), {fails_at: fail})

    class Broken(Server):
        def __anext__(self):
            self.coming = broken_coming()
            return self.coming

    broken, bodies = type("Broken", (Broken,), {fails_at: fail})(), Bodies()
    broken.ask(answering([b"one"]), posting(), bodies=bodies)
    if broken.coming and not broken.answers:
        broken.sends(b"text")
    assert (broken.answers, len(bodies)) == ([FAILED], 0)


@pytest.mark.parametrize(
    "scope",
    [
        posting(None),
        posting("0"),
        posting("-5"),
        posting("4.5"),
        posting("１"),
        posting("0" * 5000 + "3"),
        posting(str(MOST_BODY_BYTES + 1)),
        posting(None, transfer_encoding="chunked"),
        posting(method="GET"),
        posting(method="HEAD"),
    ],
    ids=[
        "none",
        "empty",
        "less",
        "no number",
        "wide",
        "long",
        "too large",
        "in chunks",
        "a reader's",
        "for the headers",
    ],
)
def test_a_body_that_the_application_does_not_read_is_not_waited_for(server, scope):
    told = []
    server.ask(telling(told), scope)
    assert [body for _environ, body in told] == [b""]
    assert server.coming is None


@pytest.mark.parametrize(("length", "answer"), [(str(MOST_BODY_BYTES + 1), 413), ("0" * 5000 + "3", 422)])
def test_what_is_not_waited_for_is_refused_by_the_board(app, server, length, answer):
    form = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    server.ask(app, posting(length, **form))
    assert [status for status, _headers, _body in server.answers] == [answer]


@pytest.mark.parametrize("sent", [b"text", b"", CancelledError()], ids=["whole", "cut off", "too slow"])
def test_nothing_is_held_of_a_body_when_it_is_over(sent):
    gone = []

    class Watched(Server):
        def __anext__(self):
            coming = super().__anext__()
            gone.append(weakref.ref(coming))
            return coming

    watched = Watched()
    gone.append(weakref.ref(watched))
    watched.ask(answering([b"one"]), posting())
    watched.sends(sent)
    # Granian's own way back to it.
    watched.coming = None
    del watched, sent
    assert [known() for known in gone] == [None, None]


def test_nothing_of_a_request_stays_with_its_thread(server):
    class Kept(Scope):
        pass

    scope = Kept()
    gone = weakref.ref(scope)
    boundary = Boundary(answering([b"one"]), finds_nothing, Bodies(), at_once, at_once)
    server.scope = scope
    boundary(server)
    server.scope = None
    del scope
    assert gone() is None


def test_where_the_server_does_not_take_the_answer_it_gets_another(server):
    class Particular(Server):
        def response_bytes(self, status, headers, body):
            if not all(isinstance(value, str) for _name, value in headers):
                raise TypeError("told to fail")
            super().response_bytes(status, headers, body)

    def app(environ, start_response):
        start_response(OK, [("X-Number", 5)])
        return [b"one"]

    particular = Particular()
    particular.ask(app)
    assert particular.answers == [FAILED]


def test_nothing_that_fails_gets_back_to_the_server():
    def fail(*_):
        raise KeyboardInterrupt

    AtOnce().call_soon(fail, None, context=None)


def test_what_has_come_whole_takes_no_place_at_the_gate(server):
    told = []
    server.ask(Gate(telling(told), of_one=0), posting())
    server.sends(b"text")
    assert [body for _environ, body in told] == [b"text"]
    assert server.answers == [(200, PLAIN, b"one")]


@pytest.mark.parametrize("sentence", [FAILURE, BUSY, CUT_OFF, NO_LENGTH, TOO_SLOW])
def test_what_nobody_chose_a_language_for_is_said_in_both(sentence):
    english, japanese = sentence.decode().splitlines()
    assert english.isascii()
    assert language_of(japanese) == "ja"
