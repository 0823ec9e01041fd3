"""Addresses of an archive's pages, read from its database, because titles and times are part of them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeVar

from forum.cursors import place
from forum.schema import EPOCH, MICROSECOND
from forum.threads.addresses import POSTS_PER_PAGE, board_url, page_of, thread_url
from forum.threads.lists import THREADS_PER_PAGE

# The second board of the archive, an ordinary one.
BOARD = 2
# How far back "far back" is, as a share of a board's threads; but a whole page must be left.
FAR = 0.9


Thing = TypeVar("Thing")


class Page(NamedTuple):
    """A page of a thread."""

    thread: int
    slug: str
    number: int

    @property
    def url(self) -> str:
        return thread_url(self.thread, self.slug, self.number)


class Addresses:
    """Reads them when it is made: about 2 seconds and 100 MB for two million posts."""

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            self._threads: dict[int, tuple[str, int]] = {
                number: (slug, last)
                for number, slug, last in connection.execute("SELECT id, slug, last_number FROM threads")
            }
            (self._board,) = connection.execute("SELECT slug FROM boards WHERE id = ?", (BOARD,)).fetchone()
            self._far = _cursor(connection)

    def thread(self, number: int, page: int = 1) -> str:
        """A page of a thread."""
        return Page(number, self._threads[number][0], page).url

    def board(self) -> str:
        """The first page of an ordinary board."""
        return board_url(self._board)

    def far_back(self) -> str:
        """The page of that board for which about nine tenths of its threads are newer."""
        return f"{self.board()}?before={self._far}"

    def pages(self) -> list[Page]:
        """Every page of every thread, once, in an order by chance that is the same each time."""
        found = [
            Page(number, slug, page)
            for number, (slug, last) in self._threads.items()
            for page in range(1, page_of(max(1, last)) + 1)
        ]
        return _shuffled(found)

    def full_pages(self, most: int) -> list[str]:
        """First pages of at most so many threads, by chance, that hold as many posts as fit on a page."""
        full = [number for number, (_slug, last) in self._threads.items() if last >= POSTS_PER_PAGE]
        return [self.thread(number) for number in _shuffled(full)[:most]]


def _cursor(connection: sqlite3.Connection) -> str:
    (count,) = connection.execute("SELECT count(*) FROM threads WHERE board_id = ?", (BOARD,)).fetchone()
    micros, number = connection.execute(
        "SELECT last_post_at, id FROM threads WHERE board_id = ? ORDER BY last_post_at DESC, id DESC LIMIT 1 OFFSET ?",
        (BOARD, max(0, min(int(count * FAR), count - THREADS_PER_PAGE - 2))),
    ).fetchone()
    return place(EPOCH + micros * MICROSECOND, number)


def _shuffled(things: list[Thing]) -> list[Thing]:
    random.Random(1987).shuffle(things)  # noqa: S311 - no secret hangs on it
    return things
