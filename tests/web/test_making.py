"""Once a view's headers are known, its pages are made by the view alone; nobody gets anything else for it."""

from __future__ import annotations

import io
import json
import threading

import pytest

from forum.web.gate import READERS
from forum.web.keeping import kept
from tests.conftest import browser
from tests.web.kept import THREAD, forget, is_kept, made, odd, seen, together

VISITOR, PROXY = "203.0.113.9", "10.0.0.1"


@pytest.fixture
def warm(app, guest, old_board):
    """A board on which pages of each view were made before, of which none is kept any more."""
    for address in ("/", "/boards", "/b/alt", THREAD, "/log", "/privacy"):
        assert is_kept(guest.get(address))
    forget(app)
    return app


@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
@pytest.mark.parametrize(
    ("address", "status"),
    [("/t/1", 301), ("/t/1-other", 301), ("/t/99-none", 404), (f"{THREAD}?page=9", 404), ("/b/none", 404)],
)
def test_what_is_no_page_is_answered_as_ever(warm, board_with, address, status, accepted):
    cold = board_with(DATABASE_URL=warm.config["SETTINGS"].database_url)
    answers = [browser(board).get(address, headers={"Accept": accepted}) for board in (warm, cold)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert all("X-Request-Id" in answer.headers for answer in answers)
    assert seen(answers[0]) == seen(answers[1])


@pytest.mark.parametrize("address", [THREAD, "/t/1-other", "/t/99-none", "/feed.atom"])
def test_it_is_made_once(warm, guest, address):
    with made(warm) as pages:
        guest.get(address)
    assert pages == [address]


def test_a_page_has_its_line_in_the_log(warm, guest, journal):
    guest.get(THREAD)
    (line,) = journal()
    assert (line["message"], line["method"], line["path"], line["status"]) == ("request", "GET", THREAD, 200)
    assert len(line["request"]) == 16
    assert line["ms"] > 0
    assert line["address"] == "127.0.0.1"


@pytest.mark.parametrize(("proxies", "logged"), [("0", PROXY), ("1", VISITOR)])
def test_behind_a_proxy_the_log_names_the_visitor(app, old_board, board_with, proxies, logged):
    board = board_with(DATABASE_URL=app.config["SETTINGS"].database_url, TRUSTED_PROXIES=proxies)
    written = io.StringIO()
    board.extensions["journal"].setStream(written)
    for address in (THREAD, THREAD, "/t/1-other", "/t/99-none"):
        odd(board, address, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=VISITOR)
        board.extensions["pagecache"].clear()
    assert [json.loads(line)["address"] for line in written.getvalue().splitlines()] == [logged] * 4


@pytest.fixture
def fragile(board_with, app):
    """A board with a view that is kept; it does what is put into the lists `deeds` and, after the view, `later`."""
    board = board_with(DATABASE_URL=app.config["SETTINGS"].database_url)
    board.deeds, board.later = [], []

    @board.after_request
    def after(response):
        while board.later:
            board.later.pop()()
        return response

    @kept("boards")
    def view(number):
        for deed in board.deeds:
            deed()
        return f"<p>{number}</p>"

    board.add_url_rule("/fragile/<int:number>", view_func=view)
    assert is_kept(browser(board).get("/fragile/1"))
    return board


def test_a_view_that_fails_is_answered_and_logged_and_works_again(fragile):
    written = io.StringIO()
    fragile.extensions["journal"].setStream(written)
    fragile.deeds.append(lambda: {}["boom"])
    assert browser(fragile).get("/fragile/3").status_code == 500
    told, request = map(json.loads, written.getvalue().splitlines())
    assert "KeyError" in told["error"]
    assert (request["status"], request["request"]) == (500, told["request"])
    fragile.deeds.clear()
    answer = browser(fragile).get("/fragile/3")
    assert (answer.text, is_kept(answer)) == ("<p>3</p>", True)


def test_a_failure_behind_the_view_is_answered_too(fragile):
    fragile.deeds.append(lambda: {}["boom"])
    fragile.later.append(lambda: {}["behind the view"])
    assert browser(fragile).get("/fragile/3").status_code == 500


def test_no_more_pages_are_made_at_once_than_readers_have_turns(fragile):
    inside, most, lock, gone = [], [], threading.Lock(), threading.Semaphore(0)

    def enter():
        with lock:
            inside.append(1)
            most.append(len(inside))
            if len(inside) == READERS:
                for _ in range(3 * READERS):
                    gone.release()
        gone.acquire(timeout=10)
        with lock:
            inside.pop()

    fragile.deeds.append(enter)
    numbers = range(10, 10 + 3 * READERS)
    together(*((browser(fragile).get, f"/fragile/{number}") for number in numbers))
    assert max(most) == READERS
    assert len(most) == len(numbers)
