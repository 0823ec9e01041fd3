"""What the filter does by the clock: it forgets what is too old to tell anything, learns from what stood, and
keeps what it learnt.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum import jobs
from forum.db import reading, write
from forum.screening import examples, snapshots, textmodel
from forum.screening.models import Decision, Screening, TextBand
from forum.screening.origins import NETWORK_KEPT
from forum.screening.services import ASKED_KEPT

# A campaign lasts days; what was rejected comes back with next year's applicants.
BANDS_KEPT = timedelta(days=30)
REJECTED_BANDS_KEPT = timedelta(days=365)


def init(app: Flask) -> None:
    """Tidy once an hour; do the rest at other minutes, so that no writer waits for all of it."""
    jobs.define(app, lambda: tidy(datetime.now(UTC)), name="tidy_filter", minute="17")
    jobs.define(app, lambda: learn(datetime.now(UTC)), name="learn_good_examples", minute="37")
    jobs.define(app, lambda: snapshot(datetime.now(UTC)), name="snapshot_filter", minute="47")


def tidy(now: datetime) -> None:
    """Forget neighbourhoods, what outside services were told, and by what old texts are found again."""
    with write() as session:
        _forget(session, Screening.network, now - NETWORK_KEPT)
        _forget(session, Screening.asked, now - ASKED_KEPT)
        _forget_bands(session, Screening.decision != Decision.SPAM, now - BANDS_KEPT)
        _forget_bands(session, Screening.decision == Decision.SPAM, now - REJECTED_BANDS_KEPT)


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


def _forget(session: Session, column: InstrumentedAttribute[Any], before: datetime) -> None:
    stale = sa.update(Screening).where(Screening.created_at <= before, column.is_not(None))
    session.execute(stale.values({column: sa.null()}))


def _forget_bands(session: Session, clause: sa.ColumnElement[bool], before: datetime) -> None:
    stale = sa.select(Screening.id).where(Screening.created_at <= before, clause)
    session.execute(sa.delete(TextBand).where(TextBand.screening_id.in_(stale)))
