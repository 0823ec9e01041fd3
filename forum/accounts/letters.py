"""The mails that this room writes, in the language of the person whose request causes them.

They name user names only, whose characters are restricted, never texts that people choose freely: nobody can send words
of their own through us. Links are built from BASE_URL, never from what a request says the host is.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum import mail
from forum.accounts.models import Purpose, User

SITE_NAME = "Life in Japan / JET"
PATHS = {
    Purpose.CONFIRM_EMAIL: "/confirm/",
    Purpose.CHANGE_EMAIL: "/email/",
    Purpose.RESET_PASSWORD: "/reset/",
}


def confirm_address(
    session: Session, user: User, address: str, purpose: Purpose, secret: str, now: datetime
) -> None:
    """The link that makes `address` the member's own."""
    text = _text(
        "confirm", name=user.name, link=_link(PATHS[purpose] + secret), is_new=user.email_confirmed_at is None
    )
    mail.post(session, address, _("Please confirm your address"), text, now)


def address_is_yours(session: Session, owner: User, now: datetime) -> None:
    """To the owner of an address that somebody typed who wants to join, or to move here from another address."""
    text = _text("address_is_yours", name=owner.name, reset=_link("/reset"))
    mail.post(session, owner.email or "", _("You already have an account"), text, now)


def address_will_change(session: Session, user: User, new_address: str, now: datetime) -> None:
    """To the old address, while there is time to stop the change."""
    text = _text("address_will_change", name=user.name, address=new_address, reset=_link("/reset"))
    mail.post(session, user.email or "", _("Your address is about to change"), text, now)


def reset_password(session: Session, user: User, secret: str, now: datetime) -> None:
    """The link that sets a new password."""
    text = _text("reset", name=user.name, link=_link(PATHS[Purpose.RESET_PASSWORD] + secret))
    mail.post(session, user.email or "", _("A new password"), text, now)


def no_account(session: Session, address: str, now: datetime) -> None:
    """To somebody who asked for a new password and has no account by this address."""
    mail.post(
        session, address, _("No account with this address"), _text("no_account", join=_link("/join")), now
    )


def password_changed(session: Session, user: User, now: datetime) -> None:
    """To a member whose password is another one, so that it does not happen unseen."""
    if user.email is not None:
        text = _text("password_changed", name=user.name, reset=_link("/reset"))
        mail.post(session, user.email, _("Your password was changed"), text, now)


def _text(template: str, **facts: object) -> str:
    # Straight from the environment: what pages are told about viewer and notices is no business of a mail.
    return current_app.jinja_env.get_template(f"mail/{template}.txt").render(site_name=SITE_NAME, **facts)


def _link(path: str) -> str:
    return current_app.config["SETTINGS"].base_url + path
