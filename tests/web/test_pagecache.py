"""Guests' pages in front of Flask: who gets them, and under which addresses they are kept."""

from __future__ import annotations

import re

import pytest

from forum.accounts.models import User
from forum.db import write
from tests import makers
from tests.web.kept import (
    PAGES,
    THREAD,
    asked,
    change,
    is_kept,
    made,
    odd,
    seen,
)

pytestmark = pytest.mark.usefixtures("old_board")
MEMBERS_WORDS = re.compile("data-user|data-posted|Bob|Log out|nonce|csrf", re.IGNORECASE)


@pytest.mark.parametrize("address", PAGES)
def test_a_guest_gets_a_kept_page(guest, address):
    first, second = guest.get(address), guest.get(address)
    assert is_kept(first)
    assert seen(first) == seen(second)


LAST_CHANGES = {
    "thread": "UPDATE threads SET title = 'Second winter' WHERE id = 1",
    "board": "UPDATE boards SET name = 'Others'",
    "member": "UPDATE users SET display_name = 'Alicia' WHERE id = 1",
}


@pytest.mark.parametrize("last", LAST_CHANGES.values(), ids=LAST_CHANGES)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_kept_with_the_newest_version_of_its_topics(app, guest, address, last):
    change(app, last)
    guest.get(address)
    page = app.extensions["pagecache"]._pages.get(("en", address, ""))
    assert page.version == app.extensions["watch"].newest(page.topics)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "GET ", ""])
@pytest.mark.parametrize("address", ["/", THREAD])
def test_only_get_and_head_are_answered_by_a_kept_page(app, guest, innocent, method, address):
    guest.get(address)
    assert not is_kept(odd(app, address, REQUEST_METHOD=method))
    assert asked(app, address) == innocent[address]


@pytest.mark.parametrize(
    "cookies",
    [
        "engawa=forged",
        "engawa=",
        "engawa",
        "engawa==",
        'engawa="quoted"',
        "  engawa=forged",
        "engawa =forged",
        ";engawa=forged;",
        "a=1; engawa=forged",
        "engawa=forged; a=1",
        "engawa=; engawa=forged",
        "a=1;engawa=forged",
        "language=ja; engawa=forged; language=en",
        "notice=posted.",
        "notice=posted.abc; language=ja",
        "notice=nonsense",
        "x=y; notice=logged-out.",
    ],
)
def test_who_has_a_session_or_a_sentence_to_be_told_gets_no_kept_page(app, guest, innocent, cookies):
    for address in PAGES:
        for _ in range(2):
            assert not is_kept(odd(app, address, HTTP_COOKIE=cookies))
        assert asked(app, address) == innocent[address]


@pytest.mark.parametrize(
    "cookies",
    [
        "",
        "a=1",
        "ENGAWA=x",
        "engawa2=x",
        "xengawa=x",
        "a=engawa=x",
        ";;;=;",
        "=engawa",
        "language=xx",
        "\xff=\xfe",
    ],
)
def test_other_cookies_are_nobody_s_and_make_no_difference(app, guest, innocent, cookies):
    assert seen(odd(app, "/", HTTP_COOKIE=cookies)) == innocent["/"]


@pytest.mark.parametrize("order", [("guest", "Bob"), ("Bob", "guest")])
@pytest.mark.parametrize("address", PAGES)
def test_members_and_guests_never_get_each_other_s_page(app, sign_in, innocent, address, order):
    bob = sign_in("Bob")
    for name in order:
        if name == "guest":
            assert asked(app, address) == innocent[address]
            continue
        for _ in range(2):
            answer = bob.get(address)
            assert not is_kept(answer)
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert 'data-user="Bob"' in answer.text or address.endswith(".atom")
    assert asked(app, address) == innocent[address]


def test_who_logs_out_is_told_so_once_and_is_a_guest_from_then_on(app, sign_in, innocent):
    bob = sign_in("Bob")
    bob.get("/")
    told = bob.post("/logout", follow_redirects=True)
    assert "You are logged out." in told.text
    assert seen(bob.get("/")) == innocent["/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_kept_page_holds_nothing_of_one_request_or_of_a_member(sign_in, guest, address):
    sign_in("Bob").get(address)
    for method in ("GET", "HEAD"):
        answer = guest.open(address, method=method)
        assert not {"Set-Cookie", "X-Request-Id", "Date", "Last-Modified", "Age"} & set(answer.headers.keys())
        assert not MEMBERS_WORDS.search(f"{answer.headers}{answer.text}")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert {"Cookie", "Accept-Language", "Accept-Encoding"} == set(answer.vary)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", "page=1"),
        ("/", "before="),
        ("/", "before=1.1&before=2.2"),
        ("/", "before=01.1"),
        ("/", "before=1.1.1"),
        ("/", "&"),
        ("/boards", "before=1.1"),
        (THREAD, "page="),
        (THREAD, "page=01"),
        (THREAD, "page=0"),
        (THREAD, "page=-1"),
        (THREAD, "page=１".encode().decode("latin-1")),
        (THREAD, "page=1&page=2"),
        (THREAD, "page=1&"),
        (THREAD, "page=1;"),
        (THREAD, "page=1\n"),
        (THREAD, "page=1#x"),
        (THREAD, "Page=1"),
        (THREAD, "%70age=2"),
        (THREAD, "page=%31"),
        (THREAD, "page=" + "1" * 5000),
        (THREAD, "page=99"),
    ],
)
def test_a_query_in_any_but_its_one_spelling_is_answered_by_the_application(
    app, guest, innocent, path, query
):
    pages = app.extensions["pagecache"]._pages
    for _ in range(2):
        assert not is_kept(guest.get(path, environ_overrides={"QUERY_STRING": query}))
    assert len(pages) == 0
    assert asked(app, path) == innocent[path]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/b/nothing",
        "/b/ALT",
        "//",
        "//b/alt",
        "/b//alt",
        "/b/alt/",
        "/b/alt\x00",
        "/b/alt\n",
        "/b/\xff",
        "/b/\xe6\x97\xa5",
        "/b/日本".encode().decode("latin-1"),
        "/\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
        "/t/1",
        "/t/1-",
        "/t/1-another-slug",
        f"{THREAD}/",
        THREAD.upper(),
        "/t/01-first-winter-in-an-inaka-house",
        "/t/１-first-winter-in-an-inaka-house".encode().decode("latin-1"),
        "/t/0-first-winter-in-an-inaka-house",
        "/t/-1-first-winter-in-an-inaka-house",
        "/t/99-first-winter-in-an-inaka-house",
        "/t/" + "9" * 5000,
        "/t/9223372036854775808-x",
        "/t/01.atom",
        "/p/1",
        "/login",
        "/join",
        "/u/Alice",
        "/p/1/history",
        "/healthz",
        "/readyz",
        "/mod",
        "/new",
        "",
        "b/alt",
        "*",
    ],
)
def test_an_address_that_no_kept_page_has_is_answered_by_the_application(app, guest, path):
    pages = app.extensions["pagecache"]._pages
    for _ in range(2):
        answer = guest.get("/", environ_overrides={"PATH_INFO": path})
        assert not is_kept(answer)
        assert answer.status_code < 500
    assert len(pages) == 0


def test_only_answers_of_200_are_kept(app, guest):
    statuses = {
        path: guest.get(path).status_code for path in ("/t/1", "/t/1-other", "/b/none", "/t/7.atom", "/p/1")
    }
    assert statuses == {"/t/1": 301, "/t/1-other": 301, "/b/none": 404, "/t/7.atom": 404, "/p/1": 302}
    assert guest.post(THREAD).status_code == 405
    assert len(app.extensions["pagecache"]._pages) == 0


@pytest.mark.parametrize("path", ["/t/1", "/t/1-other", "/b/none", "/t/7.atom", "/?before=1", "/t/7"])
def test_an_answer_that_is_not_kept_is_made_once(app, guest, path):
    with made(app) as pages:
        answer = guest.get(path)
        assert guest.head(path).headers["Content-Length"] == answer.headers["Content-Length"]
        assert guest.head(path).data == b""
    assert pages == [path.partition("?")[0]] * 3
    assert not is_kept(answer)


def test_a_program_is_told_in_its_own_form_that_there_is_nothing(guest):
    answer = guest.get("/b/none", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["title"]) == (404, "Not found")


def test_a_thread_that_was_not_there_is_there_once_it_is(app, guest):
    assert guest.get("/t/2.atom").status_code == 404
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), title="Snow tyres")
    assert "Snow tyres" in guest.get("/t/2.atom").text
    assert "Snow tyres" in guest.get("/").text


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("utm_source=x", ""),
        ("utm_source=x&utm_medium=y&fbclid=z", ""),
        ("page=1&utm_source=x", "page=1"),
        ("gclid=x&page=1", "page=1"),
    ],
)
def test_what_only_counts_visitors_leads_to_the_same_page(app, guest, query, plain):
    first = guest.get(f"{THREAD}?{plain}" if plain else THREAD)
    with made(app) as pages:
        again = guest.get(f"{THREAD}?{query}")
    assert (again.status_code, again.data, pages) == (200, first.data, [])


@pytest.mark.parametrize("query", ["xutm_source=1", "a=1&xfbclid=2", "UTM_SOURCE=1", "utm_source"])
def test_what_only_looks_like_it_does_not(app, guest, query):
    guest.get(THREAD)
    with made(app) as pages:
        assert guest.get(f"{THREAD}?{query}").status_code == 200
    assert pages != []
