"""Joining: a name, a password, and an address that becomes the account's own once it is confirmed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forum.accounts import addresses, confirming, hashing
from forum.accounts.addresses import Address
from forum.accounts.models import Role, User
from forum.errors import Invalid
from forum.text import names


def join(
    session: Session,
    *,
    name: str,
    address: Address,
    password_hash: str,
    needs_confirmation: bool,
    now: datetime,
) -> User:
    """Make a member's account, and mail the link that confirms the address where that is needed.

    With mail, nobody learns from this who has an account: an address belongs to nobody before its link is opened, a
    taken one makes an account as well, and its owner gets a mail that says so instead of the link. Without mail there
    is no such place to say it, so a taken address is refused in plain words: kinder than an account without one.
    Raises Invalid for `username` or, without mail, `email`. Call `mail.deliver_soon` after the commit.
    """
    user = _add(session, name, password_hash, now)
    if needs_confirmation:
        confirming.ask(session, user, address, now)
    else:
        _own(session, user, address, now)
    return user


def create(  # noqa: PLR0913 - what a command line gives, all by name
    session: Session,
    *,
    name: str,
    email: str | None,
    password: str,
    role: Role = Role.MEMBER,
    now: datetime,
    is_confirmed: bool = True,
    is_demo: bool = False,
) -> User:
    """Make an account by command. An address that is not confirmed is checked, but does not belong to the account yet.

    Raises Invalid for `username` or `email`. The password is the operator's business and is not judged. Takes about
    50 ms for the hash.
    """
    user = _add(session, name, hashing.hash_password(password), now)
    user.role, user.is_demo = role, is_demo
    address = addresses.parse(email) if email is not None else None
    if address is not None and is_confirmed:
        _own(session, user, address, now)
    session.flush()
    return user


def checked_name(name: str) -> str:
    """A user name as it will be stored. Raises Invalid for `username`, in words, when nobody may take it."""
    try:
        return names.check(name)
    except names.BadName as fault:
        raise Invalid(username=_complaint(fault.code)) from None


def require_free(session: Session, name: str) -> None:
    """Raise Invalid for `username` when somebody has a checked name, or one that looks like it. One statement."""
    key = names.key(name)
    alike = sa.or_(User.name_key == key, User.name_skeleton == names.skeleton(name))
    taken = session.scalars(sa.select(User.name_key).where(alike)).all()
    if key in taken:
        raise Invalid(username=_("Somebody has this name already."))
    if taken:
        raise Invalid(username=_("This looks too much like the name of somebody else here."))


def _add(session: Session, name: str, password_hash: str, now: datetime) -> User:
    # Nobody can take the name between the question and the INSERT: `write()` lets one writer in at a time, and behind
    # that stand two unique constraints.
    name = checked_name(name)
    require_free(session, name)
    user = User(
        name=name,
        name_key=names.key(name),
        name_skeleton=names.skeleton(name),
        password_hash=password_hash,
        joined_at=now,
    )
    session.add(user)
    session.flush()
    return user


def _own(session: Session, user: User, address: Address, now: datetime) -> None:
    if session.scalar(sa.select(User.id).where(User.email_key == address.key)) is not None:
        raise Invalid(email=_("There is an account with this address already."))
    user.email, user.email_key, user.email_confirmed_at = address.text, address.key, now


def _complaint(code: names.Fault) -> str:
    sentences: dict[names.Fault, str] = {
        "empty": _("Please fill this in."),
        "too_short": ngettext(
            "At least %(num)d character.", "At least %(num)d characters.", names.MIN_LENGTH
        ),
        "too_long": ngettext("At most %(num)d character.", "At most %(num)d characters.", names.MAX_LENGTH),
        "characters": _("Please use letters and digits, with _ - or . between them."),
        "no_letter": _("Please use at least one letter."),
        "mixed_scripts": _(
            "Please keep to one script: look-alike letters of several ones could fool others."
        ),
        "looks_like_mail": _("Everybody sees this name, so please don't use a mail address."),
        "looks_like_site": _("Please don't use the address of a website."),
        "reserved": _("This name would sound as if the board itself were speaking."),
    }
    return sentences[code]
