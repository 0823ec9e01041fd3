"""The rows of what moderators did: how one is written, and which of them made a thing what it is now."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, aliased

from forum.access import Viewer
from forum.accounts.models import User
from forum.errors import Conflict
from forum.moderation.models import Act, ActKind

DECISIONS = frozenset({ActKind.APPROVE, ActKind.REMOVE, ActKind.SPAM, ActKind.DISMISS})
LOCKING = frozenset({ActKind.LOCK, ActKind.UNLOCK})
PINNING = frozenset({ActKind.PIN, ActKind.UNPIN})
MOVING = frozenset({ActKind.MOVE})
SUSPENDING = frozenset({ActKind.SUSPEND, ActKind.LIFT})
# Acts of one family on one thing follow each other; those of two families do not touch.
FAMILIES = (DECISIONS, LOCKING, PINNING, MOVING, SUSPENDING)


@dataclass(frozen=True, slots=True)
class Thing:
    """What acts are about: a member's post, thread or, with neither, their profile or account."""

    user_id: int
    thread_id: int | None = None
    post_id: int | None = None


def record(session: Session, act: Act) -> Act:
    """Write down an act, in the transaction of its effects; two statements.

    Adds the present names of the member whom it is about, which the log covers in reasons even when they are changed
    later.
    """
    about = session.get_one(User, act.user_id)
    act.detail = act.detail | {"names": [name for name in (about.name, about.display_name) if name]}
    session.add(act)
    session.flush()
    return act


def is_undone() -> sa.ColumnElement[bool]:
    """Whether an act in a query was taken back; the UNIQUE on `undoes_id` makes this one look into an index."""
    undo = aliased(Act)
    return sa.exists().where(undo.undoes_id == Act.id)


def newest(session: Session, family: frozenset[ActKind], thing: Thing) -> Act | None:
    """The newest act of a family on one thing that was not taken back."""
    query = sa.select(Act).where(
        Act.kind.in_(family),
        Act.user_id == thing.user_id,
        Act.thread_id.is_not_distinct_from(thing.thread_id),
        Act.post_id.is_not_distinct_from(thing.post_id),
        ~is_undone(),
    )
    return session.scalars(query.order_by(Act.id.desc()).limit(1)).first()


def already_decided(session: Session, viewer: Viewer, act: Act | None) -> Conflict:
    """The sentence for whoever comes second: who was first."""
    if act is None:
        return Conflict(_("This has changed since you opened the page. Please look at it again."))
    if act.actor_id == viewer.id:
        return Conflict(_("You have already decided this."))
    name = session.scalar(sa.select(User.name).where(User.id == act.actor_id))
    return Conflict(_("This was already decided by %(name)s.", name=name))
