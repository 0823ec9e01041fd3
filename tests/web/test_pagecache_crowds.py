"""Many visitors at once, pages that can't be made, and a database that is not as it should be."""

from __future__ import annotations

import threading
import time

import pytest
from werkzeug.exceptions import InternalServerError

from forum.web import pagecache
from forum.web.pagecache import LONGEST_REMEMBERED, PATIENCE_S, PageCache
from forum.web.shelf import Shelf
from tests.conftest import browser
from tests.web.kept import (
    THREAD,
    asked,
    change,
    is_kept,
    made,
    odd,
    together,
)

pytestmark = pytest.mark.usefixtures("old_board")


def test_memory_stays_bounded_whatever_is_asked_for(app, guest):
    cache = app.extensions["pagecache"]
    cache._pages = Shelf(600_000)
    guest.get(THREAD)
    for number in range(1, 400):
        guest.get("/", environ_overrides={"QUERY_STRING": f"before={number}.{number}"})
        guest.get(THREAD)
    assert cache._pages.bytes <= 600_000
    assert cache._making == {}
    with made(app) as pages:
        guest.get(THREAD)
    assert pages == [], "a page that is asked for all the time is crowded out"


def test_long_headers_are_not_remembered(app, guest):
    remembered = app.extensions["pagecache"]._remembered_wishes
    remembered.cache_clear()
    for number in range(50):
        long = f"a={number}" + "x" * LONGEST_REMEMBERED
        assert is_kept(odd(app, "/", HTTP_COOKIE=long))
        assert is_kept(odd(app, "/", HTTP_ACCEPT_LANGUAGE=long))
        assert is_kept(odd(app, "/", HTTP_ACCEPT_ENCODING=long))
        assert not is_kept(odd(app, "/", HTTP_COOKIE=f"{long}; engawa=x"))
    assert remembered.cache_info().currsize <= 1


def test_no_session_s_secret_is_remembered(app, guest):
    remembered = app.extensions["pagecache"]._remembered_wishes
    remembered.cache_clear()
    for cookies in ("engawa=secret", "language=ja; engawa=secret", "engawa=; language=ja"):
        assert not is_kept(odd(app, "/", HTTP_COOKIE=cookies))
    assert remembered.cache_info().currsize == 0
    assert is_kept(odd(app, "/", HTTP_COOKIE="language=ja"))
    assert remembered.cache_info().currsize == 1


def test_whoever_waits_in_vain_leaves_the_others_waiting_for_one_another(app, monkeypatch):
    monkeypatch.setattr(pagecache, "PATIENCE_S", 0.01)
    cache, key = app.extensions["pagecache"], ("en", THREAD, "")

    def wait_in_vain():
        with cache._alone_with(key):
            pass

    with cache._alone_with(key):
        turn = cache._making[key]
        together((wait_in_vain,))
        assert cache._making == {key: turn}
    assert cache._making == {}


def test_a_page_is_made_once_for_all_who_ask_at_the_same_time(app, board_with):
    slow = board_with(DATABASE_URL=app.config["SETTINGS"].database_url)
    slow.before_request(lambda: time.sleep(0.2))
    answers: list[object] = []
    with made(slow) as pages:
        together(*[(lambda: answers.append(asked(slow, THREAD)),)] * 12)
    assert pages == [THREAD]
    assert len(answers) == 12
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("is_in_flask", [True, False])
def test_a_page_that_can_t_be_made_is_not_kept_and_keeps_nobody_waiting(app, board_with, is_in_flask):
    other = board_with(DATABASE_URL=app.config["SETTINGS"].database_url)
    fails = threading.Event()
    fails.set()
    failing = Failing(other, fails) if not is_in_flask else other
    if is_in_flask:
        other.before_request(lambda: fail() if fails.is_set() else None)
    cache = failing.cache if isinstance(failing, Failing) else other.extensions["pagecache"]
    statuses: list[int | str] = []

    def ask():
        try:
            statuses.append(browser(other).get(THREAD).status_code)
        except RuntimeError:
            statuses.append("raised")

    # The first one also waits for what a board loads at its first answer.
    ask()
    began_s = time.monotonic()
    together(*[(ask,)] * 3)
    assert statuses == ([500] if is_in_flask else ["raised"]) * 4
    assert time.monotonic() - began_s < PATIENCE_S
    assert (len(cache._pages), cache._making) == (0, {})
    fails.clear()
    assert browser(other).get(THREAD).status_code == 200
    assert len(cache._pages) == 1


class Failing:
    """A board with an application between its pages and Flask that fails while it is told to."""

    def __init__(self, app, fails):
        self._behind, self._fails = app.extensions["pagecache"]._behind, fails
        app.wsgi_app = self
        self.cache = PageCache(app, app.config["SETTINGS"])
        app.wsgi_app = self.cache

    def __call__(self, environ, start_response):
        if self._fails.is_set():
            time.sleep(0.05)
            raise RuntimeError("told to fail")
        return self._behind(environ, start_response)


def fail():
    time.sleep(0.05)
    raise InternalServerError


@pytest.mark.sqlite
def test_without_the_table_of_versions_the_application_answers(app, guest):
    assert is_kept(guest.get("/"))
    change(app, "ALTER TABLE page_versions RENAME TO lost")
    for _ in range(2):
        assert not is_kept(answer := guest.get("/"))
        assert answer.status_code == 200
        assert guest.get(THREAD).status_code == 503
    change(app, "ALTER TABLE lost RENAME TO page_versions")
    assert is_kept(guest.get("/"))


@pytest.mark.sqlite
@pytest.mark.parametrize("content", [b"", b"These are not the rows that you are looking for.\n" * 100])
def test_what_is_no_database_is_told_by_the_application(board_with, data_dir, content):
    data_dir.mkdir()
    (data_dir / "board.sqlite3").write_bytes(content)
    other = board_with()
    for _ in range(2):
        answer = browser(other).get("/")
        assert answer.status_code in (500, 503)
        assert not is_kept(answer)
        assert "</html>" in answer.text
    assert browser(other).get("/privacy").status_code in (200, 503)


@pytest.mark.sqlite
def test_a_folder_in_place_of_the_database_is_told_by_the_application(board_with, data_dir):
    (data_dir / "board.sqlite3").mkdir(parents=True)
    answer = browser(board_with()).get("/")
    assert (answer.status_code, is_kept(answer)) == (503, False)
