"""What the filter forgets by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.db import write
from forum.screening import tidying
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, Screening, ServiceReport, TextBand
from forum.screening.origins import Origin
from forum.spam.judging import Outcome, Submission, Verdict
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
NOW = makers.now()
WORDS = "We wrap the pipes in old towels, let the tap drip all night, and keep the stove in the kitchen."


@pytest.mark.parametrize(
    ("decision", "days", "is_kept"),
    [
        (Decision.PENDING, 29, True),
        (Decision.PENDING, 31, False),
        (Decision.APPROVED, 31, False),
        (Decision.SPAM, 364, True),
        (Decision.SPAM, 366, False),
    ],
)
def test_old_texts_are_no_longer_found_again_rejected_ones_for_a_year(app, decision, days, is_kept):
    with app.app_context():
        kept(decision, days)
        tidying.tidy(NOW)
        assert (counted(TextBand) > 0) is is_kept
        assert counted(Screening) == 1


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
def test_where_a_text_came_from_is_forgotten_after_a_month(app, days, is_kept):
    with app.app_context():
        kept(Decision.SPAM, days)
        tidying.tidy(NOW)
        with write() as session:
            row = session.query(Screening).one()
            assert (row.network is not None, row.asked is not None) == (is_kept, is_kept)
            # An empty column, not the word "null" in it.
            assert session.scalar(sa.text("SELECT count(*) FROM screenings WHERE asked IS NULL")) == (
                not is_kept
            )


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
def test_what_services_were_told_is_forgotten_after_a_month(app, days, is_kept):
    with app.app_context():
        kept(Decision.SPAM, days)
        at = NOW - timedelta(days=days)
        with write() as session:
            session.add(ServiceReport(screening_id=1, is_spam=True, created_at=at, sent_at=at))
        tidying.tidy(NOW)
        assert counted(ServiceReport) == is_kept


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["network", "asked"])
def test_what_was_forgotten_before_is_not_looked_at_again(app, column):
    query = f"EXPLAIN QUERY PLAN UPDATE screenings SET {column} = NULL WHERE created_at <= 0 AND {column} IS NOT NULL"
    with app.app_context(), write() as session:
        plan = " ".join(row.detail for row in session.execute(sa.text(query)))
    assert f"ix_screenings_{column}_kept" in plan


def test_a_text_that_nobody_was_asked_about_has_nothing_to_forget(app):
    with app.app_context():
        kept(Decision.NONE, 1, asked=None)
        with write() as session:
            assert session.scalar(sa.text("SELECT count(*) FROM screenings WHERE asked IS NULL")) == 1


def kept(decision, days, asked=(("address", "203.0.113.7"),)):
    whence = Origin("203.0.113.7", network=7)
    examined = replace(unread(Submission(Kind.REPLY, WORDS)), origin=whence, asked=asked and dict(asked))
    with write() as session:
        verdict = Verdict(Outcome.HELD, 0.9, ())
        makers.kept(session, 4, examined, verdict, NOW - timedelta(days=days)).decision = decision


def counted(model):
    with write() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))
