"""Lists of threads: the latest of all boards, of one board, and the boards themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.access import Viewer, listed_threads
from forum.accounts.models import User
from forum.cursors import place, read_place
from forum.errors import NotFound
from forum.schema import Instant
from forum.statements import Source, Statement
from forum.threads import marks
from forum.threads.addresses import board_url, thread_url, unread_url
from forum.threads.models import Board, Lock, Pin, ReadMark, Thread

THREADS_PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board as the list of boards shows it, in the reader's language."""

    slug: str
    name: str
    description: str
    lang: str
    url: str
    threads_count: int
    posts_count: int


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A line in a list of threads."""

    url: str
    """Leads a member who has read the thread before to the first post that is new to them."""
    title: str
    lang: str
    board_name: str
    board_url: str | None
    author: str
    replies: int
    last_at: datetime
    last_author: str
    is_pinned: bool
    is_locked: bool
    is_waiting: bool = False
    is_new: bool = False
    """Whether the viewer never opened it, and it is not older than what counts as read."""
    news: int = 0
    """How many posts are new to a viewer who has read it before; above `marks.MOST_COUNTED` there are more."""


@dataclass(frozen=True, slots=True)
class ThreadList:
    """A page of threads; `older` is the cursor of the next page, None at the end, `newest` that of its first thread."""

    rows: tuple[ThreadRow, ...]
    older: str | None
    newest: str | None


def boards(source: Source, language: str) -> list[BoardRow]:
    """All boards in their order; one statement."""
    return [_board_row(board, language) for board in _BOARDS.all(source)]


def find_board(source: Source, slug: str, language: str) -> tuple[int, BoardRow]:
    """The board of that slug, with its id; one statement. Raises NotFound."""
    board = _BOARD.first(source, {"slug": slug})
    if board is None:
        raise NotFound
    return board.id, _board_row(board, language)


def latest(source: Source, viewer: Viewer, language: str, before: str | None = None) -> ThreadList:
    """Public threads of all boards, the one with the newest post first; one statement at any depth."""
    return _page(source, viewer, language, before)


def of_board(
    source: Source, viewer: Viewer, board_id: int, language: str, before: str | None = None
) -> ThreadList:
    """Public threads of a board, the one with the newest post first; one statement at any depth."""
    return _page(source, viewer, language, before, board_id)


def pinned(source: Source, viewer: Viewer, board_id: int, language: str) -> tuple[ThreadRow, ...]:
    """The pinned threads of a board, the last pinned first; one statement."""
    rows = _pinned(is_for_guests=viewer.is_guest).all(source, {"board_id": board_id, **_marks(viewer)})
    return tuple(_thread_row(row, viewer, language, with_board=False) for row in rows)


def _page(
    source: Source, viewer: Viewer, language: str, before: str | None, board_id: int | None = None
) -> ThreadList:
    moment, thread_id = read_place(before) if before is not None else (None, None)
    values = {"board_id": board_id, "moment": moment, "thread_id": thread_id, **_marks(viewer)}
    is_of_board = board_id is not None
    statement = _statement(is_of_board=is_of_board, is_first=before is None, is_for_guests=viewer.is_guest)
    found = statement.all(source, values)
    rows = found[:THREADS_PER_PAGE]
    return ThreadList(
        rows=tuple(_thread_row(row, viewer, language, with_board=not is_of_board) for row in rows),
        older=place(rows[-1].last_post_at, rows[-1].id) if len(found) > THREADS_PER_PAGE else None,
        newest=place(rows[0].last_post_at, rows[0].id) if rows else None,
    )


def _marks(viewer: Viewer) -> dict[str, Any]:
    return {} if viewer.is_guest else marks.values(viewer)


_BOARD_ROWS = sa.select(
    Board.id,
    Board.slug,
    Board.name,
    Board.name_ja,
    Board.description,
    Board.description_ja,
    Board.lang,
    Board.threads_count,
    Board.posts_count,
)
_BOARDS = Statement(_BOARD_ROWS.order_by(Board.position, Board.id))
_BOARD = Statement(_BOARD_ROWS.where(Board.slug == sa.bindparam("slug")))


@cache
def _pinned(*, is_for_guests: bool) -> Statement:
    # Few threads are pinned; a board has thousands, and SQLite would walk along them all, for it takes an index of
    # which it knows two columns for one that leads to ten rows. What stands in coalesce is for no index.
    are_pinned = Thread.id.in_(sa.select(Pin.thread_id))
    is_here = sa.and_(Thread.board_id == sa.bindparam("board_id"), listed_threads())
    query = _select(is_for_guests=is_for_guests).where(are_pinned, sa.func.coalesce(is_here, sa.false()))
    return Statement(query.order_by(Pin.created_at.desc(), Pin.thread_id.desc()))


@cache
def _statement(*, is_of_board: bool, is_first: bool, is_for_guests: bool) -> Statement:
    query = _select(is_for_guests=is_for_guests).where(listed_threads())
    if is_of_board:
        query = query.where(Thread.board_id == sa.bindparam("board_id"))
    if not is_first:
        behind = sa.tuple_(sa.bindparam("moment", type_=Instant), sa.bindparam("thread_id", type_=sa.Integer))
        query = query.where(sa.tuple_(Thread.last_post_at, Thread.id) < behind)
    newest_first = query.order_by(Thread.last_post_at.desc(), Thread.id.desc())
    return Statement(newest_first.limit(THREADS_PER_PAGE + 1))


_author = aliased(User)
_last_author = aliased(User)


def _select(*, is_for_guests: bool) -> sa.Select[*tuple[Any, ...]]:
    query = (
        sa.select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.lang,
            Thread.posts_count,
            Thread.last_post_at,
            Board.slug.label("board_slug"),
            Board.name.label("board_name"),
            Board.name_ja.label("board_name_ja"),
            _name(_author).label("author"),
            _name(_last_author).label("last_author"),
            Lock.thread_id.is_not(None).label("is_locked"),
            Pin.thread_id.is_not(None).label("is_pinned"),
        )
        .join(Board, Board.id == Thread.board_id)
        .join(_author, _author.id == Thread.author_id)
        .outerjoin(_last_author, _last_author.id == Thread.last_author_id)
        .outerjoin(Lock, Lock.thread_id == Thread.id)
        .outerjoin(Pin, Pin.thread_id == Thread.id)
    )
    if is_for_guests:
        return query
    return query.add_columns(marks.IS_NEW, marks.NEWS).outerjoin(ReadMark, marks.OF_READER)


def _name(user: Any) -> sa.ColumnElement[str]:
    return sa.func.coalesce(sa.func.nullif(user.display_name, ""), user.name)


def _thread_row(row: Any, viewer: Viewer, language: str, *, with_board: bool) -> ThreadRow:
    is_new, news = (False, 0) if viewer.is_guest else (bool(row.is_new), row.news)
    return ThreadRow(
        url=unread_url(row.id) if news else thread_url(row.id, row.slug),
        title=row.title,
        lang=row.lang,
        board_name=(language == "ja" and row.board_name_ja) or row.board_name,
        board_url=board_url(row.board_slug) if with_board else None,
        author=row.author,
        replies=max(0, row.posts_count - 1),
        last_at=row.last_post_at,
        last_author=row.last_author or row.author,
        is_pinned=row.is_pinned,
        is_locked=row.is_locked,
        is_new=is_new,
        news=news,
    )


def _board_row(board: Any, language: str) -> BoardRow:
    is_ja = language == "ja"
    return BoardRow(
        slug=board.slug,
        name=(is_ja and board.name_ja) or board.name,
        description=(is_ja and board.description_ja) or board.description,
        lang="ja" if is_ja and board.description_ja else board.lang,
        url=board_url(board.slug),
        threads_count=board.threads_count,
        posts_count=board.posts_count,
    )
