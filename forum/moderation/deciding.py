"""Approve, remove, call it spam, dismiss reports: one decision about one text, with everything that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer, require_moderator
from forum.moderation import acts
from forum.moderation.cases import Case, newest_screening
from forum.moderation.models import Act, ActKind, Report
from forum.screening import asking, learning
from forum.screening.models import Decision, Screening

DECIDED: Mapping[ActKind, Decision] = {
    ActKind.APPROVE: Decision.APPROVED,
    ActKind.REMOVE: Decision.REMOVED,
    ActKind.SPAM: Decision.SPAM,
}
# A plain removal teaches nothing: a post may be unkind or misplaced in words that are no advertisement. Dismissed
# reports teach nothing either, because they need not have been about spam.
IS_SPAM: Mapping[ActKind, bool] = {ActKind.APPROVE: False, ActKind.SPAM: True}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator decided, and what of the case stood on their page."""

    kind: ActKind
    seen: str
    why: str = ""
    """The code of a canned reason."""
    reason: str = ""


def decide(session: Session, viewer: Viewer, case: Case, ruling: Ruling, now: datetime) -> Act:
    """Carry a decision out, teach the filter what it says, close the reports that it answers, and write it down.

    Raises NotFound for others than moderators, and Conflict when somebody else was faster or the text has changed.
    About fifteen statements.
    """
    require_moderator(viewer)
    if ruling.seen != case.seen or ruling.kind not in case.choices:
        raise acts.already_decided(session, viewer, _newest_act(session, case))
    before = case.subject.status(session)
    screening = _screening_of(session, ruling.kind, case, now)
    decision = screening.decision if screening else ""
    after = _carry_out(session, ruling.kind, case, now)
    if screening:
        _settle(session, ruling.kind, screening, now)
    act = Act(
        kind=ruling.kind,
        actor_id=viewer.id,
        user_id=case.author_id,
        thread_id=case.thread_id,
        post_id=case.subject.post_id,
        screening_id=screening.id if screening else None,
        reason=ruling.reason,
        detail={
            "target": case.target,
            "why": ruling.why,
            "before": before,
            "after": after,
            "decision": decision,
            "change": case.subject.change_id,
            "is_public": case.is_public,
            # Asked only now, since the decision may have given an imported post its first screening.
            "newest_screening": newest_screening(session, case.author_id, case.subject.post_id),
        },
        created_at=now,
    )
    acts.record(session, act)
    _close_reports(session, case, act)
    return act


def _newest_act(session: Session, case: Case) -> Act | None:
    """The decision that may explain why the page no longer fits; none while something waits."""
    if case.waiting or case.reports:
        return None
    thing = acts.Thing(case.author_id, case.thread_id, case.subject.post_id)
    return acts.newest(session, acts.DECISIONS, thing)


def _screening_of(session: Session, kind: ActKind, case: Case, now: datetime) -> Screening | None:
    """The text that the decision speaks of: the waiting one or, for the filter to learn from, the public one.

    None for a profile that was never screened, from which nothing is learnt.
    """
    if case.waiting or kind != ActKind.SPAM:
        return case.waiting
    if case.subject.post_id:
        return asking.of_public_post(session, case.subject.post_id, now)
    of_words = sa.select(Screening).where(
        Screening.author_id == case.author_id, Screening.profile_change_id == case.subject.change_id
    )
    return session.scalars(of_words.order_by(Screening.id.desc()).limit(1)).first()


def _carry_out(session: Session, kind: ActKind, case: Case, now: datetime) -> str:
    """Publish the text, take it away or leave it; returns what became of it."""
    if kind == ActKind.APPROVE:
        case.subject.publish(session, now)
    elif kind != ActKind.DISMISS:
        case.subject.take_away(session, now)
    session.flush()
    return case.subject.status(session)


def _settle(session: Session, kind: ActKind, screening: Screening, now: datetime) -> None:
    screening.decision = DECIDED[kind]
    if kind in IS_SPAM:
        learning.teach(session, screening.id, IS_SPAM[kind], now)


def _close_reports(session: Session, case: Case, act: Act) -> None:
    """Reports are about what is public, so that a decision about a waiting edit does not answer them."""
    if case.target == "edit" or not case.reports:
        return
    session.execute(sa.update(Report).where(Report.id.in_(case.reports)).values(closed_by_id=act.id))
