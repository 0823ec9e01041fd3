"""Everything that a moderator needs to decide about one thing, made ready for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.accounts import reading as profiles
from forum.errors import NotFound
from forum.moderation import cases, reasons
from forum.moderation.evidence import Answered, Evidence, gather
from forum.moderation.models import ActKind, ReportReason
from forum.moderation.queue import Place
from forum.people import Person, person_of
from forum.screening import words
from forum.screening.models import Decision
from forum.text.diffs import Line, changes
from forum.text.languages import language_of
from forum.text.rendering import Link, render, stored
from forum.threads.addresses import post_url
from forum.threads.models import Post, Status


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
    post_url: str


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


def items(session: Session, places: Sequence[Place], language: str) -> tuple[Item, ...]:
    """What stands at these places of the line, in at most five statements."""
    if not places:
        return ()
    found = gather(session, places)
    return tuple(_item(place, found, language) for place in places)


def item(session: Session, post_id: int, language: str) -> Item:
    """Any post, as the queue would show it. Raises NotFound."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound(_("There is nothing at this address."))
    return items(session, [Place(post.id, post.author_id, post.created_at, 1)], language)[0]


def of_profile(session: Session, name: str, language: str) -> Item:
    """Any member's words, as the queue would show them. Raises NotFound."""
    member = profiles.find(session, name)
    return items(session, [Place(-member.id, member.id, member.joined_at, 1)], language)[0]


def _item(place: Place, found: Evidence, language: str) -> Item:
    rows = found.screenings.get(place.key, ())
    waiting = next((row for row in rows if row.Screening.decision == Decision.PENDING), None)
    newest = rows[-1].Screening if rows else None
    reported = found.reports.get(place.key, ())
    post, author = found.posts.get(place.key), found.authors[place.author_id]
    profile = "" if post else cases.public_words(author.display_name, author.bio)
    text = _text(post, waiting, author)
    return Item(
        id=f"p{place.key}" if post else f"u{-place.key}",
        url=f"/p/{place.key}/moderate" if post else f"/u/{quote(author.name)}/moderate",
        seen=cases.seen_mark(
            waiting.Screening if waiting else None,
            newest.id if newest else 0,
            [row.Report.created_at for row in reported],
            profile,
        ),
        choices=cases.choices(
            is_public=post.Post.status == Status.PUBLIC if post else bool(profile),
            is_waiting=waiting is not None,
            is_reported=bool(reported),
        ),
        what=_what(post, waiting, is_reported=bool(reported)),
        since=place.since,
        author=_author(author, place),
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


def _text(post: Any, waiting: Any, author: Any) -> _Text:
    """What is to be decided about: the difference that an edit or a profile text would make, else what is public."""
    if waiting and waiting.ProfileChange:
        change = waiting.ProfileChange
        old = _joined(change.old_display_name, change.old_bio)
        return _compared(old, _joined(change.display_name, change.bio))
    if waiting and waiting.Revision:
        revision, title = waiting.Revision, waiting.Revision.title
        old = _joined(post.Thread.title, post.Post.body) if title is not None else post.Post.body
        return _compared(old, _joined(title, revision.body) if title is not None else revision.body)
    if not post:
        return _Text(author.bio, stored(author.bio_html), (), language_of(author.bio))
    return _Text(post.Post.body, stored(post.Post.html), (), post.Post.lang)


def _compared(old: str, new: str) -> _Text:
    return _Text(new, None, changes(old, new), language_of(new))


def _joined(first: str, rest: str) -> str:
    return f"{first}\n\n{rest}" if first else rest


def _what(post: Any, waiting: Any, *, is_reported: bool) -> str:
    if not post:
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
    return Home(name, thread.title, thread.lang, post_url(post.Post.id))


def _report(row: Any) -> ReportView:
    report = row.Report
    return ReportView(str(reasons.REPORTED[report.reason]), report.note, row.name, report.created_at)
