"""What a text adds to the counts of its author and of the sites that it links to.

Both follow from what was decided last, so that a decision and its undo move them by the difference, and exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.screening.models import RECORDED, Kind, Lesson, LinkHost, Screening
from forum.spam.judging import Outcome, Standing

# Whose links nobody needs to look at before they count for a site.
VOUCHING = (Standing.TRUSTED, Standing.STAFF)

# Built once and given to the connection itself, since all other writers wait: what the session adds takes longer than
# they do.
_MOVE_AUTHOR = (
    sa.update(User)
    .where(User.id == sa.bindparam("user_id"))
    .values(
        approved_count=User.approved_count + sa.bindparam("approved"),
        rejected_count=User.rejected_count + sa.bindparam("rejected"),
    )
)
_BEGIN = insert(LinkHost)
_MOVE_SITES = _BEGIN.on_conflict_do_update(
    index_elements=[LinkHost.host],
    set_={
        "approved": LinkHost.approved + _BEGIN.excluded.approved,
        "rejected": LinkHost.rejected + _BEGIN.excluded.rejected,
    },
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Approved and rejected texts."""

    approved: int = 0
    rejected: int = 0

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.approved - other.approved, self.rejected - other.rejected)


def for_author(screening: Screening, lesson: Lesson | None) -> Counts:
    """What a text adds to its author's record, by the lesson that stands about it or by the filter alone."""
    if lesson is None:
        return Counts(approved=int(_is_published_post(screening)))
    return Counts(rejected=1) if lesson.is_spam else Counts(approved=int(screening.kind != Kind.PROFILE))


def for_sites(screening: Screening, lesson: Lesson | None) -> Counts:
    """What a text adds to the record of each of its sites: a post of somebody trusted speaks for them by itself."""
    if lesson is None:
        return Counts(approved=int(_is_published_post(screening) and screening.standing in VOUCHING))
    return Counts(rejected=1) if lesson.is_spam else Counts(approved=1)


def begin(session: Session, screening: Screening, now: datetime) -> None:
    """Count a text that was just stored. Up to two statements."""
    change_author(session, screening.author_id, for_author(screening, None))
    change_sites(session, screening, for_sites(screening, None), now)


def change_author(session: Session, user_id: int, change: Counts) -> None:
    """Move an author's record. One UPDATE, none for no change."""
    if change == Counts():
        return
    given = {"user_id": user_id, "approved": change.approved, "rejected": change.rejected}
    session.connection().execute(_MOVE_AUTHOR, given)


def change_sites(session: Session, screening: Screening, change: Counts, now: datetime) -> None:
    """Move the records of a text's sites, which begin here. One statement, none for a text without links."""
    if not screening.hosts:
        return
    rows = [
        {"host": host, "approved": change.approved, "rejected": change.rejected, "first_seen_at": now}
        for host in screening.hosts
    ]
    session.connection().execute(_MOVE_SITES, rows)


def _is_published_post(screening: Screening) -> bool:
    return screening.outcome == Outcome.PUBLISHED and screening.kind in RECORDED
