"""What the database knows of a text and its author at this moment: a few cheap statements, and nothing of the text is
read here by a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from forum.access import Viewer
from forum.screening.examined import Examined
from forum.screening.models import Decision, LinkHost, Screening, TextBand
from forum.spam.judging import MOST_COUNTED, Copies, Outcome, Record, Standing, standing_of
from forum.spam.nearness import NEAR, Shingles, resemblance, shingles
from forum.spam.sites import SiteRecord
from forum.sql import among, listed
from forum.statements import Source, Statement

# The same words again within a week are a campaign or a double post; after that, people do say the same things.
REPEAT_WINDOW = timedelta(days=7)
PACE_WINDOW = timedelta(hours=1)
BURST_WINDOW = timedelta(minutes=10)
NETWORK_WINDOW = timedelta(days=30)
# Who shares most bands is compared; a text with more near copies than this is a campaign by any count.
MOST_CANDIDATES = 30
NO_POST = -1


def _count(*clauses: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    found = sa.select(Screening.id).where(*clauses).limit(sa.literal_column(str(MOST_COUNTED))).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


# These two in the words of the indexes that hold nothing else: a bound value would have them prepared anew each time.
_REJECTED = Screening.decision == sa.literal_column(f"'{Decision.SPAM}'")
_WAS_SAID = sa.and_(
    Screening.decision != sa.literal_column(f"'{Decision.SPAM}'"),
    Screening.decision != sa.literal_column(f"'{Decision.WITHDRAWN}'"),
    Screening.outcome != sa.literal_column(f"'{Outcome.REFUSED}'"),
)
_IS_SAME_TEXT = Screening.fingerprint == sa.bindparam("mark")
_ELSEWHERE = sa.and_(
    _WAS_SAID,
    Screening.created_at > sa.bindparam("since"),
    # A post's own earlier versions do not make it a repetition.
    sa.func.coalesce(Screening.post_id, 0) != sa.bindparam("post_id"),
)

_BY_OTHERS = Screening.author_id != sa.bindparam("author_id")
_STANDS = sa.and_(Screening.outcome == Outcome.PUBLISHED, Screening.decision == Decision.NONE)
_NEIGHBOURS = Statement(
    sa.select(
        sa.func.count().filter(sa.or_(Screening.decision == Decision.APPROVED, _STANDS)),
        sa.func.count().filter(_REJECTED),
    ).where(
        Screening.network == sa.bindparam("network"), Screening.created_at > sa.bindparam("since"), _BY_OTHERS
    )
)
_TRAFFIC = Statement(
    sa.select(
        _count(_IS_SAME_TEXT, _REJECTED),
        _count(_IS_SAME_TEXT, _ELSEWHERE),
        _count(
            Screening.author_id == sa.bindparam("author_id"),
            Screening.created_at > sa.bindparam("pace_since"),
        ),
        _count(
            Screening.created_at > sa.bindparam("burst_since"),
            Screening.standing == Standing.NEWCOMER,
            _BY_OTHERS,
        ),
        sa.select(sa.func.coalesce(sa.func.max(Screening.id), 0)).scalar_subquery(),
    )
)


_SHARES_A_BAND = among(TextBand.band, listed("bands", sa.BigInteger))
_CANDIDATES = Statement(
    sa.select(Screening.id, Screening.text)
    .join(TextBand, TextBand.screening_id == Screening.id)
    .where(_SHARES_A_BAND)
    .group_by(Screening.id)
    .order_by(_REJECTED.desc(), sa.func.count().desc(), Screening.id.desc())
    .limit(MOST_CANDIDATES)
)
_IS_NEW = Screening.id > sa.bindparam("newest_id")
_NEWER = sa.select(TextBand.screening_id).where(
    _SHARES_A_BAND, TextBand.screening_id > sa.bindparam("newest_id")
)
_COPIES = Statement(
    sa.select(
        Screening.id,
        Screening.author_id,
        Screening.post_id,
        Screening.outcome,
        Screening.decision,
        sa.case((_IS_NEW, Screening.text), else_="").label("text"),
    )
    .where(
        among(Screening.id, sa.union(listed("near", sa.Integer), _NEWER)),
        # The very same text is counted by its fingerprint.
        Screening.fingerprint != sa.bindparam("mark"),
    )
    # A flood of copies that wait must not hide the one that was rejected.
    .order_by(_REJECTED.desc(), Screening.id.desc())
    .limit(MOST_CANDIDATES)
)

_SITES = Statement(
    sa.select(LinkHost.host, LinkHost.approved, LinkHost.rejected, LinkHost.first_seen_at).where(
        among(LinkHost.host, listed("sites"))
    )
)


class Traffic(NamedTuple):
    """Counts of texts, each up to MOST_COUNTED."""

    same_rejected: int
    """With the same fingerprint, that were rejected."""
    same_elsewhere: int
    """The same, that stand or wait elsewhere."""
    recent_posts: int
    """By this author, in the last hour."""
    newcomers_texts: int
    """By other newcomers within ten minutes; asked only about a newcomer."""
    newest_id: int
    """The last screening of all."""


def record_of(viewer: Viewer, now: datetime, *, is_mail_disposable: bool = False) -> Record:
    """The account as the filter looks at it."""
    age = now - viewer.joined_at if viewer.joined_at else timedelta()
    return Record(
        age_s=age.total_seconds(),
        approved=viewer.approved_count,
        rejected=viewer.rejected_count,
        is_staff=viewer.is_staff,
        is_confirmed=viewer.is_confirmed,
        is_mail_disposable=is_mail_disposable,
    )


def traffic(source: Source, viewer: Viewer, mark: int, post_id: int | None, now: datetime) -> Traffic:
    """What was written lately, by whom, and how often the same. One statement of counts, each over an index that holds
    little else, however much the author or anybody wrote before.
    """
    is_newcomer = standing_of(record_of(viewer, now)) is Standing.NEWCOMER
    given = {
        "mark": mark,
        "post_id": post_id or NO_POST,
        "since": now - REPEAT_WINDOW,
        "author_id": viewer.id,
        "pace_since": now - PACE_WINDOW,
        "burst_since": now - BURST_WINDOW if is_newcomer else now,
    }
    return Traffic(*_TRAFFIC.one(source, given))


def neighbours(source: Source, viewer: Viewer, network: int | None, now: datetime) -> tuple[int, int]:
    """How many texts of other accounts from the same part of the network stand or were approved, and how many were
    rejected. One statement, none without a network; a school may have sent thousands, so that this is for before a
    transaction.
    """
    if network is None:
        return 0, 0
    given = {"author_id": viewer.id, "network": network, "since": now - NETWORK_WINDOW}
    approved, rejected = _NEIGHBOURS.one(source, given)
    return approved, rejected


def near_texts(source: Source, bands: Sequence[int], found: Shingles) -> dict[int, float]:
    """The screenings whose stored texts are near copies, with their resemblance. One statement; a comparison takes half
    a millisecond, so that this is for before a transaction.
    """
    if not bands:
        return {}
    return _verified(_CANDIDATES.all(source, {"bands": bands}), found)


def copies(source: Source, viewer: Viewer, examined: Examined, post_id: int | None, newest_id: int) -> Copies:
    """What has become of the near copies that are known, and of those that came after the text was examined.

    One statement, for a text that has bands; none where there was no near copy and nothing came since, as `newest_id`,
    the last screening, says. Only what came since is still to be compared.
    """
    if not examined.bands or (newest_id == examined.newest_id and not examined.near):
        return Copies()
    given = {
        "mark": examined.mark,
        "newest_id": examined.newest_id,
        "near": list(examined.near),
        "bands": examined.bands,
    }
    rows = _COPIES.all(source, given)
    newer_texts = [(row.id, row.text) for row in rows if row.text]
    near = {**examined.near, **_verified(newer_texts, examined.shingles)}
    rows = [row for row in rows if row.id in near]
    others = [row for row in rows if row.author_id != viewer.id and row.post_id != (post_id or 0)]
    return Copies(
        rejected=_nearest(near, (row for row in rows if row.decision == Decision.SPAM)),
        waiting=_nearest(near, (row for row in others if row.decision == Decision.PENDING)),
        elsewhere=sum(_stands_or_waits(row) for row in others),
    )


def site_records(source: Source, sites: Sequence[str], now: datetime) -> tuple[SiteRecord, ...]:
    """What moderators made of texts with links to these sites, and how long each is known. One statement, for a text
    that has links.
    """
    if not sites:
        return ()
    rows = _SITES.all(source, {"sites": list(sites)})
    known = {
        row.host: SiteRecord(row.host, row.approved, row.rejected, (now - row.first_seen_at).total_seconds())
        for row in rows
    }
    return tuple(known.get(site, SiteRecord(site)) for site in sites)


def _verified(candidates: Iterable[Any], found: Shingles) -> dict[int, float]:
    compared = {number: resemblance(found, shingles(text)) for number, text in candidates}
    return {number: share for number, share in compared.items() if share >= NEAR}


def _nearest(near: Mapping[int, float], rows: Iterable[Any]) -> float:
    return max((near[row.id] for row in rows), default=0.0)


def _stands_or_waits(row: Any) -> bool:
    is_open = row.decision in (Decision.NONE, Decision.APPROVED, Decision.PENDING)
    return is_open and row.outcome != Outcome.REFUSED
