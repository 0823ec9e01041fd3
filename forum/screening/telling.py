"""Tells an outside service what moderators decided about the texts that it was asked about."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from forum import jobs
from forum.db import db, reading, write
from forum.screening import services
from forum.screening.models import Screening, ServiceReport

log = logging.getLogger(__name__)

# The first try comes a minute after the decision, so that a slip that is undone at once is never told. Then 2, 4, 8 …
# minutes: the last try is a day and a half later.
FIRST_WAIT = timedelta(minutes=1)
MOST_TRIES = 12
# A report takes six seconds when connecting, sending and the answer each take their limit. This many are done before
# the next run begins, and no other job waits much longer than that.
BATCH = 8


def init(app: Flask) -> None:
    """Tell each minute what is due."""
    jobs.define(app, lambda: tell_services(datetime.now(UTC)), name="tell_services")


def tell_services(now: datetime) -> int:
    """Send the reports that are due, each at least once; returns how many were taken.

    A try is counted before it is made: a report that has been tried may have arrived, whatever we saw of it, and a
    decision that is undone meanwhile has to be taken back there too.
    """
    if not services.want_decisions():
        return 0
    return sum(_try(report_id, now) for report_id in _due(now))


def _due(now: datetime) -> list[int]:
    """Those tried least come first, so that none that fails over and over is in the way of others."""
    query = sa.select(ServiceReport.id, ServiceReport.tries, ServiceReport.created_at).where(
        services.IS_WAITING
    )
    waiting = reading().execute(query.order_by(ServiceReport.tries, ServiceReport.id).limit(5 * BATCH)).all()
    db.session.rollback()
    due = [row.id for row in waiting if row.created_at + FIRST_WAIT * 2**row.tries <= now]
    return due[:BATCH]


def _try(report_id: int, now: datetime) -> bool:
    claimed = _claim(report_id, now)
    if claimed is None:
        return False
    asked, is_spam = claimed
    try:
        services.tell(asked, is_spam)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one report, those behind it must go out
        log.warning("service not told", extra={"report": report_id, "reason": type(error).__name__})
        return False
    with write() as session:
        session.execute(sa.update(ServiceReport).where(ServiceReport.id == report_id).values(sent_at=now))
    return True


def _claim(report_id: int, now: datetime) -> tuple[dict[str, str], bool] | None:
    """Count a try; returns what is to be told. None when there is nothing to tell any more, or no try is left."""
    with write() as session:
        report = session.scalar(
            sa.select(ServiceReport).where(ServiceReport.id == report_id, services.IS_WAITING)
        )
        if report is None:
            return None
        asked = session.get_one(Screening, report.screening_id).asked
        if asked is None or report.tries >= MOST_TRIES:
            log.error("service never told", extra={"report": report_id})
            report.given_up_at = now
            return None
        report.tries += 1
        return asked, report.is_spam
