"""The people of the demo."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from forum.accounts import joining
from forum.accounts.models import Role, User
from forum.text import names
from forum.text.rendering import render

ACCOUNTS = (("demo-member", Role.MEMBER), ("demo-moderator", Role.MODERATOR), ("demo-admin", Role.ADMIN))
# Somebody who tries the board should not meet the limits of a first day before they have seen it.
ACCOUNTS_JOINED = timedelta(days=60)
ACCOUNTS_APPROVED = 5
# As if they had last looked in then, so that some of the board is new to them and some is not.
ACCOUNTS_LOOKED_IN = timedelta(days=3)
# 31 signs that nobody mistakes for each other when typing from a terminal; twelve of them are 59 bits.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Login:
    """An account that somebody may try the board with. The password stands nowhere else."""

    name: str
    role: str
    password: str


def add_accounts(session: Session, now: datetime) -> tuple[Login, ...]:
    """Three accounts to log in with, one a role, with new passwords."""
    logins = tuple(Login(name, role, _password()) for name, role in ACCOUNTS)
    for login in logins:
        user = joining.create(
            session,
            name=login.name,
            email=None,
            password=login.password,
            role=Role(login.role),
            now=now,
            is_demo=True,
        )
        # Confirmed without an address: there is nobody to write to, and the account must be able to post.
        user.email_confirmed_at = now
        user.joined_at = now - ACCOUNTS_JOINED
        user.approved_count = ACCOUNTS_APPROVED
        user.read_before = now - ACCOUNTS_LOOKED_IN
    return logins


def add_members(session: Session, members: Sequence[dict[str, Any]], now: datetime) -> None:
    """Members without a password. Each table has the columns of a member, and `joined_days_ago`."""
    for member in members:
        fields = dict(member)
        joined_at = now - timedelta(days=fields.pop("joined_days_ago"))
        bio = member.get("bio", "")
        session.add(
            User(
                **fields,
                name_key=names.key(member["name"]),
                name_skeleton=names.skeleton(member["name"]),
                bio_html=render(bio).html if bio else "",
                joined_at=joined_at,
                is_demo=True,
            )
        )
    session.flush()


def _password() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(PASSWORD_LENGTH))
