"""The latest threads, the boards and what stands on them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.db import write
from forum.threads.models import Board, Lock, Pin, Thread
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()


@pytest.mark.parametrize("start", ["/", "/b/alt"])
def test_paging_through_threads_of_one_moment_loses_and_repeats_none(app, guest, start):
    numbers = threads_of(app, 70)
    pages = walk(guest, start)
    assert [len(page) for page in pages] == [30, 30, 10]
    assert [number for page in pages for number in page] == numbers[::-1]


def test_a_thread_that_is_answered_meanwhile_moves_no_other(app, guest):
    numbers = threads_of(app, 40)
    first = guest.get("/").text
    with app.app_context(), write() as session:
        session.get_one(Thread, numbers[0]).last_post_at = MOMENT + timedelta(hours=1)
    second = guest.get(older(first)).text
    assert listed(first) + listed(second) == numbers[:0:-1]


def test_a_full_page_without_more_behind_it_has_no_next_page(app, guest):
    threads_of(app, 30)
    assert older(guest.get("/").text) is None


BAD = [
    "x",
    "",
    "-",
    "1",
    "1-",
    "-1",
    "1-x",
    "１-１",
    "²-1",
    "9" * 17 + "-1",
    "9" * 18 + "-1",
    "1-" + "9" * 13,
    "1-1-1",
    "%00",
    "0-0",
]


@pytest.mark.parametrize("before", BAD)
def test_a_cursor_that_we_did_not_make_is_no_error_of_ours(guest, before):
    for start in ("/", "/b/alt"):
        assert guest.get(f"{start}?before={before}").status_code in (200, 404)


def test_the_thread_with_the_newest_post_comes_first(app, guest):
    with app.app_context(), write() as session:
        alice, bob = session.get_one(User, 1), session.get_one(User, 2)
        old = makers.thread(session, alice, title="Older thread", at=MOMENT)
        new = makers.thread(session, alice, title="Newer thread", at=MOMENT + timedelta(days=1))
        makers.post(session, old, bob, at=MOMENT + timedelta(days=2))
        numbers = [old.id, new.id]
    assert listed(guest.get("/").text) == numbers


def test_a_board_shows_only_its_own_threads_and_its_pinned_ones_above(app, guest):
    numbers = threads_of(app, 3)
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), makers.board(session, "cir"))
        session.add(Pin(thread_id=numbers[0], by_id=3, created_at=MOMENT))
        session.add(Lock(thread_id=numbers[1], by_id=3, reason="Done.", created_at=MOMENT))
    page = guest.get("/b/alt").text
    assert listed(page) == [numbers[0], *numbers[::-1]]
    assert page.count('<span class="badge">Locked</span>') == 1


def test_a_board_that_is_not_there_is_not_found(guest):
    assert [guest.get(path).status_code for path in ("/b/nope", "/b/nope.atom", "/b/ALT", "/b/%00")] == [
        404
    ] * 4


def test_boards_stand_in_their_order_with_their_counts(app, guest):
    threads_of(app, 2)
    with app.app_context(), write() as session:
        makers.board(session, "first", position=-1)
    page = guest.get("/boards").text
    assert re.findall(r'<h2><a href="(/b/\w+)">', page) == ["/b/first", "/b/alt"]
    assert "2 threads" in page


def test_lists_speak_the_readers_language(app, guest):
    threads_of(app, 1)
    page = guest.get("/", headers={"Accept-Language": "ja"}).text
    assert '<a href="/b/alt">altの部屋</a>' in page


@pytest.mark.parametrize(
    ("path", "most"), [("/", 2), ("/boards", 1), ("/b/alt", 3), ("/feed.atom", 1), ("/b/alt.atom", 2)]
)
def test_a_list_costs_the_same_however_much_is_in_it(app, guest, statements, path, most):
    costs = []
    for count in (1, 40):
        threads_of(app, count)
        statements.clear()
        assert guest.get(path).status_code == 200
        costs.append(len(statements))
    assert costs == [most, most]


def test_an_empty_board_says_so(guest):
    assert "No threads yet." in guest.get("/").text
    assert "No threads yet." in guest.get("/b/alt").text


def threads_of(app, count):
    """`count` threads by Alice, all of one moment; their numbers."""
    with app.app_context(), write() as session:
        author, home = session.get_one(User, 1), session.scalars(sa.select(Board)).first()
        return [
            makers.thread(session, author, home, title=f"Thread {number}", at=MOMENT).id
            for number in range(count)
        ]


def walk(guest, start):
    """The numbers of the threads on each page, from `start` to the end."""
    address, pages = start, []
    while address:
        page = guest.get(address).text
        pages.append(listed(page))
        address = older(page)
    return pages


def listed(page):
    return [int(number) for number in re.findall(r'<h2><a href="/t/(\d+)', page)]


def older(page):
    """The address of the next page, or None."""
    found = re.search(r'<a rel="next" href="([^"]+)"', page)
    return found and found[1]
