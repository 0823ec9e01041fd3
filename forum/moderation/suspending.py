"""Suspend a member for a while or for good, and let them write again before the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer, may_suspend, require_moderator
from forum.accounts import reading as profiles
from forum.accounts.models import Suspension, User
from forum.errors import Conflict, Forbidden
from forum.moderation import acts
from forum.moderation.models import Act, ActKind

# A night to sleep on it; a heated weekend; a week for a second offence; a month as the last warning; and for good,
# for spammers and for those whom nothing else reached. None: no end.
TERMS: Mapping[str, timedelta | None] = {
    "day": timedelta(days=1),
    "three_days": timedelta(days=3),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "forever": None,
}


def find_member(session: Session, viewer: Viewer, name: str) -> User:
    """The member of that name, in any spelling. Raises NotFound, also for viewers who are no moderators."""
    require_moderator(viewer)
    return profiles.find(session, name)


def in_force(session: Session, user_id: int, now: datetime) -> Suspension | None:
    """The suspension that keeps a member from writing now; of several, the one that lasts longest."""
    query = sa.select(Suspension).where(Suspension.user_id == user_id, Suspension.in_force(now))
    return session.scalars(query.order_by(Suspension.until.desc().nulls_first()).limit(1)).first()


def suspend(session: Session, viewer: Viewer, name: str, reason: str, term: str, now: datetime) -> Act:
    """Keep a member from writing for one of TERMS. Reading stays open; the member sees `reason` and the end.

    Raises NotFound, Forbidden, or Conflict when the member is suspended already.
    """
    member = _find_suspendable(session, viewer, name)
    if in_force(session, member.id, now):
        newest = acts.newest(session, acts.SUSPENDING, acts.Thing(member.id))
        raise acts.already_decided(session, viewer, newest)
    length = TERMS[term]
    until = None if length is None else now + length
    row = Suspension(user_id=member.id, by_id=viewer.id, reason=reason, created_at=now, until=until)
    session.add(row)
    session.flush()
    return acts.record(session, _act(viewer, ActKind.SUSPEND, row, now, reason, term=term))


def lift(session: Session, viewer: Viewer, name: str, now: datetime) -> Act:
    """End a member's suspension before its time. Raises NotFound, Forbidden, or Conflict when there is none."""
    member = _find_suspendable(session, viewer, name)
    suspension = in_force(session, member.id, now)
    if suspension is None:
        raise Conflict(_("This member is not suspended."))
    suspension.lifted_at = now
    return acts.record(session, _act(viewer, ActKind.LIFT, suspension, now))


def require_may_suspend(viewer: Viewer, member: User) -> None:
    """Raise Forbidden unless the viewer decides about this member's account."""
    if not may_suspend(viewer, member.id, member.role):
        raise Forbidden(_("Moderators suspend members, admins also moderators, and nobody themselves."))


def _find_suspendable(session: Session, viewer: Viewer, name: str) -> User:
    member = find_member(session, viewer, name)
    require_may_suspend(viewer, member)
    return member


def _act(
    viewer: Viewer, kind: ActKind, suspension: Suspension, now: datetime, reason: str = "", **detail: Any
) -> Act:
    return Act(
        kind=kind,
        actor_id=viewer.id,
        user_id=suspension.user_id,
        reason=reason,
        detail={"target": "member", "suspension": suspension.id, **detail},
        created_at=now,
    )
