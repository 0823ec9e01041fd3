"""Whatever is published and taken away, in any order: all counters equal a recount."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.accounts.models import User
from forum.db import write
from forum.threads import publishing
from forum.threads.models import Board, Post, Revision, RevisionStatus, Status, Thread
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()


def answer(session, post_id, now):
    """A new post by Bob in the thread of another."""
    thread_id = session.get_one(Post, post_id).thread_id
    post = {"thread_id": thread_id, "author_id": 2, "is_opening": False, "created_at": now}
    publishing.add(session, post | {"body": "Yes.", "html": "<p>Yes.</p>", "lang": "en"}, now)


VERBS = {
    "publish": publishing.publish,
    "remove": lambda session, post, now: publishing.take_away(session, post, Status.REMOVED, now),
    "delete": lambda session, post, now: publishing.take_away(session, post, Status.DELETED, now),
    "hold again": publishing.hold_again,
}
ACTS = VERBS | {"answer": answer}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 9)), max_size=12)


@given(steps=STEPS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counters_equal_a_recount_after_any_steps(app, steps):
    with app.app_context(), undone() as session:
        posts = world(session)
        for minute, (verb, which) in enumerate(steps):
            if may(session, verb, posts[which]):
                ACTS[verb](session, posts[which], MOMENT + timedelta(minutes=minute))
        session.flush()
        session.expire_all()
        assert counters(session) == recount(session)
        assert numbers(session) == numbers_by_publication(session)


def test_whoever_holds_a_thread_sees_what_became_of_it(app):
    with app.app_context(), undone() as session:
        post = session.get_one(Post, world(session)[0])
        thread = session.get_one(Thread, post.thread_id)
        for act, status in ((publishing.publish, Status.PUBLIC), (VERBS["remove"], Status.REMOVED)):
            act(session, post.id, MOMENT)
            columns = sa.select(Thread.status, Thread.posts_count).where(Thread.id == thread.id)
            kept = session.execute(columns).one()
            assert kept.status == status
            assert (thread.status, thread.posts_count) == tuple(kept)


def test_each_step_twice_is_as_good_as_once(app):
    with app.app_context(), undone() as session:
        posts = world(session)
        for post in posts:
            for verb in VERBS.values():
                if may(session, "publish", post):
                    verb(session, post, MOMENT)
                    verb(session, post, MOMENT)
        session.expire_all()
        assert counters(session) == recount(session)


def test_a_removed_post_keeps_its_number_and_the_next_one_gets_another(app):
    with app.app_context(), undone() as session:
        thread = makers.thread(session, session.get_one(User, 1), replies=2)
        second, third = (
            session.scalars(sa.select(Post.id).where(Post.number == number)).one() for number in (2, 3)
        )
        publishing.take_away(session, third, Status.REMOVED, MOMENT)
        late = makers.post(session, thread, session.get_one(User, 2), status=Status.HELD)
        publishing.publish(session, late.id, MOMENT)
        publishing.publish(session, third, MOMENT)
        session.expire_all()
        assert [session.get_one(Post, post).number for post in (second, third, late.id)] == [2, 3, 4]


def test_the_newest_public_post_dates_the_thread(app):
    with app.app_context(), undone() as session:
        thread = makers.thread(session, session.get_one(User, 1), at=MOMENT - timedelta(days=9))
        held = makers.post(
            session, thread, session.get_one(User, 2), status=Status.HELD, at=MOMENT - timedelta(days=8)
        )
        publishing.publish(session, held.id, MOMENT)
        session.expire_all()
        assert (thread.last_post_at, thread.last_author_id) == (MOMENT, 2)
        publishing.take_away(session, held.id, Status.REMOVED, MOMENT)
        session.expire_all()
        assert (thread.last_post_at, thread.last_author_id) == (MOMENT - timedelta(days=9), 1)


def test_a_version_that_is_held_again_gives_way_to_the_one_before(app):
    with app.app_context(), undone() as session:
        thread = makers.thread(session, session.get_one(User, 1), title="Old title", body="Old words")
        opening = session.scalars(sa.select(Post)).one()
        first, second, third = (version(session, opening.id, name) for name in ("Old", "New", "Newest"))
        first.status = RevisionStatus.PUBLIC
        publishing.publish_revision(session, second.id, MOMENT)
        publishing.publish_revision(session, third.id, MOMENT)
        publishing.hold_revision_again(session, third.id)
        assert (thread.title, thread.slug, opening.body, opening.versions) == (
            "New title",
            "new-title",
            "New words",
            2,
        )
        publishing.hold_revision_again(session, second.id)
        assert (thread.title, opening.html, opening.versions) == ("Old title", "<p>Old words</p>", 1)
        assert opening.edited_at is None
        publishing.reject_revision(session, second.id)
        publishing.hold_revision_again(session, second.id)
        assert (thread.title, second.status) == ("Old title", RevisionStatus.HELD)


@contextmanager
def undone():
    """One transaction that leaves nothing behind."""
    with suppress(Undone), write() as session:
        yield session
        raise Undone


class Undone(Exception):
    """Ends a transaction that shall leave nothing."""


def world(session):
    """Two boards with three threads by two members, waiting and public; the numbers of their ten posts."""
    alice, bob = session.get_one(User, 1), session.get_one(User, 2)
    held = makers.thread(session, alice, status=Status.HELD, at=MOMENT - timedelta(days=3))
    public = makers.thread(session, bob, replies=1, at=MOMENT - timedelta(days=2))
    other = makers.thread(session, alice, makers.board(session, "cir"), at=MOMENT - timedelta(days=1))
    for thread, author in (
        (held, bob),
        (held, alice),
        (public, alice),
        (public, bob),
        (other, bob),
        (other, alice),
    ):
        makers.post(session, thread, author, status=Status.HELD)
    return list(session.scalars(sa.select(Post.id).order_by(Post.id)))


def may(session, verb, post_id):
    """Nobody can answer what was never public."""
    post = session.get_one(Post, post_id)
    opening = session.scalars(sa.select(Post).where(Post.thread_id == post.thread_id, Post.is_opening)).one()
    is_answer = verb == "answer" or (verb == "publish" and not post.is_opening)
    return not is_answer or opening.number is not None


def counters(session):
    """What the tables say of themselves."""
    return {
        "boards": {row.slug: (row.threads_count, row.posts_count) for row in session.query(Board)},
        "members": {row.name: row.posts_count for row in session.query(User)},
        "threads": {
            row.id: (row.posts_count, row.last_number, row.last_post_at, row.last_author_id)
            for row in session.query(Thread)
        },
    }


def recount(session):
    """What the posts say, counted one by one."""
    threads, posts = session.query(Thread).all(), session.query(Post).all()
    shown = {row.id for row in threads if row.status == Status.PUBLIC}
    public = [row for row in posts if row.status == Status.PUBLIC]
    return {
        "boards": {
            board.slug: (
                sum(row.board_id == board.id and row.id in shown for row in threads),
                sum(row.thread_id in shown and homes(threads)[row.thread_id] == board.id for row in public),
            )
            for board in session.query(Board)
        },
        "members": {
            user.name: sum(row.author_id == user.id and row.thread_id in shown for row in public)
            for user in session.query(User)
        },
        "threads": {row.id: thread_recount(row, posts) for row in threads},
    }


def thread_recount(thread, posts):
    mine = [post for post in posts if post.thread_id == thread.id]
    public = sorted((post for post in mine if post.status == Status.PUBLIC), key=lambda post: post.number)
    opening = next(post for post in mine if post.is_opening)
    assert thread.status == opening.status
    # A thread without any public post keeps the date that it had: it stands in no list.
    newest = (
        (public[-1].published_at, public[-1].author_id)
        if public
        else (thread.last_post_at, thread.last_author_id)
    )
    return (len(public), sum(post.number is not None for post in mine), *newest)


def homes(threads):
    return {row.id: row.board_id for row in threads}


def numbers(session):
    rows = session.query(Post).filter(Post.number.is_not(None)).order_by(Post.thread_id, Post.number)
    return [(row.thread_id, row.number, row.id) for row in rows]


def numbers_by_publication(session):
    """The same list, numbered from 1 in each thread in the order of publication."""
    rows = session.query(Post).filter(Post.published_at.is_not(None))
    found, last = [], {}
    for row in sorted(rows, key=lambda row: (row.thread_id, row.published_at, row.number)):
        last[row.thread_id] = last.get(row.thread_id, 0) + 1
        found.append((row.thread_id, last[row.thread_id], row.id))
    return found


def version(session, post_id, name):
    """A waiting version of an opening post."""
    row = Revision(
        post_id=post_id,
        editor_id=1,
        title=f"{name} title",
        body=f"{name} words",
        status=RevisionStatus.HELD,
        created_at=MOMENT,
    )
    session.add(row)
    session.flush()
    return row
