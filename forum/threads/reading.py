"""A thread as a viewer sees it: what stands above its posts, which are in `forum.threads.posts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum import versions
from forum.access import Viewer, may_moderate, may_reply, seen_by, visible_posts, visible_threads
from forum.errors import NotFound
from forum.statements import Source, Statement
from forum.threads import marks
from forum.threads.addresses import board_url, page_of, place_url, reply_url, thread_url
from forum.threads.models import Board, Lock, Pin, Post, ReadMark, Status, Thread

# What a page of a thread shows changes with these topics of `forum.versions`; `find` tells the newest version of them.
ITS_TOPICS = ("thread {thread_id}", "boards", "people")


@dataclass(frozen=True, slots=True)
class Pager:
    """Numbered pages; `url(k)` is the address of page k."""

    page: int
    pages: int
    url: Callable[[int], str]

    @property
    def shown(self) -> list[int]:
        """The first page, the neighbours of this one and the last; 0 stands for two or more that are left out."""
        here, last = self.page, self.pages
        wanted = sorted({1, *range(max(1, here - 1), min(last, here + 1) + 1), last})
        steps = [wanted[0]]
        for before, k in pairwise(wanted):
            # Where one page is left out, it takes no more room than the dots would.
            steps += {1: [], 2: [k - 1]}.get(k - before, [0])
            steps.append(k)
        return steps


@dataclass(frozen=True, slots=True)
class ThreadHead:
    """A thread without its posts, with every decision made."""

    id: int
    url: str
    title: str
    lang: str
    board_name: str
    board_url: str
    is_pinned: bool
    is_locked: bool
    is_waiting: bool
    is_indexed: bool
    note: str
    lock_reason: str
    pager: Pager
    may_reply: bool
    reply_url: str
    moderate_url: str | None
    feed_url: str
    replies: int
    version: int
    """Another one whenever what everybody sees of the thread and its posts has changed."""
    seen: int
    """The highest number that the viewer has seen of it; 0 when they never opened it, and for a guest."""


def find(source: Source, viewer: Viewer, thread_id: int, page: int, language: str) -> ThreadHead:
    """A thread, to be read from page `page` of 20 post numbers; one statement. Raises NotFound, also past the end."""
    values: dict[str, Any] = {
        "thread_id": thread_id,
        "topic": ITS_TOPICS[0].format(thread_id=thread_id),
        "viewer_id": viewer.id,
    }
    if not viewer.is_guest:
        values |= marks.values(viewer)
    row = _statement(seen_by(viewer)).first(source, values)
    pages = max(1, page_of(row.last_number)) if row and row.last_number else 1
    if row is None or not 1 <= page <= pages:
        raise NotFound
    return ThreadHead(
        id=row.id,
        url=thread_url(row.id, row.slug),
        title=row.title,
        lang=row.lang,
        board_name=(language == "ja" and row.board_name_ja) or row.board_name,
        board_url=board_url(row.board_slug),
        is_pinned=row.is_pinned,
        is_locked=row.is_locked,
        is_waiting=row.status == Status.HELD,
        is_indexed=row.status == Status.PUBLIC,
        note=_note(row.status),
        lock_reason=row.lock_reason or "",
        pager=Pager(page, pages, partial(thread_url, row.id, row.slug)),
        may_reply=may_reply(viewer, row.status, is_locked=row.is_locked),
        reply_url=reply_url(row.id),
        moderate_url=f"/t/{row.id}/moderate" if may_moderate(viewer) else None,
        feed_url=f"/t/{row.id}.atom",
        replies=max(0, row.posts_count - 1),
        version=row.version or 0,
        seen=0 if viewer.is_guest else row.seen,
    )


def place_of(session: Session, viewer: Viewer, post_id: int) -> str:
    """The address of the page and place where a post stands now; one statement. Raises NotFound."""
    query = (
        sa.select(Post.number, Thread.id, Thread.slug, Thread.last_number)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, visible_posts(viewer), visible_threads(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return place_url(row.id, row.slug, row.number or row.last_number or 1, post_id)


@cache
def _statement(viewer: Viewer) -> Statement:
    """The thread, as far as it exists for viewers like this one."""
    query = (
        sa.select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.lang,
            Thread.status,
            Thread.posts_count,
            Thread.last_number,
            Board.slug.label("board_slug"),
            Board.name.label("board_name"),
            Board.name_ja.label("board_name_ja"),
            Lock.thread_id.is_not(None).label("is_locked"),
            Lock.reason.label("lock_reason"),
            Pin.thread_id.is_not(None).label("is_pinned"),
            versions.newest(sa.bindparam("topic"), *ITS_TOPICS[1:]).label("version"),
        )
        .join(Board, Board.id == Thread.board_id)
        .outerjoin(Lock, Lock.thread_id == Thread.id)
        .outerjoin(Pin, Pin.thread_id == Thread.id)
        .where(Thread.id == sa.bindparam("thread_id"), visible_threads(viewer))
    )
    if not viewer.is_guest:
        query = query.add_columns(marks.SEEN.label("seen")).outerjoin(ReadMark, marks.OF_READER)
    return Statement(query)


def _note(status: str) -> str:
    match status:
        case Status.HELD:
            return _("This thread waits for a moderator; only its author and the moderators see it.")
        case Status.REMOVED:
            return _("This thread was removed by a moderator; only its author and the moderators see it.")
        case Status.DELETED:
            return _("This thread was deleted by its author; only they and the moderators see it.")
    return ""
