"""The demo board: what stands on it, that it is marked, and that nothing is seeded twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from forum.accounts import hashing
from forum.accounts.models import Role, User
from forum.db import reading, write
from forum.demo import seeding
from forum.moderation.models import Act, Report
from forum.screening.models import Decision, Screening
from forum.threads.models import Board, Lock, Pin, Post, Status, Thread
from tests import makers

NOW = datetime.now(UTC)


@pytest.fixture
def logins(app):
    """The logins of a board that was seeded a moment ago."""
    with app.app_context(), write() as session:
        return seeding.seed(session, NOW)


def test_an_empty_board_comes_alive(app, logins, guest):
    with app.app_context():
        session = reading()
        assert session.scalar(sa.select(sa.func.count(Board.id))) == 10
        threads = session.scalars(sa.select(Thread)).all()
        assert len(threads) >= 36
        assert max(thread.posts_count for thread in threads) > 40
        assert NOW - max(thread.last_post_at for thread in threads) < timedelta(days=1)
        assert session.scalar(sa.select(sa.func.max(Post.created_at))) <= NOW
        assert session.scalar(sa.select(sa.func.count(Lock.thread_id))) == 1
        assert session.scalar(sa.select(sa.func.count(Pin.thread_id))) >= 1
        assert session.scalar(sa.select(sa.func.count(Act.id))) >= 2
    page = guest.get("/")
    assert page.status_code == 200
    assert "thread-title" in page.text or "JLPT" in page.text


def test_all_its_counters_are_right(app, logins):
    n_posts = sa.select(sa.func.count()).where(Post.thread_id == Thread.id, Post.status == Status.PUBLIC)
    n_written = sa.select(sa.func.count()).where(Post.author_id == User.id, Post.status == Status.PUBLIC)
    in_board = sa.select(sa.func.sum(Thread.posts_count)).where(Thread.board_id == Board.id)
    newest = sa.select(sa.func.max(Post.published_at)).where(Post.thread_id == Thread.id)
    with app.app_context():
        wrong = {
            Thread: sa.or_(
                Thread.posts_count != n_posts.scalar_subquery(), Thread.last_number != Thread.posts_count
            ),
            User: User.posts_count != n_written.scalar_subquery(),
            Board: Board.posts_count != in_board.scalar_subquery(),
        }
        for table, condition in wrong.items():
            assert reading().scalar(sa.select(sa.func.count()).select_from(table).where(condition)) == 0
        late = sa.select(sa.func.count(Thread.id)).where(Thread.last_post_at != newest.scalar_subquery())
        assert reading().scalar(late) == 0


def test_everybody_on_it_is_marked_and_only_three_can_log_in(app, logins):
    assert [login.role for login in logins] == [Role.MEMBER, Role.MODERATOR, Role.ADMIN]
    with app.app_context():
        users = {user.name: user for user in reading().scalars(sa.select(User))}
    assert all(user.is_demo for user in users.values())
    assert {name for name, user in users.items() if user.password_hash} == {login.name for login in logins}
    for login in logins:
        assert hashing.is_right(users[login.name].password_hash, login.password)
        assert users[login.name].email_confirmed_at


def test_passwords_are_new_each_time_and_long_enough(logins):
    assert len({login.password for login in logins}) == len(logins)
    assert all(len(login.password) >= 12 for login in logins)


def test_something_waits_for_the_moderators_and_no_guest_sees_it(app, logins, guest):
    with app.app_context():
        waiting = reading().scalars(sa.select(Screening).where(Screening.decision == Decision.PENDING)).all()
        held = reading().scalars(sa.select(Post).where(Post.status == Status.HELD)).all()
        assert sorted(row.post_id or 0 for row in waiting) == sorted(post.id for post in held)
        assert len(held) == 3
        assert all(row.reasons for row in waiting)
        assert reading().scalar(sa.select(sa.func.count(Report.id))) == 1
    assert all(guest.get(f"/p/{post.id}").status_code == 404 for post in held)


@pytest.mark.parametrize("make", [makers.board, makers.member])
def test_a_board_that_is_in_use_is_left_alone(app, make):
    with app.app_context(), write() as session:
        make(session)
        assert seeding.seed(session, NOW) is None
        assert session.scalar(sa.select(sa.func.count(Thread.id))) == 0
