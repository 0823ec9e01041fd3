"""What each page asks the database: so many statements, however large the board is, and none when it is kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from forum.db import db, write
from tests import makers

THREAD = "/t/1-first-winter-in-an-inaka-house"

# Of each page: the statements for a guest for whom it is made, for a member (one of them finds the session), and for a
# moderator (one of them counts what waits). The thread has three pages.
STATEMENTS = {
    "/": (2, 3, 4),
    "/boards": (1, 2, 3),
    "/b/alt": (3, 4, 5),
    THREAD: (2, 4, 4),
    f"{THREAD}?page=2": (2, 4, 4),
    f"{THREAD}?page=3": (2, 4, 5),
    "/u/Alice": (2, 3, 7),
    "/log": (1, 2, 3),
    "/feed.atom": (1, 2, 3),
    "/b/alt.atom": (2, 3, 4),
    "/t/1.atom": (2, 3, 4),
    "/privacy": (0, 1, 2),
}
KEPT = [path for path in STATEMENTS if not path.startswith("/u/")]


@pytest.fixture(params=["few threads", "many threads"])
def peopled(app: Flask, request) -> Flask:
    """A board with Alice's thread of 44 replies, alone or above 40 others; Bob is a member and Mori moderates."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        makers.member(session, "Bob")
        makers.moderator(session)
        makers.thread(session, alice, replies=44)
        for number in range(40 if request.param == "many threads" else 1):
            makers.thread(session, alice, title=f"Question number {number}", replies=1)
    return app


@contextmanager
def counted(app: Flask) -> Generator[list[str]]:
    """What is asked inside the block, without the beginnings of transactions."""
    asked: list[str] = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_page_costs_so_many_statements(peopled, guest, sign_in, path):
    counts = []
    for browser in (guest, sign_in("Bob"), sign_in("Mori")):
        peopled.extensions["pagecache"].clear()
        peopled.extensions.pop("articles", None)
        with counted(peopled) as asked:
            assert browser.get(path).status_code == 200
        counts.append(len(asked))
    assert tuple(counts) == STATEMENTS[path]


@pytest.mark.parametrize("path", KEPT)
def test_a_kept_page_costs_none(peopled, guest, path):
    first = guest.get(path)
    with counted(peopled) as asked:
        again = guest.get(path)
    assert (again.status_code, again.data, asked) == (200, first.data, [])


def test_a_member_s_page_of_a_thread_that_another_one_has_read_costs_one_less(peopled, sign_in):
    sign_in("Alice").get(THREAD)
    bob = sign_in("Bob")
    with counted(peopled) as asked:
        assert bob.get(THREAD).status_code == 200
    assert len(asked) == STATEMENTS[THREAD][1] - 1
