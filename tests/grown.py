"""Makes a board large within a moment: rows as the board writes them, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.accounts.models import LoginSession, ProfileChange, Purpose, Suspension, Token, User
from forum.importers.models import Imported
from forum.mail import OutgoingMail
from forum.moderation.models import Act, ActKind, Report, ReportReason
from forum.schema import Model
from forum.screening.examined import unread
from forum.screening.models import (
    Cause,
    Decision,
    FilterModel,
    FilterPolicy,
    Kind,
    Lesson,
    LinkHost,
    ModelState,
    Screening,
    ServiceReport,
    SiteVoice,
    TextBand,
)
from forum.spam.judging import Outcome, Standing, Submission
from forum.text import names
from forum.threads.models import Lock, Pin, Post, ReadMark, Revision, RevisionStatus, Status, Thread
from tests import makers

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
# Of these a text is made: long enough to be compared with others, and like none of them.
SYLLABLES = "ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ma mi mu me mo".split()
WORDS_EACH = 20


def members(session: Session, count: int) -> None:
    """Add `count` members of long standing, each with a name of their own."""
    first = _next(session, User.id)
    taken = [f"Member_{number}" for number in range(first, first + count)]
    shared = {"password_hash": makers.PASSWORD_HASH, "joined_at": BEGAN, "email_confirmed_at": BEGAN}
    rows = [
        {
            **shared,
            "name": name,
            "name_key": names.key(name),
            "name_skeleton": names.skeleton(name),
            "display_name": f"{name} of Chiba",
            "email": f"{name}@example.org",
            "email_key": f"{name}@example.org".lower(),
            "approved_count": 5,
        }
        for name in taken
    ]
    _insert(session, User, rows)


def threads(session: Session, count: int, posts_each: int = 1) -> None:
    """Add `count` threads to the board `alt`, written by the members who are there, by turns."""
    board_id = makers.board(session).id
    authors = session.scalars(sa.select(User.id).order_by(User.id)).all()
    first = _next(session, Thread.id)
    made = [
        {
            "id": thread_id,
            "board_id": board_id,
            "author_id": authors[thread_id % len(authors)],
            "title": f"Thread {thread_id}",
            "slug": f"thread-{thread_id}",
            "lang": "en",
            "status": Status.PUBLIC,
            "created_at": BEGAN + timedelta(minutes=thread_id),
            "posts_count": posts_each,
            "last_number": posts_each,
            "last_post_at": BEGAN + timedelta(minutes=thread_id),
            "last_author_id": authors[thread_id % len(authors)],
        }
        for thread_id in range(first, first + count)
    ]
    _insert(session, Thread, made)
    _insert(session, Post, [_post(row, number) for row in made for number in range(1, posts_each + 1)])


def posts(session: Session, thread: Thread, count: int) -> None:
    """Add `count` posts to the end of a thread, by its author."""
    first = thread.last_number + 1
    row = {"id": thread.id, "author_id": thread.author_id, "created_at": BEGAN}
    _insert(session, Post, [_post(row, number) for number in range(first, first + count)])
    thread.posts_count += count
    thread.last_number += count
    session.flush()


def texts(session: Session, author_id: int, count: int, body: str, site: str) -> None:
    """Add `count` published texts of a moderator's as the filter keeps them, one a day before a fortnight ago, and as
    many of this week that were refused or taken back.
    """
    now, examined = datetime.now(UTC), unread(Submission(Kind.REPLY, body))
    row = {
        "kind": Kind.REPLY,
        "author_id": author_id,
        "text": examined.text,
        "fingerprint": examined.mark,
        "outcome": Outcome.PUBLISHED,
        "probability": 0.01,
        "reasons": [],
        "decision": Decision.NONE,
        "standing": Standing.STAFF,
        "hosts": [site],
    }
    old = [{**row, "created_at": now - timedelta(days=14 + day)} for day in range(count)]
    row |= {"standing": Standing.KNOWN, "created_at": now - timedelta(days=1)}
    refused, withdrawn = {**row, "outcome": Outcome.REFUSED}, {**row, "decision": Decision.WITHDRAWN}
    _insert(session, Screening, old + [refused, withdrawn] * (count // 2))


def newcomers_texts(session: Session, count: int) -> None:
    """Add `count` texts of this month, each in words of its own and with a site of its own, as the filter keeps those
    of newcomers: it looks out for copies. Moderators decided about every second one, which taught the filter.
    """
    at, authors = datetime.now(UTC) - timedelta(days=20), _others(session)
    first = _next(session, Screening.id)
    texts, bands, sites = [], [], []
    for number in range(first, first + count):
        site, author_id = f"site-{number}.example", authors[number % len(authors)]
        examined = unread(Submission(Kind.REPLY, _words(number)))
        decision = (Decision.NONE, Decision.SPAM, Decision.NONE, Decision.APPROVED)[number % 4]
        row = _screening(author_id, examined.text, examined.mark, at)
        texts.append({**row, "id": number, "hosts": [site], "decision": decision, "network": number % 50})
        bands += [{"band": band, "screening_id": number} for band in set(examined.bands)]
        sites.append({"host": site, "author_id": author_id, "screening_id": number})
    _insert(session, Screening, texts)
    _insert(session, TextBand, bands)
    _insert(session, LinkHost, [{"host": row["host"], "first_seen_at": at} for row in sites])
    _insert(session, SiteVoice, sites)
    decided = [row for row in texts if row["decision"] != Decision.NONE]
    _insert(session, ServiceReport, [_service_report(row) for row in decided])
    _insert(session, Lesson, [_lesson(row) for row in decided])


def waiting(session: Session, thread: Thread, count: int) -> None:
    """Let `count` posts of a thread wait for a moderator, by many members, and as many public ones be reported."""
    at, first, authors = datetime.now(UTC) - timedelta(days=20), _next(session, Post.id), _others(session)
    held = [
        {
            **_post({"id": thread.id, "author_id": authors[number % len(authors)], "created_at": at}, number),
            "id": number,
            "number": None,
            "is_opening": False,
            "status": Status.HELD,
            "published_at": None,
        }
        for number in range(first, first + count)
    ]
    _insert(session, Post, held)
    texts = [
        _screening(row["author_id"], f"Draft {row['id']}", row["id"], at)
        | {"post_id": row["id"], "outcome": Outcome.HELD, "decision": Decision.PENDING}
        for row in held
    ]
    _insert(session, Screening, texts)
    _insert(session, Report, [_report(post_id, authors[0], at) for post_id in _unreported(session, count)])


def moderated(session: Session, actor_id: int, count: int) -> None:
    """Add `count` acts of a moderator for each family of them, about others' posts and threads, half of them undone,
    with locks and pins, and with the reports that they closed.
    """
    threads = session.execute(
        sa.select(Thread.id, Thread.author_id)
        .where(Thread.author_id.in_(_others(session)), ~sa.exists().where(Lock.thread_id == Thread.id))
        .order_by(Thread.id.desc())
        .limit(count)
    ).all()
    posts = session.execute(
        sa.select(Post.id, Post.thread_id, Post.author_id)
        .where(Post.thread_id.in_([row.id for row in threads]), Post.number == 1)
        .order_by(Post.id)
    ).all()
    things = [(ActKind.DISMISS, row.author_id, row.thread_id, row.id) for row in posts]
    for kind in (ActKind.LOCK, ActKind.PIN, ActKind.MOVE):
        things += [(kind, row.author_id, row.id, None) for row in threads]
    things += [(ActKind.SUSPEND, row.author_id, None, None) for row in threads]
    by = {"actor_id": actor_id, "detail": {"target": "post"}, "created_at": BEGAN}
    acts = [
        {**by, "id": number, "kind": kind, "user_id": user_id, "thread_id": thread_id, "post_id": post_id}
        for number, (kind, user_id, thread_id, post_id) in enumerate(things, start=_next(session, Act.id))
    ]
    _insert(session, Act, acts)
    undoing = {"kind": ActKind.UNDO, "id": None}
    stands = acts[1::2]
    _insert(session, Act, [{**row, **undoing, "undoes_id": row["id"]} for row in acts[::2]])
    closed = [
        _report(row["post_id"], actor_id, BEGAN) | {"closed_by_id": row["id"]}
        for row in stands
        if row["kind"] == ActKind.DISMISS
    ]
    _insert(session, Report, closed)
    marks = [
        {"thread_id": row["thread_id"], "by_id": actor_id, "created_at": BEGAN}
        for row in stands
        if row["kind"] == ActKind.LOCK
    ]
    _insert(session, Lock, [row | {"reason": "Enough said."} for row in marks])
    _insert(session, Pin, marks)
    ended = {"by_id": actor_id, "reason": "Rest a while.", "created_at": BEGAN, "lifted_at": BEGAN}
    _insert(session, Suspension, [{**ended, "user_id": row.author_id} for row in threads])


def edits(session: Session, author_id: int, count: int) -> None:
    """Add an old version to `count` posts of a member's, and as many versions of what others say of themselves."""
    of_author = sa.select(Post.id, Post.body).where(Post.author_id == author_id).order_by(Post.id.desc())
    shared = {"editor_id": author_id, "status": RevisionStatus.PUBLIC, "created_at": BEGAN}
    posts = session.execute(of_author.limit(count)).all()
    _insert(session, Revision, [{**shared, "post_id": row.id, "body": row.body} for row in posts])
    profile = {"old_display_name": "", "old_bio": "", "status": "published", "created_at": BEGAN}
    others = _others(session)
    changes = [
        {
            **profile,
            "user_id": others[number % len(others)],
            "display_name": "Kei",
            "bio": f"I teach {number}.",
        }
        for number in range(count)
    ]
    _insert(session, ProfileChange, changes)


def visits(session: Session, reader_id: int, count: int) -> None:
    """Add `count` browsers, links in mails, and unsent mails of others, and as many threads that a reader has read."""
    at, others, first = datetime.now(UTC), _others(session), _next(session, LoginSession.id)
    of_members = [
        {"user_id": others[number % len(others)], "secret_hash": f"{number:064}", "created_at": at}
        for number in range(first, first + count)
    ]
    until = {"expires_at": at + timedelta(days=1)}
    _insert(session, LoginSession, [{**row, **until, "seen_at": at, "browser": "Test"} for row in of_members])
    proof = {"purpose": Purpose.RESET_PASSWORD, "email": "kei@example.org", "credentials_version": 1}
    _insert(session, Token, [{**row, **until, **proof} for row in of_members])
    mail = {
        "recipient": "kei@example.org",
        "subject": "Hello",
        "text": "Hello.",
        "due_at": until["expires_at"],
    }
    _insert(session, OutgoingMail, [{**mail, "message_id": row["secret_hash"][-60:]} for row in of_members])
    is_read = sa.exists().where(ReadMark.thread_id == Thread.id)
    seen = {"number": 1, "seen_at": at}
    marks = [
        {**seen, "user_id": user_id, "thread_id": thread_id}
        for thread_id in session.scalars(
            sa.select(Thread.id).where(~is_read).order_by(Thread.id).limit(count)
        ).all()
        for user_id in (reader_id, others[thread_id % len(others)])
    ]
    _insert(session, ReadMark, marks)


def housekeeping(session: Session, by_id: int, count: int) -> None:
    """Add `count` models that are retired, thresholds that were changed, and records of an import."""
    first = _next(session, FilterModel.id)
    numbers = range(first, first + count)
    retired = {"state": ModelState.RETIRED, "note": "", "created_at": BEGAN, "changed_at": BEGAN, "file": b""}
    _insert(session, FilterModel, [{**retired, "digest": f"{number:064}"} for number in numbers])
    thresholds = {"hold_newcomer": 0.5, "hold_known": 0.8, "refuse": 0.98}
    _insert(session, FilterPolicy, [{**thresholds, "by_id": by_id, "created_at": BEGAN}] * count)
    imported = {"source": "old", "kind": "post"}
    _insert(session, Imported, [{**imported, "key": str(number), "local_id": number} for number in numbers])


def _others(session: Session) -> list[int]:
    """Members whom nothing is about that is measured."""
    return list(session.scalars(sa.select(User.id).where(User.name.startswith("Member_")).order_by(User.id)))


def _unreported(session: Session, count: int) -> Iterable[int]:
    """The oldest public posts that nobody has reported yet."""
    reported = sa.exists().where(Report.post_id == Post.id)
    query = sa.select(Post.id).where(Post.status == Status.PUBLIC, ~reported).order_by(Post.id)
    return session.scalars(query.limit(count)).all()


def _words(number: int) -> str:
    """A text in words that no other number has."""
    draw = Random(number)
    return " ".join("".join(draw.choices(SYLLABLES, k=4)) for _ in range(WORDS_EACH))


def _screening(author_id: int, text: str, mark: int, at: datetime) -> dict[str, Any]:
    return {
        "kind": Kind.REPLY,
        "author_id": author_id,
        "text": text,
        "fingerprint": mark,
        "outcome": Outcome.PUBLISHED,
        "probability": 0.01,
        "reasons": [],
        "decision": Decision.NONE,
        "standing": Standing.NEWCOMER,
        "created_at": at,
    }


def _lesson(screening: dict[str, Any]) -> dict[str, Any]:
    return {
        "screening_id": screening["id"],
        "text": screening["text"],
        "is_spam": screening["decision"] == Decision.SPAM,
        "step": 1,
        "cause": Cause.DECISION,
        "created_at": screening["created_at"],
    }


def _service_report(screening: dict[str, Any]) -> dict[str, Any]:
    at = screening["created_at"]
    return {"screening_id": screening["id"], "is_spam": True, "created_at": at, "sent_at": at}


def _report(post_id: int, reporter_id: int, at: datetime) -> dict[str, Any]:
    return {"post_id": post_id, "reporter_id": reporter_id, "reason": ReportReason.UNKIND, "created_at": at}


def _next(session: Session, number: InstrumentedAttribute[int]) -> int:
    return (session.scalar(sa.select(sa.func.max(number))) or 0) + 1


def _post(thread: dict[str, Any], number: int) -> dict[str, Any]:
    at = thread["created_at"] + timedelta(seconds=number)
    return {
        "thread_id": thread["id"],
        "author_id": thread["author_id"],
        "number": number,
        "is_opening": number == 1,
        "status": Status.PUBLIC,
        "body": "Let the tap drip at night.",
        "html": "<p>Let the tap drip at night.</p>",
        "lang": "en",
        "created_at": at,
        "published_at": at,
        "versions": 1,
    }


def _insert(session: Session, model: type[Model], rows: list[dict[str, Any]]) -> None:
    session.execute(sa.insert(Model.metadata.tables[model.__tablename__]), rows)
