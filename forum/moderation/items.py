"""Everything that a moderator needs to decide about one thing, gathered for a whole page in five statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.accounts.models import ProfileChange, User
from forum.errors import NotFound
from forum.moderation import acts, cases, reasons
from forum.moderation.models import Act, ActKind, Report, ReportReason
from forum.moderation.queue import Place
from forum.people import PERSON, Person, person_of
from forum.screening import words
from forum.screening.models import Decision, Screening
from forum.text.diffs import Line, changes
from forum.text.excerpts import excerpt
from forum.text.languages import language_of
from forum.text.rendering import Link, render, stored
from forum.threads.addresses import post_url, thread_url
from forum.threads.models import Board, Post, Revision, Status, Thread

# Two or three lines: enough to see whether an answer answers.
CONTEXT_LENGTH = 280

_ANSWERED = re.compile(r'<blockquote>.{0,200}?href="/p/([0-9]{1,12})"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, and how they have done so far. Counts are of acts that were not taken back."""

    person: Person
    joined_at: datetime
    approved: int
    rejected: int
    removals: int
    suspensions: int
    others_waiting: int


@dataclass(frozen=True, slots=True)
class Home:
    """The thread that a post stands in."""

    board: str
    title: str
    lang: str
    url: str
    post_url: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a post answers: the post that it quotes, else the one that opens its thread."""

    author: str
    excerpt: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as the staff reads it."""

    reason: str
    note: str
    reporter: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `text` is what would be or is public; an edit has `diff` in its place."""

    id: str
    url: str
    seen: str
    choices: tuple[ActKind, ...]
    what: str
    status: str
    since: datetime
    author: Author
    home: Home | None
    text: Markup | None
    diff: tuple[Line, ...]
    lang: str
    links: tuple[Link, ...]
    probability: float | None
    reasons: tuple[str, ...]
    reports: tuple[ReportView, ...]
    likely_reason: str
    answered: Answered | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of a page, by the key of the thing or the id of the author that they belong to."""

    posts: Mapping[int, Any]
    screenings: Mapping[int, Sequence[Any]]
    authors: Mapping[int, Any]
    reports: Mapping[int, Sequence[Any]]
    answered: Mapping[int, Answered]


def items(session: Session, places: Sequence[Place], language: str) -> tuple[Item, ...]:
    """What stands at these places of the line, in at most five statements."""
    if not places:
        return ()
    post_ids = [place.key for place in places if place.key > 0]
    posts = {row.Post.id: row for row in session.execute(_posts(post_ids))} if post_ids else {}
    found = _Found(
        posts=posts,
        screenings=_grouped(session.execute(_screenings([place.key for place in places]))),
        authors={row.id: row for row in session.execute(_authors({place.author_id for place in places}))},
        reports=_grouped(session.execute(_reports(post_ids))) if post_ids else {},
        answered=_answered(session, [row.Post for row in posts.values()]),
    )
    return tuple(_item(place, found, language) for place in places)


def item(session: Session, post_id: int, language: str) -> Item:
    """Any post, as the queue would show it. Raises NotFound."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound(_("There is nothing at this address."))
    return items(session, [Place(post.id, post.author_id, post.created_at, 1)], language)[0]


def _posts(post_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Post, Thread, Board)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id.in_(post_ids))
    )


def _screenings(keys: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    """Of each thing what waits and the newest, which is mostly the same row, with the version that it speaks of."""
    post_ids, change_ids = [key for key in keys if key > 0], [-key for key in keys if key < 0]
    newest = (
        sa.select(sa.func.max(Screening.id))
        .where(Screening.post_id.in_(post_ids))
        .group_by(Screening.post_id)
    )
    pending = Screening.decision == Decision.PENDING
    key = sa.func.coalesce(Screening.post_id, -Screening.profile_change_id).label("key")
    return (
        sa.select(key, Screening, Revision, ProfileChange)
        .outerjoin(Revision, Revision.id == Screening.revision_id)
        .outerjoin(ProfileChange, ProfileChange.id == Screening.profile_change_id)
        .where(
            sa.or_(
                Screening.id.in_(newest),
                sa.and_(Screening.post_id.in_(post_ids), pending),
                sa.and_(Screening.profile_change_id.in_(change_ids), pending),
            )
        )
        .order_by(Screening.id)
    )


def _authors(user_ids: Iterable[int]) -> sa.Select[*tuple[Any, ...]]:
    def count(*kinds: ActKind) -> sa.Label[int]:
        mine = sa.and_(Act.user_id == User.id, Act.kind.in_(kinds), ~acts.is_undone())
        counted = sa.select(sa.func.count()).select_from(Act).where(mine).correlate(User)
        return counted.scalar_subquery().label(f"n_{kinds[0]}")

    return sa.select(
        User.id,
        User.joined_at,
        User.approved_count,
        User.rejected_count,
        count(ActKind.REMOVE, ActKind.SPAM),
        count(ActKind.SUSPEND),
        *PERSON,
    ).where(User.id.in_(user_ids))


def _reports(post_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Report.post_id.label("key"), Report, User.name)
        .join(User, User.id == Report.reporter_id)
        .where(Report.post_id.in_(post_ids), Report.closed_by_id.is_(None))
        .order_by(Report.id)
    )


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def _answered(session: Session, posts: Sequence[Post]) -> dict[int, Answered]:
    replies = [post for post in posts if not post.is_opening]
    if not replies:
        return {}
    quoted = {post.id: int(match[1]) for post in replies if (match := _ANSWERED.search(post.html))}
    opening = sa.and_(Post.thread_id.in_([post.thread_id for post in replies]), Post.is_opening)
    rows = session.execute(
        sa.select(Post.id, Post.thread_id, Post.is_opening, Post.html, Post.lang, User.name)
        .join(User, User.id == Post.author_id)
        .where(sa.or_(opening, Post.id.in_(quoted.values())))
    ).all()
    by_id = {(row.thread_id, row.id): row for row in rows}
    openings = {row.thread_id: row for row in rows if row.is_opening}
    # A quotation of another thread says little about this one.
    sources = {post.id: by_id.get((post.thread_id, quoted.get(post.id, 0))) for post in replies}
    return {post.id: _answer_to(sources[post.id] or openings[post.thread_id]) for post in replies}


def _answer_to(row: Any) -> Answered:
    return Answered(row.name, excerpt(row.html, CONTEXT_LENGTH), row.lang, post_url(row.id))


def _item(place: Place, found: _Found, language: str) -> Item:
    rows = found.screenings.get(place.key, ())
    waiting = next((row for row in rows if row.Screening.decision == Decision.PENDING), None)
    newest = rows[-1].Screening if rows else None
    reported = found.reports.get(place.key, ())
    post = found.posts.get(place.key)
    status = post.Post.status if post else Status.HELD
    text = _text(post, waiting)
    return Item(
        id=f"p{place.key}" if post else f"u{-place.key}",
        url=f"/p/{place.key}/moderate" if post else f"/mod/profiles/{-place.key}",
        seen=cases.seen_mark(
            waiting.Screening if waiting else None,
            newest.id if newest else 0,
            [row.Report.id for row in reported],
        ),
        choices=cases.choices(status, is_waiting=waiting is not None, is_reported=bool(reported)),
        what=_what(post, waiting, is_reported=bool(reported)),
        status=status,
        since=place.since,
        author=_author(found.authors[place.author_id], place),
        home=_home(post, language) if post else None,
        text=text.html,
        diff=text.diff,
        lang=text.lang,
        links=render(text.source).links,
        probability=newest.probability if newest else None,
        reasons=tuple(words.for_staff(newest.reasons)) if newest else (),
        reports=tuple(map(_report, reported)),
        likely_reason=reported[0].Report.reason if reported else ReportReason.OTHER,
        answered=found.answered.get(place.key),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    source: str
    html: Markup | None
    diff: tuple[Line, ...]
    lang: str


def _text(post: Any, waiting: Any) -> _Text:
    """What is to be decided about: the difference that an edit or a profile text would make, else the post."""
    if waiting and waiting.ProfileChange:
        change = waiting.ProfileChange
        old = _joined(change.old_display_name, change.old_bio)
        return _compared(old, _joined(change.display_name, change.bio))
    if waiting and waiting.Revision:
        revision, title = waiting.Revision, waiting.Revision.title
        old = _joined(post.Thread.title, post.Post.body) if title is not None else post.Post.body
        return _compared(old, _joined(title, revision.body) if title is not None else revision.body)
    return _Text(post.Post.body, stored(post.Post.html), (), post.Post.lang)


def _compared(old: str, new: str) -> _Text:
    return _Text(new, None, changes(old, new), language_of(new))


def _joined(first: str, rest: str) -> str:
    return f"{first}\n\n{rest}" if first else rest


def _what(post: Any, waiting: Any, *, is_reported: bool) -> str:
    if waiting and waiting.ProfileChange:
        return _("Profile text")
    if waiting and waiting.Revision:
        return _("Edit of a post")
    if waiting:
        return _("New thread") if post.Post.is_opening else _("New reply")
    if is_reported:
        return _("Reported post")
    names = {
        Status.PUBLIC: _("Public post"),
        Status.HELD: _("Waiting post"),
        Status.REMOVED: _("Removed post"),
        Status.DELETED: _("Post deleted by its author"),
    }
    return names[Status(post.Post.status)]


def _author(row: Any, place: Place) -> Author:
    return Author(
        person=person_of(row),
        joined_at=row.joined_at,
        approved=row.approved_count,
        rejected=row.rejected_count,
        removals=row.n_remove,
        suspensions=row.n_suspend,
        others_waiting=place.of_author - 1,
    )


def _home(post: Any, language: str) -> Home:
    board, thread = post.Board, post.Thread
    name = (language == "ja" and board.name_ja) or board.name
    return Home(name, thread.title, thread.lang, thread_url(thread.id, thread.slug), post_url(post.Post.id))


def _report(row: Any) -> ReportView:
    report = row.Report
    return ReportView(str(reasons.REPORTED[report.reason]), report.note, row.name, report.created_at)
