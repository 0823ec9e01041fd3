"""No page gets slower as the board grows: nothing walks through a whole table, or sorts what it finds there.

Plans are asked of SQLite for each statement that a page makes, also with the planner's statistics, which the board does
not take but an operator may. Work is counted in steps of SQLite's virtual machine, which are the same in every run.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from forum.access import Viewer
from forum.cursors import place
from forum.db import reading, write
from forum.doctor.plans import Step, complaints
from forum.moderation import steering
from forum.threads.models import Post, Thread
from tests import grown, makers
from tests.listening import listening

pytestmark = pytest.mark.sqlite

LARGE = {"posts", "threads", "users"}
SMALL_BOARD, LARGE_BOARD = 100, 1000
# More steps than this share are not the depth of a tree.
TOLERANCE = 1.05
# Lists and a deep place in each; a thread's first, middle and last page; feeds; and what hardly anybody asks for.
GUEST_PAGES = [
    "/",
    "/?before={place}",
    "/boards",
    "/b/alt",
    "/b/alt?before={place}",
    "/t/1-long",
    "/t/1-long?page=2",
    "/t/1-long?page={last_page}",
    "/p/30",
    "/u/Alice",
    "/u/Alice?before={post}",
    "/log",
    "/feed.atom",
    "/b/alt.atom",
    "/t/1.atom",
]
STAFF_PAGES = ["/", "/t/1-long?page={last_page}", "/u/Alice", "/mod", "/p/1/moderate", "/t/1/moderate"]
PAGES = [*((None, page) for page in GUEST_PAGES), *(("Mori", page) for page in STAFF_PAGES)]

STATISTICS = {
    "none": [],
    "of today": ["ANALYZE"],
    "of before anybody moderated": [
        "ANALYZE",
        "DELETE FROM sqlite_stat1 WHERE tbl NOT IN ('boards', 'posts', 'threads', 'users')",
    ],
}


@pytest.mark.parametrize("statistics", STATISTICS)
def test_no_page_walks_through_a_table_or_sorts_it(app, sign_in, statistics):
    _grow(app, LARGE_BOARD)
    path = app.config["SETTINGS"].database_path
    for change in STATISTICS[statistics]:
        # A connection keeps what it has read of them, so that each gets its own.
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(change)
        connection.close()
    connection = sqlite3.connect(path)
    found = [
        (page, complaint)
        for page, statement, values in _asked(app, sign_in)
        for complaint in complaints(statement, _plan(connection, statement, values), LARGE)
    ]
    connection.close()
    assert found == []


def test_a_page_costs_the_same_on_a_board_ten_times_as_large(app, sign_in):
    _grow(app, SMALL_BOARD)
    small = _steps(app, sign_in)
    _grow(app, LARGE_BOARD - SMALL_BOARD)
    large = _steps(app, sign_in)
    assert {page: (small[page], large[page]) for page in small if large[page] > TOLERANCE * small[page]} == {}


def _grow(app, count):
    """Add `count` threads, half as many posts to the longest and acts of moderation, and a fifth as many members."""
    with app.app_context(), write() as session:
        if session.get(Thread, 1) is None:
            makers.thread(session, makers.member(session), title="Long")
            makers.moderator(session)
        for _ in range(count // 5):
            makers.member(session, f"Member_{session.scalar(sa.text('SELECT count(*) FROM users'))}")
        grown.threads(session, count)
        grown.posts(session, session.get_one(Thread, 1), count // 2)
        mori = Viewer(id=2, name="Mori", role="moderator", is_confirmed=True)
        # Not Alice's, for what moderators did about one member is counted on the pages about them.
        of_others = sa.select(Thread.id).where(Thread.author_id > 2).order_by(Thread.id.desc())
        for thread_id in session.scalars(of_others.limit(count // 2)).all():
            steering.lock(session, mori, thread_id, "Enough said.", datetime.now(UTC))


def _steps(app, sign_in):
    """How many steps each page takes."""
    connection = sqlite3.connect(app.config["SETTINGS"].database_path)
    taken = {}

    def count():
        taken[page] += 1

    for page, statement, values in _asked(app, sign_in):
        taken.setdefault(page, 0)
        connection.set_progress_handler(count, 1)
        connection.execute(statement, values).fetchall()
        connection.set_progress_handler(None, 1)
    connection.close()
    return taken


def _asked(app, sign_in):
    """What each page asks of the database, as (viewer and page, statement, values)."""
    browsers = {None: app.test_client(), "Mori": sign_in("Mori")}
    places = _places(app)
    asked = []

    def note(statement, values, is_many):
        if not statement.startswith("BEGIN"):
            asked.append(((viewer, page), statement, values))

    # New posts are counted, up to a hundred, in threads that were read before: not here.
    app.extensions["seeing"].clear()
    with listening(app, note):
        for viewer, page in PAGES:
            assert browsers[viewer].get(page.format(**places)).status_code in (200, 302)
    return asked


def _places(app):
    """Where pages are that are far from their beginning, and full."""
    with app.app_context():
        oldest = sa.select(Thread.last_post_at, Thread.id).order_by(Thread.last_post_at, Thread.id)
        of_alice = sa.select(Post.id).where(Post.author_id == 1).order_by(Post.created_at, Post.id)
        last = reading().scalar(sa.select(Thread.last_number).where(Thread.id == 1))
        return {
            "place": place(*reading().execute(oldest.offset(40).limit(1)).one()),
            "post": reading().scalar(of_alice.offset(30).limit(1)),
            "last_page": last // 20,
        }


def _plan(connection, statement, values):
    return [Step(*row) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
