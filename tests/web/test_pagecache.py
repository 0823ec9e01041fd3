"""Guests' pages in front of Flask: who gets them, what gets into them, and that each is right as of the last commit.

Whatever the application itself answers bears the id of its request; a kept page never does.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import request, request_started
from werkzeug.exceptions import InternalServerError

from forum.access import Viewer
from forum.accounts.models import User
from forum.db import write
from forum.moderation import steering, suspending
from forum.threads import publishing
from forum.threads.models import Post, Status, Thread
from forum.web.compression import CODINGS
from forum.web.language import choose
from forum.web.pagecache import LONGEST_REMEMBERED, PageCache
from forum.web.shelf import Shelf
from tests import makers
from tests.conftest import browser

LONG_AGO = datetime(2020, 3, 1, 9, 0, tzinfo=UTC)
THREAD = "/t/1-first-winter-in-an-inaka-house"
PAGES = ["/", "/boards", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom", "/log", "/privacy"]
MEMBERS_WORDS = re.compile("data-user|data-posted|Bob|Log out|nonce|csrf", re.IGNORECASE)


@pytest.fixture(autouse=True)
def old_board(app):
    """A board whose times are dates, so that two answers differ only where something else does."""
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session), replies=21, at=LONG_AGO)
        makers.member(session, "Bob")
        makers.moderator(session)


def is_kept(answer):
    return "X-Request-Id" not in answer.headers


def seen(answer):
    """All that a visitor gets."""
    return answer.status, [item for item in answer.headers if item[0] != "X-Request-Id"], answer.data


def asked(app, address, **more):
    """What another guest gets."""
    return seen(browser(app).get(address, **more))


def odd(app, address, **environ):
    """What somebody gets who writes their request by hand."""
    return app.test_client(use_cookies=False).get(address, environ_overrides=environ)


@pytest.fixture
def innocent(app):
    """What guests get of each page when nobody did anything odd before."""
    pages = {address: asked(app, address) for address in PAGES}
    app.extensions["pagecache"].clear()
    return pages


# Who gets a kept page


@pytest.mark.parametrize("address", PAGES)
def test_a_guest_gets_a_kept_page(guest, address):
    first, second = guest.get(address), guest.get(address)
    assert is_kept(first)
    assert seen(first) == seen(second)


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


# Which addresses


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", "page=1"),
        ("/", "utm_source=mail"),
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
        (THREAD, "page=1&utm_source=mail"),
        (THREAD, "utm_source=mail&page=1"),
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


def test_a_thread_that_was_not_there_is_there_once_it_is(app, guest):
    assert guest.get("/t/2.atom").status_code == 404
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), title="Snow tyres")
    assert "Snow tyres" in guest.get("/t/2.atom").text
    assert "Snow tyres" in guest.get("/").text


# Languages and codings


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "ja", "ja"),
        ("", "ja-JP,ja;q=0.9,en;q=0.5", "ja"),
        ("", "en;q=0.4, ja;q=0.6", "ja"),
        ("", "de, fr;q=0.5", "en"),
        ("", "*", "en"),
        ("", "ja;q=oops, ;;;,", "en"),
        ("language=ja", "en", "ja"),
        ("language=en", "ja", "en"),
        ("language=xx", "ja", "ja"),
        ("language=", "ja", "ja"),
        ("language=ja; language=en", "", "ja"),
        ("language=../../en", "", "en"),
        ("", "ja," + "x" * 100_000, "ja"),
    ],
)
@pytest.mark.parametrize("address", PAGES)
def test_everybody_gets_the_page_in_their_language(app, guest, address, cookie, accepted, language):
    right = {tongue: asked(app, address, headers={"Accept-Language": tongue}) for tongue in ("en", "ja")}
    assert choose("", accepted) == language or cookie
    answer = odd(app, address, HTTP_ACCEPT_LANGUAGE=accepted, HTTP_COOKIE=cookie)
    assert is_kept(answer)
    assert seen(answer) == right[language]


def test_the_languages_do_not_mix_when_the_other_one_comes_first(app):
    for tongues in (("ja", "en"), ("en", "ja")):
        app.extensions["pagecache"].clear()
        for tongue in tongues:
            page = browser(app).get("/", headers={"Accept-Language": tongue}).text
            assert f'<html lang="{tongue}"' in page


@pytest.mark.parametrize("first", ["", *CODINGS])
@pytest.mark.parametrize("address", [THREAD, "/feed.atom"])
def test_each_coding_holds_the_same_page(guest, address, first):
    guest.get(address, headers={"Accept-Encoding": first})
    plain = guest.get(address)
    for name, coding in CODINGS.items():
        packed = guest.get(address, headers={"Accept-Encoding": name})
        assert coding.unpack(packed.data) == plain.data
        assert packed.headers["Content-Encoding"] == name
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert packed.headers["ETag"] == plain.headers["ETag"]
        others = {"Content-Encoding", "Content-Length"}
        assert [i for i in packed.headers if i[0] not in others] == [
            i for i in plain.headers if i[0] not in others
        ]


def test_browsers_with_different_codings_may_meet_at_a_page(app, guest):
    plain = guest.get(THREAD).data
    wrong: list[object] = []

    def ask(name):
        for _ in range(20):
            app.extensions["pagecache"].clear()
            answer = browser(app).get(THREAD, headers={"Accept-Encoding": name})
            body = CODINGS[name].unpack(answer.data) if name else answer.data
            if body != plain or answer.headers.get("Content-Encoding", "") != name:
                wrong.append(answer)

    together(*((ask, name) for name in ("", *CODINGS) for _ in range(2)))
    assert wrong == []


# What a visitor has already


@pytest.mark.parametrize(
    "known",
    ["{tag}", "{strong}", '"x", {tag}', '{tag}, "x"', '"x",{strong},W/"y"', "*", "W/{strong}", " {tag} "],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_page_is_told_so(guest, known, method):
    page = guest.get(THREAD)
    tag = page.headers["ETag"]
    known = known.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = guest.open(THREAD, method=method, headers={"If-None-Match": known})
    assert (answer.status_code, answer.data, is_kept(answer)) == (304, b"", True)
    kept = {name: value for name, value in page.headers if name not in ("Content-Type", "Content-Length")}
    assert dict(answer.headers) == kept


@pytest.mark.parametrize(
    "known", ["", "garbage", '"', '""', 'W/"', "W/", "'{tag}'", "{half}", "\xff", '"x", "y"', ",,,", "{tag}x"]
)
def test_who_has_another_page_gets_this_one(app, guest, innocent, known):
    tag = guest.get(THREAD).headers["ETag"]
    known = known.format(tag=tag.removeprefix("W/").strip('"'), half=tag[:-4] + '"')
    answer = guest.get(THREAD, headers={"If-None-Match": known})
    assert seen(answer) == innocent[THREAD]


def test_who_has_an_earlier_page_gets_the_present_one(app, guest):
    tag = guest.get(THREAD).headers["ETag"]
    change(app, "UPDATE posts SET html = '<p>Thaw.</p>' WHERE id = 1")
    answer = guest.get(THREAD, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Thaw." in answer.text


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("coding", ["", "br"])
def test_head_is_get_without_the_body(app, guest, address, coding):
    for first, second in (("HEAD", "GET"), ("GET", "HEAD")):
        app.extensions["pagecache"].clear()
        answers = {
            m: guest.open(address, method=m, headers={"Accept-Encoding": coding}) for m in (first, second)
        }
        # What is asked for again is compressed more densely, so the second answer may be the shorter one.
        for answer in answers.values():
            assert int(answer.headers.pop("Content-Length")) > 0
        assert list(answers["HEAD"].headers) == list(answers["GET"].headers)
        assert answers["HEAD"].data == b""
        again = {
            m: guest.open(address, method=m, headers={"Accept-Encoding": coding}) for m in ("HEAD", "GET")
        }
        assert again["HEAD"].headers["Content-Length"] == str(len(again["GET"].data))


# What strangers send


POISON = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "gopher",
    "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_PREFIX": "/evil.example",
    "HTTP_X_FORWARDED_FOR": "evil.example",
    "HTTP_X_FORWARDED_SCHEME": "evil",
    "HTTP_X_ORIGINAL_URL": "/evil.example",
    "HTTP_X_REWRITE_URL": "/evil.example",
    "HTTP_X_HOST": "evil.example",
    "HTTP_FORWARDED": "host=evil.example;proto=evil",
    "HTTP_ACCEPT": "application/json",
    "HTTP_ACCEPT_CHARSET": "utf-16",
    "HTTP_ORIGIN": "https://evil.example",
    "HTTP_REFERER": "https://evil.example/<script>",
    "HTTP_USER_AGENT": "<script>evil.example</script>",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
    "HTTP_X_METHOD_OVERRIDE": "POST",
    "HTTP_RANGE": "bytes=0-9",
    "HTTP_IF_RANGE": '"evil"',
    "HTTP_IF_MATCH": '"evil"',
    "HTTP_IF_MODIFIED_SINCE": "Sat, 29 Oct 2044 19:43:31 GMT",
    "HTTP_IF_UNMODIFIED_SINCE": "Sat, 29 Oct 1994 19:43:31 GMT",
    "HTTP_CACHE_CONTROL": "no-store, max-age=0, only-if-cached",
    "HTTP_PRAGMA": "no-cache",
    "HTTP_AUTHORIZATION": "Basic ZXZpbDpldmls",
    "HTTP_SEC_FETCH_SITE": "cross-site",
    "HTTP_SEC_FETCH_MODE": "no-cors",
    "HTTP_SEC_FETCH_DEST": "script",
    "HTTP_SEC_PURPOSE": "prefetch",
    "HTTP_TRANSFER_ENCODING": "chunked",
    "HTTP_TE": "trailers",
    "HTTP_EXPECT": "100-continue",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "upgrade",
    "HTTP_HX_REQUEST": "true",
    "HTTP_X_REQUESTED_WITH": "XMLHttpRequest",
    "HTTP_X_FORUM_RIGHT_UNTIL_S": "0",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
    "CONTENT_LENGTH": "5",
    "SCRIPT_NAME": "//evil.example",
    "SERVER_NAME": "evil.example",
    "SERVER_PORT": "666",
    "SERVER_PROTOCOL": "HTTP/0.9",
    "REMOTE_ADDR": "evil.example",
    "REMOTE_USER": "Mori",
    "RAW_URI": "/evil.example",
    "REQUEST_URI": "/evil.example",
    "wsgi.url_scheme": "evil",
}


@pytest.mark.parametrize("header", POISON)
def test_what_a_stranger_sends_changes_nothing_for_others(app, guest, innocent, header):
    odd = {header: POISON[header]}
    for address in PAGES:
        # Pages that are not kept may leave something behind in what templates remember.
        guest.get("/login", environ_overrides=odd)
        assert seen(guest.get(address, environ_overrides=odd)) == innocent[address]
        assert asked(app, address) == innocent[address]
    assert "evil" not in browser(app).get("/login").text


def test_all_of_it_at_once_changes_nothing_either(app, guest, innocent):
    for address in PAGES:
        guest.get(address, environ_overrides=POISON)
        assert asked(app, address) == innocent[address]


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PREFIX"]
)
def test_nor_does_it_behind_a_proxy(app, board_with, innocent, header):
    behind = board_with(TRUSTED_PROXIES="2", DATABASE_URL=app.config["SETTINGS"].database_url)
    odd = {header: f"{POISON[header]}, {POISON[header]}"}
    assert seen(browser(behind).get("/", environ_overrides=odd)) == innocent["/"]
    assert asked(behind, "/") == innocent["/"]


def test_a_host_with_https_is_kept_with_its_own_addresses(app, board_with):
    public = board_with(BASE_URL="https://porch.example", DATABASE_URL=app.config["SETTINGS"].database_url)
    page = browser(public).get(THREAD, headers={"Host": "127.0.0.1:8000"})
    assert f'<link rel="canonical" href="https://porch.example{THREAD}">' in page.text
    assert is_kept(page)
    assert "Strict-Transport-Security" in page.headers
    forged = odd(public, THREAD, HTTP_COOKIE="__Host-engawa=x")
    assert not is_kept(forged)


# As of the last commit

MORI = Viewer(id=3, name="Mori", role="moderator")
REPLY, OPENING = 2, 1


def renamed(session, now):
    session.get_one(Thread, 1).title = "First summer"


def renamed_with_its_address(session, now):
    session.get_one(Thread, 1).slug = "first-summer"


def replied(session, now):
    makers.post(session, session.get_one(Thread, 1), session.get_one(User, 2), body="Drip.", at=LONG_AGO)


def begun(session, now):
    makers.thread(session, session.get_one(User, 2), title="Snow tyres", at=LONG_AGO)


def edited(session, now):
    session.get_one(Post, REPLY).html = "<p>Mended.</p>"


def held(session, now):
    publishing.hold_again(session, REPLY, now)


def removed(session, now):
    publishing.take_away(session, REPLY, Status.REMOVED, now)


def deleted(session, now):
    publishing.take_away(session, OPENING, Status.DELETED, now)


def restored(session, now):
    publishing.publish(session, OPENING, now)


def locked(session, now):
    steering.lock(session, MORI, 1, "It is summer.", now)


def unlocked(session, now):
    steering.unlock(session, MORI, 1, now)


def pinned(session, now):
    steering.pin(session, MORI, 1, now)


def moved(session, now):
    makers.board(session, "cir")
    steering.move(session, MORI, 1, "cir", now)


def author_renamed(session, now):
    session.get_one(User, 1).display_name = "Alice in Tottori"


def author_promoted(session, now):
    session.get_one(User, 1).role = "moderator"


def author_suspended(session, now):
    suspending.suspend(session, MORI, "Alice", "For shouting.", "week", now)


def board_renamed(session, now):
    makers.board(session).name = "Assistants"


@pytest.mark.parametrize(
    ("before", "act", "where"),
    [
        (None, renamed, {"/", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom"}),
        (None, renamed_with_its_address, {"/", "/b/alt", THREAD}),
        (None, replied, {"/", "/boards", "/b/alt", THREAD, "/t/1.atom"}),
        (None, begun, {"/", "/boards", "/b/alt", "/feed.atom", "/b/alt.atom"}),
        (None, edited, {THREAD}),
        (None, held, {"/", "/boards", "/b/alt", THREAD}),
        (None, removed, {"/", "/boards", "/b/alt", THREAD}),
        (None, deleted, {"/", "/boards", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom"}),
        (deleted, restored, {"/", "/boards", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom"}),
        (None, locked, {"/", "/b/alt", THREAD, "/log"}),
        (locked, unlocked, {"/", "/b/alt", THREAD, "/log"}),
        (None, pinned, {"/", "/b/alt", THREAD, "/log"}),
        (None, moved, {"/", "/boards", "/b/alt", THREAD, "/b/alt.atom", "/log"}),
        (None, author_renamed, {"/", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom"}),
        (None, author_promoted, {THREAD}),
        (None, author_suspended, {"/log"}),
        (None, board_renamed, {"/", "/boards", "/b/alt", "/b/alt.atom", THREAD}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_happens_shows_at_once(app, guest, before, act, where):
    if before:
        happens(app, before)
    old = {address: seen(guest.get(address)) for address in PAGES}
    happens(app, act)
    now = {address: seen(guest.get(address)) for address in PAGES}
    forget(app)
    assert now == {address: seen(guest.get(address)) for address in PAGES}
    assert where <= {address for address in PAGES if old[address][2] != now[address][2]}


def test_a_page_is_not_made_anew_for_what_it_does_not_show(app, guest):
    guest.get(THREAD)
    with made(app) as pages:
        with app.app_context(), write() as session:
            other = makers.thread(session, session.get_one(User, 2), title="Snow tyres")
            makers.post(session, other, session.get_one(User, 1))
            makers.post(session, session.get_one(Thread, 1), session.get_one(User, 2), status=Status.HELD)
            session.get_one(User, 1).bio = "I teach in Chiba."
        guest.get(THREAD)
    assert pages == []


# Times that read otherwise when they have passed


@pytest.mark.parametrize(
    ("age", "words", "later", "other_words"),
    [
        (timedelta(seconds=1), "just now", timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=5, seconds=2), "5 minutes ago", timedelta(minutes=6), "6 minutes ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago", timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=3), "3 hours ago", timedelta(hours=4), "4 hours ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago", timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago", timedelta(days=7), "Nov 20, 2026"),
    ],
)
@pytest.mark.parametrize("address", ["/", "/b/alt", "/t/2-snow-tyres"])
def test_a_page_is_made_anew_when_a_time_on_it_reads_otherwise(
    app, guest, address, age, words, later, other_words
):
    posted_at = datetime(2026, 11, 20, 8, 0, 0, 500_000, tzinfo=UTC)
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), title="Snow tyres", at=posted_at)
    with time_machine.travel(posted_at + age, tick=False) as clock:
        assert f">{words}</time>" in guest.get(address).text
        with made(app) as pages:
            for moment in (posted_at + age, posted_at + later - timedelta(milliseconds=1)):
                clock.move_to(moment, tick=False)
                assert f">{words}</time>" in guest.get(address).text
            assert pages == []
            clock.move_to(posted_at + later, tick=False)
            assert f"{other_words}</time>" in guest.get(address).text
            assert pages == [address]


def test_a_page_of_dates_stands_for_years(app, guest):
    guest.get(THREAD)
    with made(app) as pages, time_machine.travel(datetime.now(UTC) + timedelta(days=1000)):
        guest.get(THREAD)
    assert pages == []


def test_a_member_s_page_tells_the_time_right_as_well(app, sign_in, guest):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        with app.app_context(), write() as session:
            makers.thread(session, session.get_one(User, 1), title="Snow tyres", at=datetime.now(UTC))
        bob = sign_in("Bob")
        for words in ("just now", "1 minute ago", "2 minutes ago"):
            for visitor in (guest, bob):
                assert f">{words}</time>" in visitor.get("/t/2-snow-tyres").text
            clock.shift(60)


# Much at once


def test_memory_stays_bounded_whatever_is_asked_for(app, guest):
    cache = app.extensions["pagecache"]
    cache._pages = Shelf(400_000)
    guest.get(THREAD)
    for number in range(1, 1500):
        guest.get("/", environ_overrides={"QUERY_STRING": f"before={number}.{number}"})
        guest.get(THREAD)
    assert cache._pages.bytes <= 400_000
    assert cache._making == {}
    with made(app) as pages:
        guest.get(THREAD)
    assert pages == [], "a page that is asked for all the time is crowded out"


def test_long_headers_are_not_remembered(app, guest):
    remembered = app.extensions["pagecache"]._remembered_reader
    remembered.cache_clear()
    for number in range(50):
        long = f"a={number}" + "x" * LONGEST_REMEMBERED
        assert is_kept(odd(app, "/", HTTP_COOKIE=long))
        assert is_kept(odd(app, "/", HTTP_ACCEPT_LANGUAGE=long))
        assert not is_kept(odd(app, "/", HTTP_COOKIE=f"{long}; engawa=x"))
    assert remembered.cache_info().currsize <= 1


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

    began_s = time.monotonic()
    together(*[(ask,)] * 6)
    assert statuses == ([500] if is_in_flask else ["raised"]) * 6
    assert time.monotonic() - began_s < 4
    assert (len(cache._pages), cache._making) == (0, {})
    fails.clear()
    assert browser(other).get(THREAD).status_code == 200
    assert len(cache._pages) == 1


class Failing:
    """A board with an application between its pages and Flask that fails while it is told to."""

    def __init__(self, app, fails):
        self._behind, self._fails = app.wsgi_app, fails
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


# A database that is not as it should be


def test_without_the_table_of_versions_the_application_answers(app, guest):
    assert is_kept(guest.get("/"))
    change(app, "ALTER TABLE page_versions RENAME TO lost")
    for _ in range(2):
        assert not is_kept(answer := guest.get("/"))
        assert answer.status_code == 200
        assert guest.get(THREAD).status_code == 503
    change(app, "ALTER TABLE lost RENAME TO page_versions")
    assert is_kept(guest.get("/"))


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


def test_a_folder_in_place_of_the_database_is_told_by_the_application(board_with, data_dir):
    (data_dir / "board.sqlite3").mkdir(parents=True)
    answer = browser(board_with()).get("/")
    assert (answer.status_code, is_kept(answer)) == (503, False)


def change(app, statement):
    """What a person does with an SQL prompt."""
    with closing(sqlite3.connect(app.config["SETTINGS"].database_path, isolation_level=None)) as database:
        database.execute(statement)


def happens(app, act):
    with app.app_context(), write() as session:
        act(session, datetime.now(UTC))


def forget(app):
    app.extensions["pagecache"].clear()
    app.extensions.pop("articles", None)


def together(*calls):
    """Run the calls at the same time, and wait for their end."""
    threads = [threading.Thread(target=call, args=arguments) for call, *arguments in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def made(app):
    """The addresses that the application itself answers meanwhile."""
    addresses: list[str] = []

    def note(sender, **more):
        addresses.append(request.path)

    with request_started.connected_to(note, app):
        yield addresses
