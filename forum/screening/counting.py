"""What a text adds to the counts of its author and of the sites that it links to.

Both follow from what was decided last, so that a decision and its undo move them by the difference, and exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa

from forum.accounts.models import User
from forum.screening.models import RECORDED, Kind, Lesson, LinkHost, Screening, SiteVoice
from forum.spam.judging import Outcome, Standing
from forum.sql import among, insert, listed
from forum.statements import Source, Statement

# Whose links nobody needs to look at before they count for a site.
VOUCHING = (Standing.TRUSTED, Standing.STAFF)

_MOVE_AUTHOR = Statement(
    sa.update(User)
    .where(User.id == sa.bindparam("user_id"))
    .values(
        approved_count=User.approved_count + sa.bindparam("approved"),
        rejected_count=User.rejected_count + sa.bindparam("rejected"),
    )
)
# The sites of a text that an earlier post of the same author has spoken for.
_SPOKEN_FOR = Statement(
    sa.select(SiteVoice.host).where(
        SiteVoice.author_id == sa.bindparam("author_id"),
        among(SiteVoice.host, listed("hosts")),
        SiteVoice.screening_id < sa.bindparam("screening_id"),
    )
)
_SPEAK = Statement(sa.insert(SiteVoice))
_BEGIN = insert(LinkHost)
_MOVE_SITES = Statement(
    _BEGIN.on_conflict_do_update(
        index_elements=[LinkHost.host],
        set_={
            "approved": LinkHost.approved + _BEGIN.excluded.approved,
            "rejected": LinkHost.rejected + _BEGIN.excluded.rejected,
        },
    )
)


class Kept(NamedTuple):
    """A screening that was just written, for those who need not read the row."""

    id: int
    kind: str
    author_id: int
    outcome: str
    standing: str
    hosts: tuple[str, ...]
    reasons: tuple[dict[str, Any], ...]


Stored: TypeAlias = Screening | Kept


@dataclass(frozen=True, slots=True)
class Counts:
    """Approved and rejected texts."""

    approved: int = 0
    rejected: int = 0
    vouched: int = 0
    """Texts that speak for a site by their author's standing: approved ones, of which each author has one a site."""

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.approved - other.approved, self.rejected - other.rejected, self.vouched - other.vouched
        )


def for_author(screening: Stored, lesson: Lesson | None) -> Counts:
    """What a text adds to its author's record, by the lesson that stands about it or by the filter alone."""
    if lesson is None:
        return Counts(approved=int(_is_published_post(screening)))
    return Counts(rejected=1) if lesson.is_spam else Counts(approved=int(screening.kind != Kind.PROFILE))


def for_sites(screening: Stored, lesson: Lesson | None) -> Counts:
    """What a text adds to the record of each of its sites: the first post with it of somebody trusted speaks for a site
    by itself.
    """
    if lesson is None:
        return Counts(vouched=int(_is_published_post(screening) and screening.standing in VOUCHING))
    return Counts(rejected=1) if lesson.is_spam else Counts(approved=1)


def begin(source: Source, screening: Stored, now: datetime) -> None:
    """Count a text that was just stored, and remember when its sites were first seen; what was refused nobody saw.

    Up to four statements, however much its author wrote before.
    """
    change_author(source, screening.author_id, for_author(screening, None))
    if screening.outcome != Outcome.REFUSED:
        newly = _move_sites(source, screening, for_sites(screening, None), now)
        about = {"author_id": screening.author_id, "screening_id": screening.id}
        _SPEAK.run_for_each(source, [{**about, "host": host} for host in newly])


def change_author(source: Source, user_id: int, change: Counts) -> None:
    """Move an author's record. One UPDATE, none for no change."""
    if change == Counts():
        return
    given = {"user_id": user_id, "approved": change.approved, "rejected": change.rejected}
    _MOVE_AUTHOR.run(source, given)


def change_sites(source: Source, screening: Stored, change: Counts, now: datetime) -> None:
    """Move the records of a text's sites. Up to two statements, none for no change or a text without links."""
    if change != Counts():
        _move_sites(source, screening, change, now)


def _move_sites(source: Source, screening: Stored, change: Counts, now: datetime) -> frozenset[str]:
    """Move the records; returns the sites for which this text speaks, and none of its author's before it.

    Up to two statements.
    """
    if not screening.hosts:
        return frozenset()
    newly = _not_spoken_for(source, screening) if change.vouched else frozenset()
    rows = [
        {
            "host": host,
            "approved": change.approved + (change.vouched if host in newly else 0),
            "rejected": change.rejected,
            "first_seen_at": now,
        }
        for host in screening.hosts
    ]
    _MOVE_SITES.run_for_each(source, rows)
    return newly


def _not_spoken_for(source: Source, screening: Stored) -> frozenset[str]:
    """The sites that no earlier text of its author speaks for: nobody makes a site good by linking to it often.

    One statement.
    """
    given = {"author_id": screening.author_id, "screening_id": screening.id, "hosts": list(screening.hosts)}
    return frozenset(screening.hosts).difference(row.host for row in _SPOKEN_FOR.all(source, given))


def _is_published_post(screening: Stored) -> bool:
    return screening.outcome == Outcome.PUBLISHED and screening.kind in RECORDED
