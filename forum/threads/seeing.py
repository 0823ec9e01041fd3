"""What members have seen: noted in memory, and written for all of them together.

Most requests only read. If each wrote how far its reader has come, it would have to wait for its turn and for the disk.
So a process notes marks, and a thread of its own writes them in one transaction every few seconds, and when the process
is stopped. One that is killed loses the marks that it had not written: those posts are called new once more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from multiprocessing.util import Finalize
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from forum.db import write
from forum.sql import greatest, insert
from forum.threads.models import ReadMark

log = logging.getLogger(__name__)

# A walk through a few threads becomes one write, and a process that is killed forgets no more than such a walk.
WRITE_EVERY_S = 3.0
# As many are written at once, without waiting: a few milliseconds of the one turn that all writers share.
MANY = 500
# No more than these wait while the database can't be written to, some 3 MB; what comes then is not noted.
MOST = 10_000

_insert = insert(ReadMark)
_KEEP = _insert.on_conflict_do_update(
    index_elements=[ReadMark.user_id, ReadMark.thread_id],
    set_={
        "number": greatest(ReadMark.number, _insert.excluded.number),
        "seen_at": greatest(ReadMark.seen_at, _insert.excluded.seen_at),
    },
)


class Mark(NamedTuple):
    """Up to which post, and when."""

    number: int
    at: datetime


Marks = dict[int, dict[int, Mark]]
"""By member, then by thread."""


class Seeing:
    """The marks that one process has noted; `every_s` None leaves it to others to `flush`."""

    def __init__(self, app: Flask, every_s: float | None = WRITE_EVERY_S) -> None:
        self._app = app
        self._every_s = every_s
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._call = threading.Event()
        self._writer: threading.Thread | None = None
        self._is_over = False
        self.clear()

    def note(self, user_id: int, thread_id: int, mark: Mark) -> None:
        """Remember that a member has come as far as `mark`, until it is written; no statement."""
        with self._lock:
            if self._is_over:
                return
            self._add(user_id, thread_id, mark)
            if self._count >= MANY:
                self._call.set()
            if self._every_s is not None:
                self._see_to_writer()

    def noted(self, user_id: int) -> dict[int, int]:
        """The numbers that a member's pages must know beside what is stored, by thread.

        Also what was written last: a page that began before the commit does not find it in the database.
        """
        with self._lock:
            found = {key: mark.number for key, mark in self._written.get(user_id, {}).items()}
            for thread_id, mark in self._waiting.get(user_id, {}).items():
                found[thread_id] = max(mark.number, found.get(thread_id, 0))
            return found

    def flush(self) -> None:
        """Write what is noted in one transaction of one statement; none when there is nothing."""
        with self._turn:
            with self._lock:
                self._written, self._waiting, self._count = self._waiting, {}, 0
            if not self._written:
                return
            try:
                with self._app.app_context(), write() as session:
                    session.connection().execute(_KEEP, list(_rows(self._written)))
            except OperationalError:
                log.warning("read marks could not be written and will be tried again", exc_info=True)
                self._take_back()
            except SQLAlchemyError:
                # As when somebody deleted a member by hand: what can't be stored must not keep the others waiting.
                log.exception("read marks are lost")

    def clear(self) -> None:
        """Forget all that is noted, as when the database was replaced by another one."""
        with self._lock:
            self._waiting: Marks = {}
            self._written: Marks = {}
            self._count = 0

    def stop(self) -> None:
        """Write what is noted and end the thread."""
        with self._lock:
            self._is_over = True
        self._call.set()
        if self._writer is not None and self._writer.is_alive():
            self._writer.join()
        self.flush()

    def _add(self, user_id: int, thread_id: int, mark: Mark) -> None:
        waiting = self._waiting.get(user_id, {}).get(thread_id)
        if waiting is None:
            if self._count >= MOST:
                return
            self._count += 1
        if waiting is None or mark.number > waiting.number:
            self._waiting.setdefault(user_id, {})[thread_id] = mark

    def _take_back(self) -> None:
        with self._lock:
            for user_id, marks in self._written.items():
                for thread_id, mark in marks.items():
                    self._add(user_id, thread_id, mark)

    def _see_to_writer(self) -> None:
        """Start the thread at the first mark, which comes after any fork: a child has none of its parent's threads."""
        if self._writer is not None and self._writer.is_alive():
            return
        self._writer = threading.Thread(target=self._write_on, name="read-marks", daemon=True)
        self._writer.start()
        # Not by atexit, which the children of multiprocessing end without, and the board's own workers are such.
        # Other processes come by here when they run what they have for atexit.
        Finalize(None, self.stop, exitpriority=0)

    def _write_on(self) -> None:
        while not self._is_over:
            self._call.wait(self._every_s)
            self._call.clear()
            self.flush()


def init(app: Flask) -> None:
    """Let the application note what its members see."""
    app.extensions["seeing"] = Seeing(app)


def here() -> Seeing:
    """What the application at hand has noted."""
    return current_app.extensions["seeing"]


def _rows(marks: Marks) -> Iterator[dict[str, Any]]:
    for user_id, of_member in marks.items():
        for thread_id, mark in of_member.items():
            yield {"user_id": user_id, "thread_id": thread_id, "number": mark.number, "seen_at": mark.at}
