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
    if case.waiting or case.report_ids:
        return None
    thing = acts.Thing(case.author_id, case.thread_id, case.subject.post_id)
    return acts.newest(session, acts.DECISIONS, thing)


def _screening_of(session: Session, kind: ActKind, case: Case, now: datetime) -> Screening | None:
    """The text that the decision speaks of: the waiting one or, for the filter to learn from, the public one."""
    if case.waiting or not case.subject.post_id or kind != ActKind.SPAM:
        return case.waiting
    return asking.of_public_post(session, case.subject.post_id, now)


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
    if case.target == "edit" or not case.report_ids:
        return
    session.execute(sa.update(Report).where(Report.id.in_(case.report_ids)).values(closed_by_id=act.id))
