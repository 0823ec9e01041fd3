"""Taking an act back: everything is again as it was before, and the act and its undo both stay in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer, require_moderator
from forum.accounts.models import Suspension, User
from forum.errors import Conflict, NotFound
from forum.moderation import acts, suspending
from forum.moderation.cases import Subject, newest_screening
from forum.moderation.deciding import IS_SPAM
from forum.moderation.models import Act, ActKind, Report
from forum.moderation.steering import shelve
from forum.screening import learning
from forum.screening.models import Screening
from forum.threads.models import Lock, Pin, Status, Thread

# Long enough for a complaint to be heard; after that, a new decision is more honest than an undo.
UNDO_WINDOW = timedelta(days=30)


def take_back(session: Session, viewer: Viewer, act_id: int, now: datetime) -> Act:
    """Take an act back exactly, with its effects on posts, reports, the filter and the member's record.

    Raises NotFound for others than moderators, Forbidden when the act is about somebody whom the viewer may
    not suspend, and Conflict when it was taken back before, is too old, or something later rests on it.
    """
    require_moderator(viewer)
    act = session.get(Act, act_id)
    if act is None or act.kind == ActKind.UNDO:
        raise NotFound(_("There is nothing at this address."))
    _require_undoable(session, viewer, act, now)
    _REVERSALS[ActKind(act.kind)](session, act, now)
    undo = Act(
        kind=ActKind.UNDO,
        actor_id=viewer.id,
        user_id=act.user_id,
        thread_id=act.thread_id,
        post_id=act.post_id,
        screening_id=act.screening_id,
        undoes_id=act.id,
        detail={"target": act.detail["target"]},
        created_at=now,
    )
    return acts.record(session, undo)


def _require_undoable(session: Session, viewer: Viewer, act: Act, now: datetime) -> None:
    earlier = session.scalars(sa.select(Act).where(Act.undoes_id == act.id)).first()
    if earlier:
        raise acts.already_decided(session, viewer, earlier)
    if now - act.created_at > UNDO_WINDOW:
        raise Conflict(_("Decisions can be undone for 30 days. Please decide anew."))
    family = next(family for family in acts.FAMILIES if act.kind in family)
    newest = acts.newest(session, family, acts.Thing(act.user_id, act.thread_id, act.post_id))
    if newest is not act:
        raise Conflict(_("A later decision builds on this one. Undo that one first."))
    if family is acts.SUSPENDING:
        suspending.require_may_suspend(viewer, session.get_one(User, act.user_id))


def _undo_decision(session: Session, act: Act, now: datetime) -> None:
    screening = session.get(Screening, act.screening_id) if act.screening_id else None
    subject = _subject_of(act, screening)
    _require_untouched(session, act, subject)
    if act.detail["before"] == Status.HELD:
        subject.hold_again(session, now)
    else:
        subject.publish(session, now)
    if screening:
        screening.decision = act.detail["decision"]
        if ActKind(act.kind) in IS_SPAM:
            learning.unteach(session, screening.id, now)
    _open_reports(session, act)


def _undo_dismissal(session: Session, act: Act, now: datetime) -> None:
    _open_reports(session, act)


def _undo_lock(session: Session, act: Act, now: datetime) -> None:
    session.delete(session.get_one(Lock, act.thread_id))


def _undo_unlock(session: Session, act: Act, now: datetime) -> None:
    was = act.detail
    at = datetime.fromisoformat(was["at"])
    session.add(Lock(thread_id=act.thread_id, by_id=was["by_id"], reason=was["lock_reason"], created_at=at))


def _undo_pin(session: Session, act: Act, now: datetime) -> None:
    session.delete(session.get_one(Pin, act.thread_id))


def _undo_unpin(session: Session, act: Act, now: datetime) -> None:
    at = datetime.fromisoformat(act.detail["at"])
    session.add(Pin(thread_id=act.thread_id, by_id=act.detail["by_id"], created_at=at))


def _undo_move(session: Session, act: Act, now: datetime) -> None:
    shelve(session, session.get_one(Thread, act.thread_id), act.detail["from"])


def _undo_suspension(session: Session, act: Act, now: datetime) -> None:
    session.delete(session.get_one(Suspension, act.detail["suspension"]))


def _undo_lift(session: Session, act: Act, now: datetime) -> None:
    session.get_one(Suspension, act.detail["suspension"]).lifted_at = None


_REVERSALS: Mapping[ActKind, Callable[[Session, Act, datetime], None]] = {
    ActKind.APPROVE: _undo_decision,
    ActKind.REMOVE: _undo_decision,
    ActKind.SPAM: _undo_decision,
    ActKind.DISMISS: _undo_dismissal,
    ActKind.LOCK: _undo_lock,
    ActKind.UNLOCK: _undo_unlock,
    ActKind.PIN: _undo_pin,
    ActKind.UNPIN: _undo_unpin,
    ActKind.MOVE: _undo_move,
    ActKind.SUSPEND: _undo_suspension,
    ActKind.LIFT: _undo_lift,
}


def _subject_of(act: Act, screening: Screening | None) -> Subject:
    is_edit = act.detail["target"] == "edit"
    return Subject(
        act.post_id, screening.revision_id if screening and is_edit else None, act.detail["change"]
    )


def _require_untouched(session: Session, act: Act, subject: Subject) -> None:
    """Refuse when the author has deleted or changed the text since: an undo would bring back what they took away.

    An edit's text is also taken away with the post that it would change.
    """
    newest = newest_screening(session, act.user_id, act.post_id)
    is_changed = subject.status(session) != act.detail["after"] or newest != act.detail["newest_screening"]
    if subject.revision_id:
        is_public = Subject(act.post_id).status(session) == Status.PUBLIC
        is_changed = is_changed or is_public != act.detail["is_public"]
    if is_changed:
        raise Conflict(_("The author has changed this since, so that the decision can't be undone."))


def _open_reports(session: Session, act: Act) -> None:
    session.execute(sa.update(Report).where(Report.closed_by_id == act.id).values(closed_by_id=None))
