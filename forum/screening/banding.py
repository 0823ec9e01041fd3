"""By what near copies are found again: the bands of the texts that copies would be made of.

Kept are newcomers' texts and those that wait, for a month, and rejected ones, for a year.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.screening.counting import Stored
from forum.screening.models import Screening, TextBand
from forum.spam import nearness
from forum.spam.judging import Outcome, Standing
from forum.sql import insert
from forum.statements import Source, Statement

_ADD = Statement(insert(TextBand).on_conflict_do_nothing())


def is_kept_from_start(screening: Stored) -> bool:
    """Whether a text is looked out for before anybody decided about it."""
    return screening.standing == Standing.NEWCOMER or screening.outcome == Outcome.HELD


def add(source: Source, screening_id: int, bands: Iterable[int]) -> None:
    """Let near copies of a text be found. One statement, none for a text that is too short."""
    _ADD.run_for_each(source, [{"band": band, "screening_id": screening_id} for band in set(bands)])


def follow(session: Session, screening: Screening, *, is_rejected: bool) -> None:
    """Look out for copies of what was rejected; stop when that was taken back and nothing else asks for it."""
    if is_rejected:
        add(session, screening.id, nearness.bands(nearness.shingles(screening.text)))
    elif not is_kept_from_start(screening):
        session.execute(sa.delete(TextBand).where(TextBand.screening_id == screening.id))
