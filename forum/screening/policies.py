"""From which probability on texts are held and refused: what the staff chose last."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.errors import Conflict, Invalid
from forum.screening.models import FilterPolicy
from forum.spam.judging import Policy

# Beyond these a threshold means something else than its name says: a hand on every newcomer, or no filter at all.
LEAST_HOLD, MOST_HOLD = 0.05, 0.99
# A refusal silences without a person having looked, so no staff can make it follow from less than nineteen in twenty.
LEAST_REFUSE, MOST_REFUSE = 0.95, 0.9999
HISTORY_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A policy with who chose it when."""

    id: int
    policy: Policy
    by: str
    created_at: datetime


def current(session: Session) -> Policy:
    """What counts now: the newest row, or the defaults while nobody has chosen. One statement."""
    row = session.scalars(sa.select(FilterPolicy).order_by(FilterPolicy.id.desc()).limit(1)).first()
    return _policy_of(row) if row else Policy()


def newest_id(session: Session) -> int:
    """The number of what counts now, 0 while nobody has chosen: a page's form says by it what it was made from."""
    return session.scalar(sa.select(sa.func.max(FilterPolicy.id))) or 0


def history(session: Session) -> tuple[Change, ...]:
    """The last policies, the newest first. One statement."""
    query = sa.select(FilterPolicy, User.name).join(User, User.id == FilterPolicy.by_id)
    rows = session.execute(query.order_by(FilterPolicy.id.desc()).limit(HISTORY_SHOWN))
    return tuple(Change(row.id, _policy_of(row), name, row.created_at) for row, name in rows)


def require_sound(policy: Policy) -> None:
    """Raise Invalid, by field, unless the thresholds stand in their bounds and in their order."""
    faults: dict[str, object] = {}
    for name in ("hold_newcomer", "hold_known"):
        if not LEAST_HOLD <= getattr(policy, name) <= MOST_HOLD:
            faults[name] = _between(LEAST_HOLD, MOST_HOLD)
    if not LEAST_REFUSE <= policy.refuse <= MOST_REFUSE:
        faults["refuse"] = _between(LEAST_REFUSE, MOST_REFUSE)
    if policy.hold_known < policy.hold_newcomer:
        said = _("The number for known members must not be below that for newcomers.")
        faults.setdefault("hold_known", said)
    if faults:
        raise Invalid(**faults)


def choose(session: Session, policy: Policy, by_id: int, seen_id: int, now: datetime) -> None:
    """Let a policy count from the commit on. `seen_id` is `newest_id` as it was when the chooser looked.

    Raises Invalid for thresholds that are not sound, and Conflict when somebody else chose meanwhile.
    """
    require_sound(policy)
    if newest_id(session) != seen_id:
        raise Conflict(_("Somebody else has changed the thresholds meanwhile. Please look at them again."))
    session.add(FilterPolicy(**asdict(policy), by_id=by_id, created_at=now))
    session.flush()


def _policy_of(row: FilterPolicy) -> Policy:
    return Policy(hold_newcomer=row.hold_newcomer, hold_known=row.hold_known, refuse=row.refuse)


def _between(low: float, high: float) -> str:
    return _(
        "Please choose between %(low)s and %(high)s per cent.",
        low=f"{low * 100:.4g}",
        high=f"{high * 100:.4g}",
    )
