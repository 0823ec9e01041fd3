"""The posts of a thread's page: what everybody sees of them, and what one viewer may do and must know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup

from forum.access import (
    Viewer,
    may_delete,
    may_edit,
    may_moderate,
    may_report,
    may_restore,
    seen_by,
    sees_all,
    visible_posts,
)
from forum.accounts.cards import language
from forum.accounts.models import User
from forum.people import PERSON, Person, person
from forum.screening import words
from forum.screening.models import Decision, Screening
from forum.statements import Source, Statement
from forum.text.rendering import stored
from forum.threads.addresses import POSTS_PER_PAGE
from forum.threads.models import Post, Revision, RevisionStatus, Status

# A page shows this many waiting posts at most: to their author, or to the staff, who have the queue for the rest.
WAITING_SHOWN = 20


class PostText(NamedTuple):
    """A post as it stands on the page; `note` is for its author and the staff, and empty for everybody else."""

    id: int
    number: int | None
    status: str
    lang: str
    html: Markup
    note: str
    edited_at: datetime | None
    author_id: int
    created_at: datetime
    published_at: datetime | None
    author: Person

    @property
    def place(self) -> tuple[bool, int]:
        """What a page's posts are sorted by: their number, and those without one behind the others."""
        return self.number is None, self.number or self.id


class Acts(NamedTuple):
    """What a viewer may do with a post."""

    may_quote: bool
    may_edit: bool
    may_delete: bool
    may_restore: bool
    may_report: bool
    may_moderate: bool


_COLUMNS = (
    Post.id,
    Post.number,
    Post.author_id,
    Post.status,
    Post.html,
    Post.lang,
    Post.created_at,
    Post.edited_at,
    Post.published_at,
    *PERSON,
)
_first, _last, _thread, _viewer = (
    sa.bindparam(name, type_=sa.Integer) for name in ("first", "last", "thread_id", "viewer_id")
)
_on_page = sa.and_(Post.thread_id == _thread, Post.number.between(_first, _last))
_without_number = sa.and_(Post.thread_id == _thread, Post.number.is_(None))

_pending = sa.and_(Screening.post_id == Post.id, Screening.decision == Decision.PENDING)
_has_newer = sa.exists().where(Revision.post_id == Post.id, Revision.status == RevisionStatus.HELD)
_NOTED = (
    sa.select(*_COLUMNS, Screening.reasons, _has_newer.label("has_newer"))
    .join(User, User.id == Post.author_id)
    .outerjoin(Screening, _pending)
)

EVERYBODY_S = Statement(
    sa.select(*_COLUMNS)
    .join(User, User.id == Post.author_id)
    .where(_on_page, Post.status == Status.PUBLIC)
    .order_by(Post.number)
)
# Each half is found by an index of its own.
_OWN_IDS = sa.union_all(
    sa.select(Post.id).where(_on_page, Post.author_id == _viewer),
    sa.select(Post.id).where(_without_number, Post.author_id == _viewer),
)
OWN = Statement(
    _NOTED.where(Post.id.in_(_OWN_IDS), sa.or_(Post.status != Status.PUBLIC, _has_newer))
    .order_by(Post.id)
    .limit(POSTS_PER_PAGE + WAITING_SHOWN)
)


@cache
def _every(viewer: Viewer) -> tuple[Statement, Statement]:
    """The posts with and without a number that exist for viewers like this one."""
    are_visible = visible_posts(viewer)
    waiting = _NOTED.where(_without_number, are_visible).order_by(Post.id).limit(WAITING_SHOWN)
    return Statement(_NOTED.where(_on_page, are_visible).order_by(Post.number)), Statement(waiting)


def public(source: Source, thread_id: int, page: int) -> list[PostText]:
    """The posts that everybody sees on a page, by number. One statement."""
    in_language = language()
    return [_text(row, in_language, "") for row in EVERYBODY_S.all(source, _range(thread_id, page))]


def own(source: Source, viewer: Viewer, thread_id: int, page: int, pages: int) -> list[PostText]:
    """Those of the viewer's own posts on a page that others don't see so: gone, waiting, or with a newer version.

    One statement.
    """
    rows = OWN.all(source, {**_range(thread_id, page), "viewer_id": viewer.id})
    texts = [_text(row, language(), _note(row, viewer)) for row in rows]
    # Posts without a number stand at the end of the thread.
    return [text for text in texts if text.number is not None or page == pages]


def every(source: Source, viewer: Viewer, thread_id: int, page: int, pages: int) -> list[PostText]:
    """All posts of a page that exist for the viewer, for the staff. One statement, one more on the last page."""
    numbered, waiting = _every(seen_by(viewer))
    given = {**_range(thread_id, page), "viewer_id": viewer.id}
    rows = numbered.all(source, given) + (waiting.all(source, given) if page == pages else [])
    return [_text(row, language(), _note(row, viewer)) for row in rows]


def merged(shared: Iterable[PostText], mine: Iterable[PostText]) -> list[PostText]:
    """Both in one line; of a post that is in both, the second."""
    by_id = {text.id: text for text in (*shared, *mine)}
    return sorted(by_id.values(), key=lambda text: text.place)


def acts(viewer: Viewer, text: PostText, now: datetime, *, is_open: bool, is_locked: bool) -> Acts:
    """What a member may do with a post. `is_open`: they may reply to the thread."""
    author_id, status = text.author_id, text.status
    return Acts(
        may_quote=is_open and status == Status.PUBLIC,
        may_edit=may_edit(viewer, author_id, status, text.created_at, now, is_locked=is_locked),
        may_delete=may_delete(viewer, author_id, status),
        may_restore=may_restore(viewer, author_id, status, is_locked=is_locked),
        may_report=may_report(viewer, author_id, status),
        may_moderate=may_moderate(viewer),
    )


def _range(thread_id: int, page: int) -> dict[str, int]:
    first = (page - 1) * POSTS_PER_PAGE + 1
    return {"thread_id": thread_id, "first": first, "last": first + POSTS_PER_PAGE - 1}


def _text(row: Any, in_language: str, note: str) -> PostText:
    post_id, number, author_id, status, html, lang, created_at, edited_at, published_at = row[:9]
    author = person(in_language, row[9:19])
    shown = post_id, number, status, lang, stored(html), note, edited_at
    return PostText._make((*shown, author_id, created_at, published_at, author))


def _note(row: Any, viewer: Viewer) -> str:
    """What the author or the staff must know about a post that not everybody sees as it stands here."""
    if row.status == Status.HELD:
        why = words.for_staff if sees_all(viewer) else words.for_author
        return " ".join([_("Waiting for a moderator; nobody else sees it yet."), *why(row.reasons or ())])
    if row.status == Status.REMOVED:
        return _("Removed by a moderator; nobody else sees it.")
    if row.status == Status.DELETED:
        return _("Deleted by its author; nobody else sees it.")
    return _("A newer version waits for a moderator; others see this one.") if row.has_newer else ""
