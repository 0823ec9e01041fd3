"""Older lessons, shown again beside a new one: a run of one kind of decision must not wash out what was known."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.screening.models import Cause, Lesson
from forum.spam.model import LESSON_RATE, Model

# As many good texts as spam, because decisions come in runs: a campaign is nothing but spam for a day.
SHOWN_OF_EACH = 3
# They were learnt before, and are only to be kept.
REHEARSAL_RATE = LESSON_RATE / 4
# The draw: by multiplication modulo a prime each new lesson finds others, and every worker would find the same.
PRIME, FACTOR, STRIDE = 1_000_003, 7_919, 104_729
# Older ones are in the base model's next version, or forgotten for good reason. To draw from so many takes some
# milliseconds, in which others wait to write; moderators decide seldom.
RECENT_LESSONS = 5_000


def accompany(session: Session, lesson: Lesson, model: Model) -> None:
    """Write down the steps of the older lessons that are shown again beside a new one. Two statements.

    Each step is what the model still has to learn of its text once the steps before it are taken.
    """
    taught = model.copy()
    taught.apply(lesson.text, lesson.step)
    for older in _drawn(session, lesson):
        step = taught.step_for(older.text, older.is_spam, REHEARSAL_RATE)
        if not step:
            continue
        taught.apply(older.text, step)
        session.add(
            Lesson(
                screening_id=older.screening_id,
                text=older.text,
                is_spam=older.is_spam,
                step=step,
                cause=Cause.REPLAY,
                with_id=lesson.id,
                created_at=lesson.created_at,
            )
        )
    session.flush()


def beside(session: Session, lesson_id: int) -> list[Lesson]:
    """The lessons that were shown again beside one. One statement."""
    shown = sa.select(Lesson).where(Lesson.with_id == lesson_id).order_by(Lesson.id)
    return list(session.scalars(shown))


def _drawn(session: Session, lesson: Lesson) -> Iterator[Lesson]:
    undo = aliased(Lesson)
    # Of a text that was decided about more than once, only what was said last and not taken back is true.
    last = (
        sa.select(sa.func.max(Lesson.id))
        .outerjoin(undo, undo.undoes_id == Lesson.id)
        .where(
            Lesson.id > lesson.id - RECENT_LESSONS,
            Lesson.cause != Cause.REPLAY,
            Lesson.undoes_id.is_(None),
            Lesson.screening_id != lesson.screening_id,
            undo.id.is_(None),
        )
        # By what no index has: with statistics SQLite would walk along one, through all lessons, to find them grouped.
        .group_by(Lesson.screening_id + 0)
    )
    # PostgreSQL's Integer is too small for the products.
    order = (sa.cast(Lesson.id, sa.BigInteger) * FACTOR + lesson.id * STRIDE % PRIME) % PRIME
    place = sa.func.row_number().over(partition_by=Lesson.is_spam, order_by=(order, Lesson.id))
    placed = sa.select(Lesson.id, place.label("place")).where(Lesson.id.in_(last)).subquery()
    drawn = sa.select(Lesson).join(placed, placed.c.id == Lesson.id).where(placed.c.place <= SHOWN_OF_EACH)
    yield from session.scalars(drawn.order_by((Lesson.is_spam == lesson.is_spam).desc(), placed.c.place))
