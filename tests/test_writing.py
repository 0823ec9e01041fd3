"""Many writers at once: nobody is turned away, nothing is lost, everybody gets their turn."""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from forum.accounts import sessions
from forum.db import reading, write
from forum.threads.models import ReadMark
from forum.turns import Turns
from tests import crowd, makers
from tests.conftest import migrated
from tests.waiting import PATIENCE_S, until

PROCESSES = 4
THREADS = 8
REPLIES = 3


def test_32_writers_in_4_processes_lose_nothing(tmp_path, databases):
    with migrated(tmp_path, databases) as app:
        with app.app_context(), write() as session:
            makers.thread(session, makers.member(session))
            secrets = [_writer(session, number) for number in range(PROCESSES * THREADS)]
        answers = _posted(app, secrets)
        assert answers == [303] * (PROCESSES * THREADS * REPLIES)
        n_posts = len(answers) + 1
        with app.app_context():
            asked = "SELECT posts_count, last_number FROM threads"
            assert tuple(reading().execute(sa.text(asked)).one()) == (n_posts, n_posts)
            numbers = reading().scalars(sa.text("SELECT number FROM posts ORDER BY number")).all()
            assert numbers == list(range(1, n_posts + 1))
            assert reading().scalar(sa.text("SELECT posts_count FROM boards")) == n_posts
            of_members = "SELECT DISTINCT posts_count FROM users WHERE name != 'Alice'"
            assert reading().scalars(sa.text(of_members)).all() == [REPLIES]


@pytest.mark.sqlite
def test_a_write_whose_commit_fails_leaves_nothing_open(app):
    with app.app_context():
        with pytest.raises(IntegrityError), write() as session:
            _spoil(session)
        with write() as session:
            makers.member(session)
        assert reading().scalars(sa.text("SELECT name FROM users")).all() == ["Alice"]


def _spoil(session):
    """Let a key lead nowhere, which SQLite looks at when it commits."""
    session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    session.add(ReadMark(user_id=9, thread_id=9, number=1, seen_at=makers.NOW))


def _writer(session, number):
    user = makers.member(session, f"Writer_{number}", approved_count=50)
    return sessions.open_session(session, user.id, is_remembered=True, browser="Test", now=datetime.now(UTC))[
        0
    ]


def _posted(app, secrets):
    settings = replace(app.config["SETTINGS"], forum_limits=False)
    context = multiprocessing.get_context("spawn")
    ready, told = context.Barrier(len(secrets)), context.Queue()
    crowds = [
        context.Process(
            target=crowd.reply, args=(settings, secrets[first::PROCESSES], REPLIES, ready, told), daemon=True
        )
        for first in range(PROCESSES)
    ]
    for process in crowds:
        process.start()
    answers = [status for _ in crowds for status in told.get(timeout=PATIENCE_S)]
    for process in crowds:
        process.join()
    return answers


def test_threads_are_served_in_the_order_in_which_they_came(tmp_path):
    turns, served = Turns(tmp_path / "turns"), []

    def stand_in_line(number):
        with turns.turn():
            served.append(number)

    threads = [threading.Thread(target=stand_in_line, args=(number,)) for number in range(20)]
    with turns.turn():
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda behind=number: len(turns._line._waiting) > behind)
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_who_waited_too_long_goes_out_of_the_line_and_asks_sqlite(tmp_path):
    turns = Turns(tmp_path / "turns", patience_s=0.05)
    went = []

    def lose_patience():
        with turns.turn():
            went.append(time.monotonic())

    with turns.turn():
        began = time.monotonic()
        thread = threading.Thread(target=lose_patience)
        thread.start()
        thread.join()
    assert went[0] - began >= 0.05
    with turns.turn():
        assert not turns._line._waiting


@pytest.mark.parametrize(("patience_s", "is_waited_for"), [(0.05, False), (PATIENCE_S, True)])
def test_another_process_has_its_turn_as_long_as_patience_lasts(tmp_path, patience_s, is_waited_for):
    path = tmp_path / "turns"
    context = multiprocessing.get_context("spawn")
    has_it, may_go = context.Event(), context.Event()
    other = context.Process(target=crowd.hold_turn, args=(path, has_it, may_go), daemon=True)
    other.start()
    assert has_it.wait(PATIENCE_S)
    if is_waited_for:
        threading.Timer(0.3, may_go.set).start()
    with Turns(path, patience_s=patience_s).turn():
        assert may_go.is_set() is is_waited_for
    may_go.set()
    other.join()


def test_without_its_file_writers_still_write(tmp_path):
    with Turns(tmp_path / "no" / "such" / "folder").turn():
        pass


def test_a_writer_that_fails_gives_its_turn_back(app):
    with app.app_context():
        with pytest.raises(RuntimeError), write() as session:
            _fail_after(makers.member(session))
        with write() as session:
            assert session.scalar(sa.text("SELECT count(*) FROM users")) == 0


def _fail_after(_):
    raise RuntimeError
