"""Proving who one is, and signing a browser in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts import addresses, hashing, sessions
from forum.accounts.models import User
from forum.errors import Conflict, Invalid
from forum.text import names


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody knew the password of `user_id` when its credentials had this version."""

    user_id: int
    credentials_version: int
    renewed_hash: str | None = None
    """The password hashed with today's parameters, when the kept hash has older ones."""


def prove(session: Session, account: str, password: str) -> Proof:
    """Who it is that knows this name, or confirmed address, with this password.

    One statement and about 50 ms of hashing, known or unknown, so do it before `write()`. Raises Invalid with the same
    sentence for both.
    """
    # No name holds an @, so that what holds one is meant as an address.
    is_it = (
        User.email_key == _address_key(account)
        if "@" in account
        else User.name_key == names.key(account.strip())
    )
    found = _prove(session, is_it, password)
    if found is None:
        raise Invalid(_("The name or the password is wrong."))
    return found


def prove_member(session: Session, user_id: int, password: str, field: str = "password") -> Proof:
    """Make sure that somebody signed in also knows the password. Raises Invalid for `field`."""
    found = _prove(session, User.id == user_id, password)
    if found is None:
        raise Invalid(**{field: _("This is not your password.")})
    return found


def sign_in(
    session: Session, proof: Proof, viewer: Viewer, *, is_remembered: bool, browser: str, now: datetime
) -> tuple[str, timedelta | None]:
    """Open a new session for who was proven, and end the one in which the browser was the viewer's.

    Returns the cookie's secret and its lifetime. Raises Conflict when the password has changed since the proof.
    """
    user = proven(session, proof)
    if proof.renewed_hash is not None:
        user.password_hash = proof.renewed_hash
    sessions.end(session, viewer.session_id, viewer.id)
    return sessions.open_session(session, user.id, is_remembered=is_remembered, browser=browser, now=now)


def proven(session: Session, proof: Proof) -> User:
    """The member of a proof. Raises Conflict when password or address have changed since."""
    user = session.get_one(User, proof.user_id)
    if user.credentials_version != proof.credentials_version:
        raise Conflict(_("Your password or address has just been changed elsewhere. Please try again."))
    return user


def _address_key(text: str) -> str:
    try:
        return addresses.parse(text).key
    except Invalid:
        return text


def _prove(session: Session, who: sa.ColumnElement[bool], password: str) -> Proof | None:
    query = sa.select(User.id, User.password_hash, User.credentials_version).where(who)
    row = session.execute(query).first()
    if not hashing.is_right(row.password_hash if row else None, password) or row is None:
        return None
    renewed = hashing.hash_password(password) if hashing.is_outdated(row.password_hash) else None
    return Proof(row.id, row.credentials_version, renewed)
