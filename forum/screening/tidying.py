"""What the filter does by the clock: it forgets what is too old to tell anything, learns from what stood, and
keeps what it learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum import jobs
from forum.db import reading, write
from forum.schema import Instant
from forum.screening import examples, snapshots, textmodel
from forum.screening.models import Decision, Screening, ServiceReport, TextBand
from forum.screening.origins import NETWORK_KEPT
from forum.screening.services import ASKED_KEPT

# A campaign lasts days; what was rejected comes back with next year's applicants.
BANDS_KEPT = timedelta(days=30)
REJECTED_BANDS_KEPT = timedelta(days=365)
# A board that tidies for the first time goes on in the next hour: SQLite takes no more than 32,766 values at once.
MOST_TEXTS = 5_000


def init(app: Flask) -> None:
    """Tidy once an hour; do the rest at other minutes, so that no writer waits for all of it."""
    jobs.define(app, lambda: tidy(datetime.now(UTC)), name="tidy_filter", minute="17")
    jobs.define(app, lambda: learn(datetime.now(UTC)), name="learn_good_examples", minute="37")
    jobs.define(app, lambda: snapshot(datetime.now(UTC)), name="snapshot_filter", minute="47")


def tidy(now: datetime) -> None:
    """Forget neighbourhoods, what outside services were asked and told, and by what old texts are found again."""
    outlived = _outlived(now)
    found = _with_bands(reading(), outlived)
    with write() as session:
        _forget(session, Screening.network, now - NETWORK_KEPT)
        _forget(session, Screening.asked, now - ASKED_KEPT)
        session.execute(sa.delete(ServiceReport).where(ServiceReport.created_at <= now - ASKED_KEPT))
        # Somebody may have decided meanwhile.
        still = sa.select(Screening.id).where(Screening.id.in_(found), outlived)
        session.execute(sa.delete(TextBand).where(TextBand.screening_id.in_(still)))


def learn(now: datetime) -> int:
    """Teach the filter posts that stood and that it doubts; returns how many."""
    found = examples.doubted(reading(), now)
    if not found:
        return 0
    with write() as session:
        return examples.teach(session, found, now)


def snapshot(now: datetime) -> None:
    """Keep what the models in use have learnt, once much came since the last time, for processes that start."""
    reached = textmodel.reached()
    rows = snapshots.due(reading(), reached, now)
    if rows:
        with write() as session:
            snapshots.keep(session, rows, reached)


def _outlived(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a text is too old to be found again."""
    return Screening.created_at <= sa.case(
        (Screening.decision == Decision.SPAM, sa.literal(now - REJECTED_BANDS_KEPT, Instant)),
        else_=sa.literal(now - BANDS_KEPT, Instant),
    )


def _with_bands(session: Session, outlived: sa.ColumnElement[bool]) -> Sequence[int]:
    """The oldest texts that are found again though they are too old. Bands are far fewer than texts, so it begins with
    them; still it takes a tenth of a second on a large board, so that this is for before a transaction.
    """
    banded = sa.select(TextBand.screening_id).distinct()
    query = sa.select(Screening.id).where(Screening.id.in_(banded), outlived)
    return session.scalars(query.order_by(Screening.id).limit(MOST_TEXTS)).all()


def _forget(session: Session, column: InstrumentedAttribute[Any], before: datetime) -> None:
    """One statement, which sees only rows that still hold something, by an index of these."""
    stale = sa.update(Screening).where(Screening.created_at <= before, column.is_not(None))
    session.execute(stale.values({column: sa.null()}))
