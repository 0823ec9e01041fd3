"""Server-side sessions: what a cookie stands for, and who is looking."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts.models import LoginSession, Suspension, User
from forum.schema import Instant
from forum.statements import Source, Statement

# A browser that asked to stay logged in is forgotten after a season away; any other when the working day is over.
REMEMBERED_FOR = timedelta(days=90)
UNREMEMBERED_FOR = timedelta(hours=12)
# However busy, a session ends after a year, so that a stolen cookie does not work for ever.
LONGEST = timedelta(days=365)
# "Last seen" is kept this coarse, so that reading does not write on every page.
SEEN_EVERY = timedelta(minutes=10)

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_now = sa.bindparam("now", type_=Instant)
# Every request of a member asks this.
_FIND = Statement(
    sa.select(
        LoginSession.id.label("session_id"),
        LoginSession.seen_at,
        User.id,
        User.name,
        User.display_name,
        User.role,
        User.joined_at,
        User.read_before,
        User.email_confirmed_at,
        User.approved_count,
        User.rejected_count,
        Suspension.id.label("suspension_id"),
        Suspension.reason,
        Suspension.until,
    )
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(Suspension, sa.and_(Suspension.user_id == User.id, Suspension.in_force(_now)))
    .where(LoginSession.secret_hash == sa.bindparam("secret_hash"), LoginSession.expires_at > _now)
)


@dataclass(frozen=True, slots=True)
class Found:
    """A cookie that stands for a session: the viewer, and whether `touch` is due."""

    viewer: Viewer
    is_touch_due: bool


def open_session(
    session: Session, user_id: int, *, is_remembered: bool, browser: str, now: datetime
) -> tuple[str, timedelta | None]:
    """Sign a browser in; costs one INSERT.

    Returns the secret for its cookie and how long the cookie lives (None: until the browser closes).
    """
    secret = secrets.token_urlsafe(32)
    lifetime = REMEMBERED_FOR if is_remembered else UNREMEMBERED_FOR
    session.add(
        LoginSession(
            secret_hash=hash_of(secret),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
            is_remembered=is_remembered,
            browser=browser[:80],
        )
    )
    return secret, LONGEST if is_remembered else None


def find(source: Source, secret: str, now: datetime) -> Found | None:
    """Whom a cookie's secret stands for, or None; one statement, which also finds a suspension in force."""
    rows = _FIND.all(source, {"secret_hash": hash_of(secret), "now": now})
    if not rows:
        return None
    # Of several suspensions the one that lasts longest speaks. There is rarely one, and to have SQLite sort them takes
    # a table of its own for each request of a member.
    row = max(rows, key=lambda row: row.until or _FOR_EVER) if len(rows) > 1 else rows[0]
    viewer = Viewer(
        session_id=row.session_id,
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=row.role,
        joined_at=row.joined_at,
        read_before=row.read_before,
        is_confirmed=row.email_confirmed_at is not None,
        approved_count=row.approved_count,
        rejected_count=row.rejected_count,
        is_suspended=row.suspension_id is not None,
        suspension_reason=row.reason or "",
        suspended_until=row.until,
    )
    return Found(viewer, is_touch_due=now - row.seen_at > SEEN_EVERY)


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Note that a session is in use, and move its end; one UPDATE, due once in SEEN_EVERY."""
    login = session.get(LoginSession, session_id)
    if login is None:
        return
    lifetime = REMEMBERED_FOR if login.is_remembered else UNREMEMBERED_FOR
    login.seen_at = now
    login.expires_at = min(now + lifetime, login.created_at + LONGEST)


def end(session: Session, session_id: int, user_id: int) -> bool:
    """End one of a member's sessions; False when it was not theirs or had ended."""
    statement = sa.delete(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user_id)
    return _changed(session, statement) == 1


def end_all(session: Session, user_id: int, *, except_id: int = 0) -> int:
    """End all of a member's sessions but one, as a change of password does; returns how many."""
    statement = sa.delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.id != except_id)
    return _changed(session, statement)


def of_member(session: Session, user_id: int, now: datetime) -> list[LoginSession]:
    """A member's live sessions, the latest used first."""
    query = sa.select(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires_at > now)
    return list(session.scalars(query.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def forget_expired(session: Session, now: datetime) -> int:
    """Delete sessions past their end; returns how many."""
    return _changed(session, sa.delete(LoginSession).where(LoginSession.expires_at <= now))


def hash_of(secret: str) -> str:
    """What the table keeps of a secret: SHA-256 is enough, since 256 random bits can't be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _changed(session: Session, statement: sa.Delete[Any]) -> int:
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount
