"""Marks are noted while members read, and written together."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from forum import turns
from forum.accounts.models import User
from forum.db import db, write
from forum.threads import seeing
from forum.threads.models import ReadMark
from forum.threads.seeing import Mark, Seeing
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now().replace(microsecond=0)
PATIENCE_S = 20


@pytest.fixture
def numbers(app):
    """Three threads of two pages each."""
    with app.app_context(), write() as session:
        alice = session.get_one(User, 1)
        return [makers.thread(session, alice, replies=25).id for _ in range(3)]


def test_reading_writes_nothing_until_the_marks_are_written_together(app, sign_in, numbers, statements):
    bob, mori = sign_in("Bob"), sign_in("Mori")
    statements.clear()
    for browser in (bob, mori):
        for number in numbers:
            read(browser, number)
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in statements)
    assert stored(app) == {}
    statements.clear()
    app.extensions["seeing"].flush()
    assert [statement.split()[0] for statement in statements] == ["INSERT"]
    assert stored(app) == {(who, number): 20 for who in (2, 3) for number in numbers}


def test_who_reads_again_writes_nothing(app, sign_in, numbers, statements):
    bob = sign_in("Bob")
    for _ in range(2):
        read(bob, numbers[0], page=2)
        app.extensions["seeing"].flush()
        read(bob, numbers[0], page=1)
        statements.clear()
        app.extensions["seeing"].flush()
        assert statements == []
    assert stored(app) == {(2, numbers[0]): 26}


def test_what_is_noted_is_known_to_the_next_page(app, sign_in, numbers):
    bob = sign_in("Bob")
    read(bob, numbers[0])
    read(bob, numbers[1], page=2)
    before = signs(bob)
    app.extensions["seeing"].flush()
    assert signs(bob) == before == (1, 1)
    read(bob, numbers[0], page=2)
    assert signs(bob) == (1, 0)


def test_a_look_at_the_headers_alone_and_a_redirect_are_no_reading(app, sign_in, numbers):
    bob = sign_in("Bob")
    bob.head(f"/t/{numbers[0]}-first-winter-in-an-inaka-house")
    bob.get(f"/t/{numbers[0]}")
    app.extensions["seeing"].flush()
    assert stored(app) == {}


def test_a_mark_never_goes_back(app, numbers):
    marks = app.extensions["seeing"]
    for number, highest in ((5, 5), (20, 20), (7, 20)):
        marks.note(2, numbers[0], Mark(number, MOMENT + timedelta(seconds=number)))
        assert marks.noted(2) == {numbers[0]: highest}
        marks.flush()
    assert stored(app) == {(2, numbers[0]): 20}
    # As after a page that was asked for while another process stored a higher one.
    marks.clear()
    marks.note(2, numbers[0], Mark(3, MOMENT))
    marks.note(2, numbers[0], Mark(2, MOMENT))
    marks.flush()
    assert stored(app) == {(2, numbers[0]): 20}


def test_what_was_just_written_is_still_known(app, numbers):
    """For a page whose snapshot of the database is older than the commit."""
    marks = app.extensions["seeing"]
    marks.note(2, numbers[0], Mark(20, MOMENT))
    marks.flush()
    assert (marks.noted(2), marks.noted(3)) == ({numbers[0]: 20}, {})


def test_a_thread_of_the_process_writes_every_now_and_then_and_ends(app, numbers):
    marks = Seeing(app, every_s=0.02)
    assert not alive()
    for number in numbers:
        marks.note(2, number, Mark(20, MOMENT))
        wait_until(lambda number=number: (2, number) in stored(app))
    assert len(alive()) == 1
    marks.stop()
    assert not alive()


def test_a_clean_stop_writes_what_is_noted(app, numbers):
    marks = Seeing(app, every_s=3600)
    marks.note(2, numbers[0], Mark(20, MOMENT))
    marks.stop()
    assert stored(app) == {(2, numbers[0]): 20}
    marks.note(2, numbers[1], Mark(20, MOMENT))
    assert not alive()


def test_many_marks_do_not_wait(app, numbers):
    marks = Seeing(app, every_s=3600)
    with app.app_context(), write() as session:
        people = [makers.member(session, f"Reader{number}").id for number in range(seeing.MANY)]
    for user_id in people:
        marks.note(user_id, numbers[0], Mark(20, MOMENT))
    wait_until(lambda: len(stored(app)) == seeing.MANY)
    marks.stop()


def test_no_more_than_so_many_are_kept(app):
    marks = app.extensions["seeing"]
    for thread_id in range(seeing.MOST + 1):
        marks.note(2, thread_id, Mark(20, MOMENT))
    marks.note(2, 0, Mark(21, MOMENT))
    assert len(marks.noted(2)) == seeing.MOST
    assert marks.noted(2)[0] == 21


@pytest.mark.sqlite
def test_marks_that_could_not_be_written_are_kept_for_the_next_time(app, numbers):
    marks = app.extensions["seeing"]
    marks.note(2, numbers[0], Mark(20, MOMENT))
    rename(app, "read_marks", "elsewhere")
    marks.flush()
    rename(app, "elsewhere", "read_marks")
    marks.flush()
    assert stored(app) == {(2, numbers[0]): 20}


def test_a_mark_of_nobody_does_not_keep_others_waiting(app, numbers):
    marks = app.extensions["seeing"]
    marks.note(999, numbers[0], Mark(20, MOMENT))
    marks.flush()
    marks.note(2, numbers[0], Mark(20, MOMENT))
    marks.flush()
    assert stored(app) == {(2, numbers[0]): 20}


def read(browser, number, page=1):
    answer = browser.get(f"/t/{number}-first-winter-in-an-inaka-house?page={page}")
    assert answer.status_code == 200


def signs(browser):
    """How many threads are new, and how many have something new."""
    page = browser.get("/").text
    return page.count('<span class="news">New</span>'), page.count('<span class="news">6 new</span>')


def stored(app):
    """The marks in the database, as (member, thread) -> number."""
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(sa.select(ReadMark.user_id, ReadMark.thread_id, ReadMark.number)).all()
        connection.rollback()
    return {(user_id, thread_id): number for user_id, thread_id, number in rows}


def rename(app, old, new):
    with app.app_context(), write() as session:
        session.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))


def alive():
    return [thread for thread in threading.enumerate() if thread.name == "read-marks"]


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.sqlite
def test_marks_that_a_busy_database_refuses_are_tried_again(app, monkeypatch):
    with app.app_context(), write() as session:
        thread_id = makers.thread(session, session.get_one(User, 1)).id
    marks = Seeing(app)
    marks.note(2, thread_id, Mark(1, MOMENT))
    monkeypatch.setattr(turns, "PATIENCE_S", 0.0)
    other = sqlite3.connect(app.config["SETTINGS"].database_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with app.app_context():
        db.engine.dispose()
        event.listen(
            db.engine, "connect", hurry := lambda driver, _: driver.execute("PRAGMA busy_timeout = 0")
        )
    marks.flush()
    assert stored(app) == {}
    other.execute("ROLLBACK")
    other.close()
    marks.flush()
    with app.app_context():
        event.remove(db.engine, "connect", hurry)
        db.engine.dispose()
    marks.stop()
    assert stored(app) == {(2, thread_id): 1}
