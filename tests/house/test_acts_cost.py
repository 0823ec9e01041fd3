"""Whatever members and moderators do costs the same on a board ten times as large and as old.

Work is counted in steps of SQLite's virtual machine, which are the same in every run: each statement that an act sends
is told to a copy of the database as it was before. Both boards have the same things that acts are about, and more of
everything else on the larger one.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from forum.accounts import sessions
from forum.accounts.models import User
from forum.db import reading, write
from forum.screening import rehearsing, snapshots, textmodel
from forum.threads.models import Post, Thread
from forum.web.notices import COOKIE
from tests import grown, makers
from tests.conftest import Browser, browser, restore
from tests.databases import Files
from tests.listening import listening
from tests.moderation import scenes

pytestmark = pytest.mark.sqlite

SMALL_BOARD, LARGE_BOARD = 100, 1000
FEW_LESSONS = 10
# More steps than this share, and than these few, are not the depth of a tree.
TOLERANCE, SPARE_STEPS = 1.05, 50
# The thread with the most posts, and the one in which the most wait for a moderator.
LONG, FLOODED = 1, 2
# Long enough to be compared with others' words, of which one is a copy but for its end.
WORDS = "Thanks @Bob! What they ask of a visa is all told on https://www.mofa.example/visa indeed, in plain words."
NEAR_WORDS = f"{WORDS} Good luck!"
TITLE = "What they ask of a visa"
# As a newcomer writes who has nothing to hide.
GREETING = (
    "Hello everybody, I have just come to Chiba and look forward to my first snow in the mountains of Nagano."
)

Send = Callable[[], TestResponse]


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the two boards, before an act, and who acts."""

    app: Flask
    sign_in: Callable[[str], Browser]

    def as_alice(self, path: str, **form: str) -> Send:
        """What a member of long standing sends, who has written as much as anybody."""
        return partial(self.sign_in("Alice").post, path, data=form)

    def as_mori(self, path: str, **form: str) -> Send:
        """What a moderator sends, who has decided all that was decided."""
        return partial(self.sign_in("Mori").post, path, data=form)

    def as_newcomer(self, path: str, **form: str) -> Send:
        """What somebody sends who joined ten minutes ago, for whose texts the filter looks out."""
        with self.app.app_context(), write() as session:
            makers.newcomer(session)
        return partial(self.sign_in("Nana").post, path, data=form)

    def thread(self, author: str = "Bob") -> int:
        """A thread of a few posts, the same on either board."""
        return scenes.staged(self.app, makers.thread, author, replies=3)

    def in_long(self, scene: Callable[..., Any], author: str = "Alice") -> int:
        """Play a scene at the end of the thread with the most posts; returns the post."""
        return scenes.staged(
            self.app, lambda session, user: scene(session, user, session.get_one(Thread, LONG)), author
        )

    def reported(self) -> int:
        """A post of somebody's, at the end of the same thread, that a member has reported."""
        post = self.in_long(scenes.public_reply, "Bob")
        assert self.as_alice(f"/p/{post}/report", reason="unkind")().status_code == 303
        return post

    def decided(self, path: str, act: str, **form: str) -> Send:
        """What a moderator sends who presses one of the buttons at `path`."""
        mori = self.sign_in("Mori")
        seen = scenes.seen(mori.get(path).text, path)
        return partial(mori.post, path, data={"act": act, "seen": seen, **form})

    def undone(self, send: Send) -> Send:
        """What a moderator sends who takes back what was sent before."""
        assert send().status_code == 303
        return self.as_mori(f"/mod/acts/{scenes.newest_act(self.app)}/undo")


ACTS: list[Any] = []


def act(notice: str) -> Callable[[Callable[[Stage], Send]], Callable[[Stage], Send]]:
    """Let a play be measured: it sets the stage and returns what sends the act, which is answered with a notice."""

    def note(play: Callable[[Stage], Send]) -> Callable[[Stage], Send]:
        ACTS.append(pytest.param(play, notice, id=play.__name__))
        return play

    return note


@act("posted")
def start_thread(stage: Stage) -> Send:
    return stage.as_alice("/new", board="alt", title=TITLE, body=WORDS)


@act("posted")
def reply(stage: Stage) -> Send:
    return stage.as_alice(f"/t/{LONG}/reply", body=WORDS)


@act("posted")
def reply_where_many_wait(stage: Stage) -> Send:
    return stage.as_alice(f"/t/{FLOODED}/reply", body=WORDS)


@act("posted")
def reply_as_moderator(stage: Stage) -> Send:
    return stage.as_mori(f"/t/{LONG}/reply", body=WORDS)


@act("posted")
def reply_as_newcomer(stage: Stage) -> Send:
    return stage.as_newcomer(f"/t/{LONG}/reply", body=GREETING)


@act("edited")
def edit_reply(stage: Stage) -> Send:
    post = stage.in_long(scenes.public_reply)
    return stage.as_alice(f"/p/{post}/edit", body=WORDS)


@act("edited")
def edit_opening(stage: Stage) -> Send:
    post = opening(stage.app, stage.thread("Alice"))
    return stage.as_alice(f"/p/{post}/edit", title=TITLE, body=WORDS)


@act("edit-withdrawn")
def take_edit_back(stage: Stage) -> Send:
    post = stage.in_long(scenes.held_edit)
    return stage.as_alice(f"/p/{post}/edit", take_back="1")


@act("deleted")
def delete_reply(stage: Stage) -> Send:
    post = stage.in_long(scenes.public_reply)
    return stage.as_alice(f"/p/{post}/delete")


@act("restored")
def restore_reply(stage: Stage) -> Send:
    post = stage.in_long(scenes.public_reply)
    assert stage.as_alice(f"/p/{post}/delete")().status_code == 303
    return stage.as_alice(f"/p/{post}/restore")


@act("deleted")
def delete_thread(stage: Stage) -> Send:
    thread = scenes.staged(stage.app, makers.thread, "Alice")
    return stage.as_alice(f"/p/{opening(stage.app, thread)}/delete")


@act("reported")
def report(stage: Stage) -> Send:
    post = stage.in_long(scenes.public_reply, "Bob")
    return stage.as_alice(f"/p/{post}/report", reason="unkind", note="He calls me names.")


@act("all-read")
def read_all(stage: Stage) -> Send:
    return stage.as_alice("/read-all")


@act("decided")
def approve_reply(stage: Stage) -> Send:
    return stage.decided(f"/p/{stage.in_long(scenes.held_reply)}/moderate", "approve")


@act("decided")
def approve_thread(stage: Stage) -> Send:
    return stage.decided(f"/p/{scenes.staged(stage.app, scenes.held_thread)}/moderate", "approve")


@act("decided")
def approve_edit(stage: Stage) -> Send:
    return stage.decided(f"/p/{stage.in_long(scenes.held_edit)}/moderate", "approve")


@act("decided")
def approve_profile(stage: Stage) -> Send:
    scenes.staged(stage.app, scenes.held_profile)
    return stage.decided("/u/Alice/moderate", "approve")


@act("spam-decided")
def call_spam(stage: Stage) -> Send:
    return stage.decided(f"/p/{stage.in_long(scenes.held_reply)}/moderate", "spam")


@act("decided")
def remove_reported(stage: Stage) -> Send:
    return stage.decided(f"/p/{stage.reported()}/moderate", "remove", why="unkind")


@act("decided")
def dismiss_report(stage: Stage) -> Send:
    return stage.decided(f"/p/{stage.reported()}/moderate", "dismiss")


@act("undone")
def undo_approval(stage: Stage) -> Send:
    return stage.undone(approve_reply(stage))


@act("undone")
def undo_spam(stage: Stage) -> Send:
    return stage.undone(call_spam(stage))


@act("undone")
def undo_removal(stage: Stage) -> Send:
    return stage.undone(remove_reported(stage))


@act("locked")
def lock(stage: Stage) -> Send:
    return stage.as_mori(f"/t/{stage.thread()}/moderate", act="lock", reason="It goes in circles.")


@act("undone")
def undo_lock(stage: Stage) -> Send:
    return stage.undone(lock(stage))


@act("unlocked")
def unlock(stage: Stage) -> Send:
    path = f"/t/{stage.thread()}/moderate"
    assert stage.as_mori(path, act="lock", reason="It goes in circles.")().status_code == 303
    return stage.as_mori(path, act="unlock")


@act("pinned")
def pin(stage: Stage) -> Send:
    return stage.as_mori(f"/t/{stage.thread()}/moderate", act="pin")


@act("undone")
def undo_pin(stage: Stage) -> Send:
    return stage.undone(pin(stage))


@act("moved")
def move(stage: Stage) -> Send:
    return stage.as_mori(f"/t/{stage.thread()}/moderate", act="move", board="inaka")


@act("undone")
def undo_move(stage: Stage) -> Send:
    return stage.undone(move(stage))


@act("suspended")
def suspend(stage: Stage) -> Send:
    return stage.as_mori("/u/Bob/suspend", reason="Three unkind posts in a day.", term="week")


@act("undone")
def undo_suspension(stage: Stage) -> Send:
    return stage.undone(suspend(stage))


@act("lifted")
def lift_suspension(stage: Stage) -> Send:
    assert suspend(stage)().status_code == 303
    return stage.as_mori("/u/Bob/suspend/lift")


@act("joined")
def join(stage: Stage) -> Send:
    form = {"username": "Nana", "email": "nana@example.org", "password": makers.PASSWORD}
    return partial(browser(stage.app).post, "/join", data=form)


@act("logged-in")
def log_in_by_name(stage: Stage) -> Send:
    form = {"username": "Alice", "password": makers.PASSWORD}
    return partial(browser(stage.app).post, "/login", data=form)


@act("logged-in")
def log_in_by_address(stage: Stage) -> Send:
    form = {"username": "alice@example.org", "password": makers.PASSWORD}
    return partial(browser(stage.app).post, "/login", data=form)


@act("logged-out")
def log_out(stage: Stage) -> Send:
    return stage.as_alice("/logout")


@act("session-ended")
def end_session(stage: Stage) -> Send:
    with stage.app.app_context(), write() as session:
        alice = session.query(User).filter_by(name="Alice").one()
        sessions.open_session(session, alice.id, is_remembered=True, browser="Test", now=datetime.now(UTC))
    newest = scenes.value(stage.app, "SELECT max(id) FROM login_sessions")
    return stage.as_alice(f"/settings/sessions/{newest}/end")


@act("sessions-ended")
def end_other_sessions(stage: Stage) -> Send:
    stage.sign_in("Alice")
    return stage.as_alice("/settings/sessions/end-others")


@act("password-changed")
def change_password(stage: Stage) -> Send:
    return stage.as_alice(
        "/settings/password", old_password=makers.PASSWORD, password="two lanterns by the gate"
    )


@act("reset-sent")
def ask_for_password(stage: Stage) -> Send:
    return partial(browser(stage.app).post, "/reset", data={"email": "alice@example.org"})


@act("email-sent")
def change_address(stage: Stage) -> Send:
    return stage.as_alice("/settings/email", email="alice@elsewhere.example.org", password=makers.PASSWORD)


@act("profile-saved")
def save_profile(stage: Stage) -> Send:
    return stage.as_alice(
        "/settings", display_name="Alice of Chiba", bio="I teach at two schools in the hills."
    )


@act("profile-saved")
def save_profile_while_words_wait(stage: Stage) -> Send:
    scenes.staged(stage.app, scenes.held_profile)
    return save_profile(stage)


@pytest.fixture(scope="module")
def boards(board, databases):
    """Two databases, in which nothing differs but how much there is beside what acts are about."""
    restore(board, databases)
    copies = []
    for count in (SMALL_BOARD, LARGE_BOARD - SMALL_BOARD):
        _grow(board, count)
        copies.append(Files())
        copies[-1].remember(board)
    return copies


@pytest.mark.parametrize("has_statistics", [False, True], ids=["", "with statistics"])
@pytest.mark.parametrize(("play", "notice"), ACTS)
def test_an_act_costs_the_same_on_a_board_ten_times_as_large(
    app, sign_in, boards, play, notice, has_statistics, monkeypatch
):
    # Both boards have more lessons than older ones are drawn from.
    monkeypatch.setattr(rehearsing, "RECENT_LESSONS", FEW_LESSONS)
    taken = []
    for copy in boards:
        restore(app, copy)
        if has_statistics:
            # The board takes none on a file, but an operator may.
            with closing(sqlite3.connect(app.config["SETTINGS"].database_path)) as board:
                board.execute("ANALYZE")
        taken.append(_steps(app, play(Stage(app, sign_in)), notice))
    small, large = taken
    assert small.keys() == large.keys()
    dearer = [
        f"{small[statement]} steps, and {large[statement]} on the large board: {statement}"
        for statement in small
        if large[statement] > TOLERANCE * small[statement] + SPARE_STEPS
    ]
    assert not dearer, "\n".join(dearer)


def _grow(app, count):
    """Add `count` threads, and of all else that a board of that size has."""
    with app.app_context(), write() as session:
        if session.get(Thread, LONG) is None:
            makers.thread(session, makers.member(session, approved_count=20), title="Long")
            makers.moderator(session)
            makers.member(session, "Bob", approved_count=20)
            makers.board(session, "inaka")
            flooded = makers.thread(session, scenes.someone(session), title="Flooded")
            scenes.held_reply(session, scenes.someone(session), flooded, NEAR_WORDS)
        alice, mori = 1, 2
        grown.members(session, count // 5)
        grown.threads(session, count)
        grown.posts(session, session.get_one(Thread, LONG), count // 2)
        for author_id in (alice, mori):
            grown.texts(session, author_id, count, WORDS, "mofa.example")
            grown.edits(session, author_id, count // 5)
        grown.newcomers_texts(session, count)
        grown.waiting(session, session.get_one(Thread, FLOODED), count // 2)
        grown.moderated(session, mori, count // 5)
        grown.visits(session, alice, count)
        grown.housekeeping(session, mori, count // 10)
    _keep_model(app)


def _keep_model(app):
    """Do what the board's own job does every day, so that a process need not take in all lessons again."""
    with app.app_context():
        reached = textmodel.reached()
        due = snapshots.due(reading(), reached, datetime.now(UTC), every=1)
        with write() as session:
            snapshots.keep(session, due, reached)


def opening(app, thread_id):
    """The post that a thread begins with."""
    with app.app_context():
        return reading().scalar(sa.select(Post.id).where(Post.thread_id == thread_id, Post.number == 1))


def _steps(app, send, notice):
    """How many steps each statement of a request takes, on a copy of the database as it was before."""
    with app.app_context():
        # What was taught before is no part of the act.
        textmodel.learnt()
        keys = reading().scalar(sa.text("PRAGMA foreign_keys"))
    before, asked = sqlite3.connect(":memory:", isolation_level=None), []
    with closing(sqlite3.connect(app.config["SETTINGS"].database_path)) as board:
        board.backup(before)
    before.execute(f"PRAGMA foreign_keys = {keys}")

    def note(statement, values, is_many):
        if not statement.startswith(("BEGIN", "COMMIT")):
            # Several rows that one statement inserts come as the values of one.
            rows = values if is_many and isinstance(values[0], tuple | dict) else [values]
            asked.append((statement, rows))

    with listening(app, note):
        answer = send()
    assert any(cookie.startswith(f"{COOKIE}={notice}.") for cookie in answer.headers.getlist("Set-Cookie"))
    taken = Counter()
    for statement, rows in asked:

        def count(statement=statement):
            taken[statement] += 1

        before.set_progress_handler(count, 1)
        for values in rows:
            before.execute(statement, values).fetchall()
    before.close()
    return taken
