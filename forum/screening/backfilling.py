"""What an earlier version of the board decided, made known to the evidence that this one looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.screening import banding, counting
from forum.screening.counting import Counts
from forum.screening.examined import linked_sites
from forum.screening.models import Decision, LinkHost, Screening, TextBand

# As long as the bands of rejected texts are kept.
WINDOW = timedelta(days=365)
# A year of decisions of a busy board, a few seconds of work.
MOST_TEXTS = 5_000


def fill(session: Session, now: datetime) -> int:
    """Look out for copies of what was rejected within a year, and count the sites of what was decided; returns how many
    texts were read. Done once: on a board that knows a band or a site, nothing. None of these texts speaks for its
    sites by its author's standing, which was not kept then.
    """
    if session.scalar(
        sa.select(sa.or_(sa.exists().select_from(TextBand), sa.exists().select_from(LinkHost)))
    ):
        return 0
    decided = sa.select(Screening).where(
        Screening.decision.in_((Decision.SPAM, Decision.APPROVED)), Screening.created_at > now - WINDOW
    )
    screenings = session.scalars(decided.order_by(Screening.id.desc()).limit(MOST_TEXTS)).all()
    for screening in screenings:
        is_spam = screening.decision == Decision.SPAM
        screening.hosts = list(linked_sites(screening.text))
        counting.change_sites(session, screening, Counts(rejected=1) if is_spam else Counts(approved=1), now)
        banding.follow(session, screening, is_rejected=is_spam)
    return len(screenings)
