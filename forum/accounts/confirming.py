"""Making a mail address one's own: asking for it, and opening the link that was sent there.

An address belongs to an account from the moment that its link is opened, never before. So nobody can block another
person's address, and nobody can find out by asking for an address whether it has an account.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts import letters, sessions, tokens
from forum.accounts.addresses import Address
from forum.accounts.models import Purpose, User
from forum.errors import Conflict, Forbidden


def ask(session: Session, user: User, address: Address, now: datetime) -> None:
    """Send a link to the address that a member wants; a token and a mail, whoever has the address.

    A member who has an address is told at that one as well, while there is time to stop it. The owner of a taken
    address gets no link but a word of what happened. Call `mail.deliver_soon` after the commit.
    """
    purpose = Purpose.CONFIRM_EMAIL if user.email_confirmed_at is None else Purpose.CHANGE_EMAIL
    secret = tokens.issue(session, user, purpose, address.text, now)
    owner = session.scalars(sa.select(User).where(User.email_key == address.key, User.id != user.id)).first()
    if owner is not None:
        letters.address_is_yours(session, owner, now)
    else:
        letters.confirm_address(session, user, address.text, purpose, secret, now)
    if user.email is not None and user.email_confirmed_at is not None:
        letters.address_will_change(session, user, address.text, now)


def confirm(session: Session, purpose: Purpose, secret: str, viewer: Viewer, now: datetime) -> None:
    """Open the link: the address is the member's own. All other links become void.

    Changing an address ends all sessions, and needs the member signed in: else a stranger whose address was typed by
    mistake could take the account over. The first address needs no sign-in, because a fresh account holds nothing.
    Raises NotFound, Forbidden, or Conflict when somebody else has the address by now.
    """
    grant = tokens.redeem(session, purpose, secret, now)
    if purpose == Purpose.CHANGE_EMAIL:
        require_owner(viewer, grant)
        sessions.end_all(session, grant.user_id)
    key = grant.email.lower()
    if session.scalar(sa.select(User.id).where(User.email_key == key, User.id != grant.user_id)) is not None:
        raise Conflict(_("Another account has this address by now."))
    version = User.credentials_version + 1
    own = {"email": grant.email, "email_key": key, "email_confirmed_at": now, "credentials_version": version}
    session.execute(sa.update(User).where(User.id == grant.user_id).values(own))


def require_owner(viewer: Viewer, grant: tokens.Grant) -> None:
    """Raise Forbidden unless the link belongs to the viewer."""
    if viewer.id != grant.user_id:
        raise Forbidden(_("Please log in as %(name)s first, then open the link again.", name=grant.name))
