"""Whose turn it is to write: writers stand in line, those of one process and those of several.

SQLite lets in whoever asks at the right moment, and one that waits asks ever more seldom: of 32 writers one waited
7 seconds where the median was 40 milliseconds. It still guards the database itself; this is only courtesy, and who
waits longer than PATIENCE_S goes and asks SQLite.
"""

from __future__ import annotations

import fcntl
import time
from collections import deque
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import BinaryIO

# As long as SQLite is given afterwards: a process that hangs while it writes must not make all others hang for ever.
PATIENCE_S = 10.0
# A write takes one to four milliseconds, and half of this passes until the next process sees that it is over.
# To look takes 10 us: a thirtieth of a processor while another process writes.
LOOK_EVERY_S = 0.0003

# Bytes of the file that are locked, and nothing is ever written to them.
_WRITES = 0
_IS_NEXT = 1


class Turns:
    """The line before one database. `path` names a file that all its processes lock; it stays empty."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s
        self._line = _Line()

    @contextmanager
    def turn(self) -> Generator[None]:
        """Wait for one's turn, as long as patience lasts, and keep it while the block runs. About 10 us when alone."""
        until = time.monotonic() + self._patience_s
        if not self._line.enter(self._patience_s):
            yield
            return
        try:
            with _opened(self._path) as file:
                if file is not None:
                    _wait_for_other_processes(file, until)
                yield
        finally:
            self._line.leave()


class _Line:
    """The threads of one process, served in the order in which they came: `threading.Lock` promises no order."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, patience_s: float) -> bool:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            call = Lock()
            call.acquire()
            self._waiting.append(call)
        return call.acquire(timeout=patience_s) or not self._gave_up(call)

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def _gave_up(self, call: Lock) -> bool:
        """Go out of the line, unless the call came at the last moment."""
        with self._guard:
            is_waiting = call in self._waiting
            if is_waiting:
                self._waiting.remove(call)
            return is_waiting


def _opened(path: Path) -> AbstractContextManager[BinaryIO | None]:
    """Opened anew for each turn, for a file that is open at a fork would be shared with the child.

    None when it can't be, as after a command of another user made it: a board without courtesy still writes.
    """
    try:
        return path.open("ab")
    except OSError:
        return nullcontext()


def _wait_for_other_processes(file: BinaryIO, until: float) -> None:
    """Become the next, then the one that writes. Closing the file lets go of both.

    With one lock alone the process that just wrote, and is awake, would be the first to have it again.
    """
    if _locked(file, _IS_NEXT, until):
        _locked(file, _WRITES, until)
        fcntl.lockf(file, fcntl.LOCK_UN, 1, _IS_NEXT)


def _locked(file: BinaryIO, byte: int, until: float) -> bool:
    """Whether the lock could be had before `until`, by the clock of `time.monotonic`."""
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except OSError:
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_EVERY_S)
        else:
            return True
