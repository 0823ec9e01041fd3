"""A kept page is right as of the last commit, and by the clock."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from forum.access import Viewer
from forum.accounts.models import User
from forum.db import write
from forum.moderation import steering, suspending
from forum.threads import publishing
from forum.threads.models import Post, Status, Thread
from tests import makers
from tests.web.kept import (
    LONG_AGO,
    PAGES,
    THREAD,
    change,
    forget,
    happens,
    made,
    seen,
)

pytestmark = pytest.mark.usefixtures("old_board")


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


@pytest.mark.sqlite
def test_a_backup_that_is_restored_is_seen_at_once(app, guest, tmp_path):
    path = app.config["SETTINGS"].database_path
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        database.backup(copy)
        before = guest.get(THREAD).text
        happens(app, renamed)
        after = guest.get(THREAD).text
        assert "First summer" in after != before
        copy.backup(database)
    assert guest.get(THREAD).text == before


@pytest.mark.sqlite
def test_a_change_after_a_backup_was_restored_is_seen_as_well(app, guest, tmp_path):
    """Though nobody looked between the two, and the page has had as many changes as when it was kept."""
    path = app.config["SETTINGS"].database_path
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        database.backup(copy)
        happens(app, renamed)
        assert "First summer" in guest.get(THREAD).text
        copy.backup(database)
    change(app, "UPDATE threads SET title = 'First spring' WHERE id = 1")
    assert "First spring" in guest.get(THREAD).text
