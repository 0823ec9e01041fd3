"""One-time links in mails: random, kept only as a hash, bound to purpose, member, address and credentials."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.accounts.models import Purpose, Token, User
from forum.accounts.sessions import hash_of
from forum.errors import NotFound

LIVES_FOR = {
    # People join on a Friday in the staff room and read their own mail at the weekend.
    Purpose.CONFIRM_EMAIL: timedelta(days=7),
    # Whoever asks is sitting there; a mailbox that is looted later holds no key.
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.CHANGE_EMAIL: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link allows: to whom, for which address."""

    user_id: int
    name: str
    email: str
    credentials_version: int


def issue(session: Session, user: User, purpose: Purpose, email: str, now: datetime) -> str:
    """Make a token for a member and an address; returns the secret for the link. One INSERT."""
    secret = secrets.token_urlsafe(32)
    session.add(
        Token(
            secret_hash=hash_of(secret),
            purpose=purpose,
            user_id=user.id,
            email=email,
            credentials_version=user.credentials_version,
            created_at=now,
            expires_at=now + LIVES_FOR[purpose],
        )
    )
    return secret


def find(session: Session, purpose: Purpose, secret: str, now: datetime) -> Grant:
    """What a link would allow, without using it, for the page with the button. One statement. Raises NotFound."""
    query = (
        sa.select(User.id, User.name, Token.email, User.credentials_version)
        .join(User, User.id == Token.user_id)
        .where(_is_usable(purpose, secret, now), Token.credentials_version == User.credentials_version)
    )
    row = session.execute(query).first()
    if row is None:
        raise _used_up()
    return Grant(*row)


def redeem(session: Session, purpose: Purpose, secret: str, now: datetime) -> Grant:
    """Use a link up; of two that try at the same time one gets it. Two statements. Raises NotFound."""
    grant = find(session, purpose, secret, now)
    used = sa.update(Token).where(_is_usable(purpose, secret, now)).values(used_at=now).returning(Token.id)
    if session.scalar(used) is None:
        raise _used_up()
    return grant


def waiting_address(session: Session, user_id: int, now: datetime) -> str | None:
    """The address that a member was last asked to confirm, if the link still works."""
    query = (
        sa.select(Token.email)
        .join(User, User.id == Token.user_id)
        .where(
            Token.user_id == user_id,
            Token.purpose.in_((Purpose.CONFIRM_EMAIL, Purpose.CHANGE_EMAIL)),
            Token.used_at.is_(None),
            Token.expires_at > now,
            Token.credentials_version == User.credentials_version,
        )
    )
    return session.scalar(query.order_by(Token.id.desc()).limit(1))


def forget_expired(session: Session, now: datetime) -> None:
    """Delete tokens that nobody can use any more."""
    session.execute(sa.delete(Token).where(sa.or_(Token.expires_at <= now, Token.used_at.is_not(None))))


def _is_usable(purpose: Purpose, secret: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Token.secret_hash == hash_of(secret),
        Token.purpose == purpose,
        Token.used_at.is_(None),
        Token.expires_at > now,
    )


def _used_up() -> NotFound:
    return NotFound(_("This link has been used or has run out. Please ask for a new one."))
