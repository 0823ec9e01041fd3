"""How far a model has come by the board's lessons, and snapshots of that: a process that starts loads one and takes in
what came since, instead of all that was ever decided.

All is whole numbers, so that a snapshot with the newer lessons is the same, to the bit, as the base with all of them.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.screening import versions
from forum.screening.models import FilterSnapshot, Lesson
from forum.spam.model import BrokenModel, Model
from forum.spam.weights import Weights

log = logging.getLogger(__name__)

# As text: PostgreSQL does not compare what is JSON.
_MOVES_WEIGHTS = sa.cast(Lesson.weight_steps, sa.String) != sa.literal("{}", sa.String)

# Lessons that a starting process may have to take in beside its snapshot: a tenth of a second.
SNAPSHOT_EVERY = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """A base model and the weights of the evidence with all lessons up to one."""

    digest: str
    """Of the base, as `Model.digest`; empty without a model."""
    model: Model | None
    """None: the base is broken or missing; the weights learn all the same."""
    weights: Weights = field(default_factory=Weights)
    lesson_id: int = 0


def begun(session: Session, base: Model | None) -> Progress:
    """A base as far as its snapshot goes; from the start where it has none, or a broken one. One statement."""
    if base is None:
        return Progress("", None)
    digest = base.digest
    return _kept(session, digest) or Progress(digest, base)


def advanced(session: Session, progress: Progress, lesson_id: int) -> Progress:
    """The same with all lessons up to the newest one, whose number is given. Two statements, none when there is nothing
    new, and a quarter of a millisecond for each text that was taught.
    """
    if lesson_id == progress.lesson_id:
        return progress
    model, weights = progress.model and progress.model.copy(), progress.weights.copy()
    is_newer = Lesson.id > progress.lesson_id
    if model:
        # A text that is shown again moves by the sum of its steps; what was taken back does not move.
        steps = sa.func.sum(Lesson.step)
        by_text = sa.select(Lesson.text, steps).where(is_newer).group_by(Lesson.screening_id, Lesson.text)
        for text, step in session.execute(by_text.having(steps != 0)):
            model.apply(text, step)
    for weight_steps in session.scalars(sa.select(Lesson.weight_steps).where(is_newer, _MOVES_WEIGHTS)):
        weights.apply(weight_steps)
    return Progress(progress.digest, model, weights, lesson_id)


def due(
    session: Session, reached: Iterable[Progress], now: datetime, every: int = SNAPSHOT_EVERY
) -> list[FilterSnapshot]:
    """New snapshots, for `keep`, of those whose last one lacks so many lessons that it pays. One statement, and a tenth
    of a second for each, which no writer should have to wait for.
    """
    query = sa.select(FilterSnapshot.digest, FilterSnapshot.lesson_id)
    stored = dict(session.execute(query).all())
    return [
        _taken(progress, progress.model, now)
        for progress in reached
        if progress.model and progress.lesson_id - stored.get(progress.digest, 0) >= every
    ]


def keep(session: Session, rows: Iterable[FilterSnapshot], reached: Iterable[Progress]) -> None:
    """Store snapshots in place of older ones; those of bases that are used no more go."""
    used = [progress.digest for progress in reached]
    session.execute(sa.delete(FilterSnapshot).where(FilterSnapshot.digest.not_in(used)))
    for row in rows:
        session.merge(row)
    session.flush()


def _taken(progress: Progress, model: Model, now: datetime) -> FilterSnapshot:
    return FilterSnapshot(
        digest=progress.digest,
        lesson_id=progress.lesson_id,
        file=zlib.compress(model.dump()),
        weights=progress.weights.learnt(),
        created_at=now,
    )


def _kept(session: Session, digest: str) -> Progress | None:
    query = sa.select(FilterSnapshot.file, FilterSnapshot.weights, FilterSnapshot.lesson_id)
    try:
        row = session.execute(query.where(FilterSnapshot.digest == digest)).one_or_none()
        if row is None:
            return None
        model = Model.parse(versions.unpacked(row.file))
        return Progress(digest, model, Weights(row.weights), row.lesson_id)
    except (BrokenModel, ValueError) as error:
        # It only saves time: all lessons are still there.
        log.warning("a broken snapshot of the text model", extra={"digest": digest, "reason": str(error)})
        return None
