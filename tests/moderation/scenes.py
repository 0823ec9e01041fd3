"""What moderators meet: texts that wait, posts that were reported; and ways to press their buttons."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import event

from forum.accounts import profiles
from forum.accounts.models import ProfileChange, User
from forum.db import db, write
from forum.moderation.models import Report
from forum.schema import Model
from forum.screening.examined import unread
from forum.screening.models import Kind, Screening
from forum.spam.judging import Outcome, Reason, Submission, Verdict
from forum.threads.models import Post, Revision, RevisionStatus, Status, Thread
from tests import makers
from tests.databases import elsewhere

HELD = Verdict(Outcome.HELD, 0.83, (Reason("text", 1.6), Reason("links", 0.9, "cheap.example")))
GOOD = Verdict(Outcome.PUBLISHED, 0.02, (Reason("text", -3.9),))
SPAMMY = "Buy [cheap visas](https://cheap.example/visa) today."
# Numbers are given once and kept, and the log of acts and lessons only grows; all else comes back with an undo.
KEPT = {"posts": {"number", "published_at"}, "threads": {"last_number"}}
GROWING = {"page_versions", "moderation_acts", "lessons", "login_sessions", "alembic_version"}


def screened(session, author, kind, body, verdict, *, title="", **things) -> Screening:
    submission = Submission(kind=kind, title=title, body=body, author_name=author.name)
    return makers.kept(session, author.id, unread(submission), verdict, datetime.now(UTC), **things)


def public_reply(session, author, thread=None, body="Let the tap drip at night.") -> Post:
    """A reply that screening has published."""
    thread = thread or makers.thread(session, someone(session))
    post = makers.post(session, thread, author, body=body)
    screened(session, author, Kind.REPLY, body, GOOD, post_id=post.id)
    return post


def held_reply(session, author, thread=None, body=SPAMMY) -> Post:
    thread = thread or makers.thread(session, someone(session))
    post = makers.post(session, thread, author, body=body, status=Status.HELD)
    screened(session, author, Kind.REPLY, body, HELD, post_id=post.id)
    return post


def held_thread(session, author, title="Visas, cheap and quick") -> Post:
    thread = makers.thread(session, author, title=title, body=SPAMMY, status=Status.HELD)
    post = opening(session, thread)
    screened(session, author, Kind.THREAD, SPAMMY, HELD, title=title, post_id=post.id)
    return post


def held_edit(session, author, thread=None) -> Post:
    """A public reply whose author waits to put a link into it."""
    post = public_reply(session, author, thread)
    for body, status in (
        (post.body, RevisionStatus.PUBLIC),
        (f"{post.body}\n\n{SPAMMY}", RevisionStatus.HELD),
    ):
        revision = Revision(
            post_id=post.id, editor_id=author.id, body=body, status=status, created_at=datetime.now(UTC)
        )
        session.add(revision)
        session.flush()
    screened(session, author, Kind.EDIT, revision.body, HELD, post_id=post.id, revision_id=revision.id)
    return post


def held_profile(session, author, bio=SPAMMY, verdict=HELD) -> ProfileChange:
    change = ProfileChange(
        user_id=author.id,
        display_name="Visa shop",
        bio=bio,
        old_display_name=author.display_name,
        old_bio=author.bio,
        status="held",
        created_at=datetime.now(UTC),
    )
    session.add(change)
    session.flush()
    screened(session, author, Kind.PROFILE, bio, verdict, title="Visa shop", profile_change_id=change.id)
    return change


def public_profile(session, author) -> ProfileChange:
    """Words about herself that screening has published; others stood there before."""
    author.bio = "I teach in Chiba."
    change = held_profile(session, author, "Mori is an idiot.", GOOD)
    profiles.publish_change(session, change.id)
    return change


def reported_reply(session, author, reporter=None, reason="unkind", note="He calls me names.") -> Post:
    post = public_reply(session, author)
    report(session, post, reporter or someone(session), reason, note)
    return post


def report(session, post, reporter, reason="unkind", note="") -> Report:
    row = Report(
        post_id=post.id, reporter_id=reporter.id, reason=reason, note=note, created_at=datetime.now(UTC)
    )
    session.add(row)
    session.flush()
    return row


def opening(session, thread: Thread) -> Post:
    return session.query(Post).filter_by(thread_id=thread.id, is_opening=True).one()


def someone(session) -> User:
    """Bob, who is there already or comes now."""
    return session.query(User).filter_by(name="Bob").one_or_none() or makers.member(session, "Bob")


def staged(app, scene, author="Alice", **more) -> int:
    """Play a scene of the functions above with Alice; returns the id of what it made."""
    with app.app_context(), write() as session:
        user = session.query(User).filter_by(name=author).one_or_none() or makers.member(session, author)
        return scene(session, user, **more).id


def seen(page: str, url: str) -> str:
    """The mark in the form that sends to `url`."""
    form = page[page.lower().index(f'action="{url.lower()}"') :]
    match = re.search(r'name="seen" value="([0-9.]+)"', form)
    assert match
    return match[1]


def decide(browser, url, act, **fields):
    """Press a button of the thing at `url`, as its form stands on its own page."""
    return browser.post(url, data={"act": act, "seen": seen(browser.get(url).text, url), **fields})


def dump(app) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, without what only grows."""
    with elsewhere(app) as other:
        return {
            table.name: _rows(other, table)
            for table in Model.metadata.sorted_tables
            if table.name not in GROWING
        }


def _rows(other, table) -> list[tuple[object, ...]]:
    columns = ", ".join(
        column.name for column in table.columns if column.name not in KEPT.get(table.name, ())
    )
    return sorted(map(tuple, other.say(f"SELECT {columns} FROM {table.name}")), key=repr)


def value(app, sql, **parameters):
    """The one value that a query finds."""
    with app.app_context(), write() as session:
        return session.execute(sa.text(sql), parameters).scalar_one()


def newest_act(app) -> int:
    return value(app, "SELECT max(id) FROM moderation_acts")


@contextmanager
def counted(app) -> Generator[list[str]]:
    """The statements that the block sends to the database."""
    statements: list[str] = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
