"""A forgotten password: a link by mail, and a new password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts import letters, passwords, tokens
from forum.accounts.addresses import Address
from forum.accounts.models import Purpose, User


def ask(session: Session, address: Address, now: datetime) -> None:
    """Send a mail to an address, whether it has an account or not: a link, or the word that there is none.

    So the answer is true for both, takes the same time for both, and helps whoever has joined with another address.
    Call `mail.deliver_soon` after the commit.
    """
    user = session.scalars(sa.select(User).where(User.email_key == address.key)).first()
    if user is None or user.email is None or user.email_confirmed_at is None:
        letters.no_account(session, address.text, now)
        return
    secret = tokens.issue(session, user, Purpose.RESET_PASSWORD, user.email, now)
    letters.reset_password(session, user, secret, now)


def reset(session: Session, secret: str, password_hash: str, now: datetime) -> tokens.Grant:
    """Set the new password by a link: all sessions end, all other links become void. Raises NotFound.

    Call `mail.deliver_soon` after the commit.
    """
    grant = tokens.redeem(session, Purpose.RESET_PASSWORD, secret, now)
    passwords.change(session, grant.user_id, grant.credentials_version, password_hash, now)
    return grant
