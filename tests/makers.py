"""Makes the people and texts that tests talk about, straight in the database.

Each takes the session of `with app.app_context(), write() as session:` and returns the row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.screening import asking
from forum.screening.examined import Examined
from forum.screening.models import Screening
from forum.spam.judging import Verdict
from forum.text import names
from forum.text.rendering import render
from forum.text.slugs import slugify
from forum.threads.models import Board, Post, Revision, RevisionStatus, Status, Thread

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "a porch in the evening"
# Argon2id of PASSWORD with the smallest parameters there are, so that no test waits for it.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$ZW5nYXdhLWVuZ2F3YS1lbg$oFWJW2QALDq+IqD3QxFwaw6MuwFAqbyse8O7awovMrU"
)


def member(session: Session, name: str = "Alice", **fields: Any) -> User:
    """A confirmed member of two years' standing with a few approved posts, unless `fields` says otherwise."""
    defaults: dict[str, Any] = {
        "email": f"{names.key(name)}@example.org",
        "password_hash": PASSWORD_HASH,
        "joined_at": datetime.now(UTC) - timedelta(days=700),
        "approved_count": 5,
    } | fields
    defaults.setdefault("email_confirmed_at", defaults["joined_at"])
    email = defaults["email"]
    user = User(
        name=name,
        name_key=names.key(name),
        name_skeleton=names.skeleton(name),
        email_key=email and email.lower(),
        **defaults,
    )
    session.add(user)
    session.flush()
    return user


def newcomer(session: Session, name: str = "Nana", **fields: Any) -> User:
    """Somebody who joined ten minutes ago and has posted nothing."""
    joined_at = datetime.now(UTC) - timedelta(minutes=10)
    return member(session, name, **{"joined_at": joined_at, "approved_count": 0, **fields})


def moderator(session: Session, name: str = "Mori", **fields: Any) -> User:
    return member(session, name, role="moderator", **fields)


def board(session: Session, slug: str = "alt", **fields: Any) -> Board:
    """The board of that slug; made when it is not there."""
    found = session.query(Board).filter_by(slug=slug).one_or_none()
    if found is None:
        found = Board(**{"slug": slug, "name": slug.upper(), "name_ja": f"{slug}の部屋", **fields})
        session.add(found)
        session.flush()
    return found


def kept(
    session: Session,
    author_id: int,
    examined: Examined,
    verdict: Verdict,
    now: datetime,
    **about: int | None,
) -> Screening:
    """A text with the filter's verdict on it."""
    return session.get_one(Screening, asking.keep(session, author_id, examined, verdict, now, **about).id)


def thread(
    session: Session,
    author: User,
    board_row: Board | None = None,
    *,
    title: str = "First winter in an inaka house",
    body: str = "How do you keep the pipes from freezing?",
    replies: int = 0,
    status: str = Status.PUBLIC,
    at: datetime | None = None,
) -> Thread:
    """A thread with its opening post and `replies` replies by the same author, a minute apart, ending about now."""
    home = board_row or board(session)
    at = at or datetime.now(UTC) - timedelta(minutes=replies + 1)
    row = Thread(
        board_id=home.id,
        author_id=author.id,
        title=title,
        slug=slugify(title),
        lang=render(title).lang,
        status=status,
        created_at=at,
        last_post_at=at,
    )
    session.add(row)
    session.flush()
    if status == Status.PUBLIC:
        home.threads_count += 1
    post(session, row, author, body=body, status=status, at=at, is_opening=True)
    for number in range(replies):
        post(session, row, author, body=f"Reply number {number + 2}.", at=at + timedelta(minutes=number + 1))
    return row


def post(
    session: Session,
    thread_row: Thread,
    author: User,
    *,
    body: str = "Let the tap drip at night.",
    status: str = Status.PUBLIC,
    at: datetime | None = None,
    is_opening: bool = False,
) -> Post:
    """A post at the end of a thread, with all counters right."""
    at = at or datetime.now(UTC)
    rendered = render(body)
    is_public = status == Status.PUBLIC
    row = Post(
        thread_id=thread_row.id,
        author_id=author.id,
        number=thread_row.last_number + 1 if is_public else None,
        is_opening=is_opening,
        status=status,
        body=body,
        html=rendered.html,
        lang=rendered.lang,
        created_at=at,
        published_at=at if is_public else None,
    )
    session.add(row)
    if is_public:
        home = session.get_one(Board, thread_row.board_id)
        thread_row.last_number += 1
        thread_row.posts_count += 1
        thread_row.last_post_at = at
        thread_row.last_author_id = author.id
        home.posts_count += 1
        author.posts_count += 1
    session.flush()
    return row


def versions(session: Session, post_row: Post, *bodies: str) -> None:
    """Give a post an earlier version, "Draft.", and the given later ones, all public; the last one stands."""
    opens = session.get_one(Thread, post_row.thread_id).title if post_row.is_opening else None
    for body in ("Draft.", *bodies, post_row.body):
        session.add(
            Revision(
                post_id=post_row.id,
                editor_id=post_row.author_id,
                title=opens,
                body=body,
                status=RevisionStatus.PUBLIC,
                created_at=post_row.created_at,
            )
        )
    post_row.versions = 2 + len(bodies)
    post_row.edited_at = post_row.created_at
    session.flush()


def now() -> datetime:
    """The moment, for what must not have expired."""
    return datetime.now(UTC)
