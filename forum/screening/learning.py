"""What moderators teach the filter, and how it is taken back to the bit."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User
from forum.screening import textmodel
from forum.screening.models import RECORDED, Kind, Lesson, Screening
from forum.spam.judging import Outcome


def teach(session: Session, screening_id: int, is_spam: bool, now: datetime) -> None:  # noqa: FBT001 - the lesson
    """Let the model learn what a moderator said of a text, from the commit on, in all workers.

    Also keeps the author's record of approved and rejected texts. Without a model only the record is kept.
    """
    screening = session.get_one(Screening, screening_id)
    model = textmodel.current()
    step = model.step_for(screening.text, is_spam) if model else 0
    before = _standing(screening, _last_lesson(session, screening_id))
    lesson = Lesson(
        screening_id=screening_id, text=screening.text, is_spam=is_spam, step=step, created_at=now
    )
    session.add(lesson)
    session.flush()
    _change_record(session, screening.author_id, before, _standing(screening, lesson))


def unteach(session: Session, screening_id: int, now: datetime) -> None:
    """Take the last lesson of a text back exactly, by the opposite step in whole numbers; no lesson: nothing done."""
    lesson = _last_lesson(session, screening_id)
    if lesson is None:
        return
    screening = session.get_one(Screening, screening_id)
    session.add(
        Lesson(
            screening_id=screening_id,
            text=lesson.text,
            is_spam=not lesson.is_spam,
            step=-lesson.step,
            undoes_id=lesson.id,
            created_at=now,
        )
    )
    session.flush()
    after = _standing(screening, _last_lesson(session, screening_id))
    _change_record(session, screening.author_id, _standing(screening, lesson), after)


def _last_lesson(session: Session, screening_id: int) -> Lesson | None:
    undo = aliased(Lesson)
    query = (
        sa.select(Lesson)
        .outerjoin(undo, undo.undoes_id == Lesson.id)
        .where(Lesson.screening_id == screening_id, Lesson.undoes_id.is_(None), undo.id.is_(None))
    )
    return session.scalars(query.order_by(Lesson.id.desc()).limit(1)).first()


def _standing(screening: Screening, lesson: Lesson | None) -> tuple[int, int]:
    """What a text adds to its author's record: (approved, rejected)."""
    if lesson is None:
        return (int(screening.outcome == Outcome.PUBLISHED and screening.kind in RECORDED), 0)
    return (0, 1) if lesson.is_spam else (int(screening.kind != Kind.PROFILE), 0)


def _change_record(session: Session, user_id: int, before: tuple[int, int], after: tuple[int, int]) -> None:
    session.execute(
        sa.update(User)
        .where(User.id == user_id)
        .values(
            approved_count=User.approved_count + (after[0] - before[0]),
            rejected_count=User.rejected_count + (after[1] - before[1]),
        )
    )
