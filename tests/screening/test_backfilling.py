"""After an upgrade: copies of what was rejected before are found, and its sites are known."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.db import db, write
from forum.screening import backfilling
from forum.screening.models import Decision, LinkHost, Screening, TextBand

pytestmark = pytest.mark.usefixtures("cast")
NOW = datetime(2026, 5, 4, tzinfo=UTC)
ESSAY = "Our writers finish every essay in a night, ask for the price list at http://essay-mill.example/prices today"


def add(decision: Decision, at: datetime = NOW) -> None:
    with write() as session:
        session.add(
            Screening(
                kind="reply",
                author_id=session.scalars(sa.select(User.id).order_by(User.id)).first(),
                text=ESSAY,
                fingerprint=1,
                outcome="held",
                probability=0.9,
                reasons=[],
                decision=decision,
                created_at=at,
            )
        )


def filled() -> int:
    with write() as session:
        return backfilling.fill(session, NOW)


def test_what_an_earlier_version_rejected_is_known_again_and_counted_once(app):
    with app.app_context():
        add(Decision.SPAM)
        add(Decision.PENDING)
        add(Decision.SPAM, NOW - timedelta(days=400))
        assert (filled(), filled()) == (1, 0)
        assert db.session.scalar(sa.select(sa.func.count(TextBand.screening_id.distinct()))) == 1
        site = db.session.execute(sa.select(LinkHost.host, LinkHost.rejected, LinkHost.approved)).one()
        assert tuple(site) == ("essay-mill.example", 1, 0)
