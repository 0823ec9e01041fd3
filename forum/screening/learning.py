"""What moderators teach the filter, and how it is taken back to the bit."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.screening import banding, counting, rehearsing, services, textmodel
from forum.screening.models import Cause, Lesson, Screening


def teach(session: Session, screening_id: int, is_spam: bool, now: datetime) -> None:  # noqa: FBT001 - the lesson
    """Let the filter learn what a moderator said of a text, from the commit on, in all workers.

    The text model and the weights of the evidence move by one step each, older lessons are shown again, and the records
    of the author and of the linked sites are kept. Without a model only the weights and the records move.
    """
    screening = session.get_one(Screening, screening_id)
    learnt = textmodel.learnt()
    before = _last_decision(session, screening_id)
    lesson = Lesson(
        screening_id=screening_id,
        text=screening.text,
        is_spam=is_spam,
        step=learnt.model.step_for(screening.text, is_spam) if learnt.model else 0,
        # A text that was never judged says nothing of how evidence should weigh.
        weight_steps=learnt.weights.steps(screening.signals, is_spam) if screening.signals else {},
        created_at=now,
    )
    session.add(lesson)
    session.flush()
    if learnt.model:
        rehearsing.accompany(session, lesson, learnt.model)
    _follow(session, screening, before, lesson, now)


def unteach(session: Session, screening_id: int, now: datetime) -> None:
    """Take the last lesson of a text back exactly, with the older ones that were shown beside it, by the opposite steps
    in whole numbers; no lesson: nothing done.
    """
    lesson = _last_decision(session, screening_id)
    if lesson is None:
        return
    undo = _opposite(lesson, None, now)
    session.add(undo)
    session.flush()
    session.add_all(_opposite(shown, undo.id, now) for shown in rehearsing.beside(session, lesson.id))
    session.flush()
    screening = session.get_one(Screening, screening_id)
    _follow(session, screening, lesson, _last_decision(session, screening_id), now)


def _follow(
    session: Session, screening: Screening, before: Lesson | None, after: Lesson | None, now: datetime
) -> None:
    """Everything beside the model that says what was decided last."""
    counting.change_author(
        session,
        screening.author_id,
        counting.for_author(screening, after) - counting.for_author(screening, before),
    )
    counting.change_sites(
        session, screening, counting.for_sites(screening, after) - counting.for_sites(screening, before), now
    )
    banding.follow(session, screening, is_rejected=after is not None and after.is_spam)
    services.decided(session, screening, after.is_spam if after else None, now)


def _last_decision(session: Session, screening_id: int) -> Lesson | None:
    """The decision that stands about a text."""
    undo = aliased(Lesson)
    query = (
        sa.select(Lesson)
        .outerjoin(undo, undo.undoes_id == Lesson.id)
        .where(
            Lesson.screening_id == screening_id,
            Lesson.cause == Cause.DECISION,
            # SQLite would else take the index of what is undone, where nearly all lessons stand under "nothing".
            sa.func.coalesce(Lesson.undoes_id, 0) == 0,
            undo.id.is_(None),
        )
    )
    return session.scalars(query.order_by(Lesson.id.desc()).limit(1)).first()


def _opposite(lesson: Lesson, with_id: int | None, now: datetime) -> Lesson:
    return Lesson(
        screening_id=lesson.screening_id,
        text=lesson.text,
        is_spam=not lesson.is_spam,
        step=-lesson.step,
        weight_steps={code: -step for code, step in lesson.weight_steps.items()},
        cause=lesson.cause,
        with_id=with_id,
        undoes_id=lesson.id,
        created_at=now,
    )
