"""Whose turn it is to write: writers stand in line, those of one process and those of several.

SQLite lets in whoever asks at the right moment, and one that waits asks ever more seldom: of 32 writers one waited
7 seconds where the median was 40 milliseconds. It still guards the database itself; this is only courtesy, and who
waits longer than PATIENCE_S goes and asks SQLite.

A turn may be handed on within the process, with work that the one before left open: see `forum.commits`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Protocol

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
        turn = self.enter()
        try:
            yield
        finally:
            turn.end()

    def enter(self, *, goes_on: bool = False) -> Turn:
        """Wait in the same way for a turn that is to be ended. Who `goes_on` takes over what the one before leaves."""
        until = time.monotonic() + self._patience_s
        place = self._line.enter(self._patience_s, goes_on=goes_on)
        if place is None:
            return Turn()
        if place.handed is not None:
            return place.handed
        turn = Turn(self._line)
        try:
            turn.wait_for_other_processes(self._path, until)
        except BaseException:
            turn.end()
            raise
        return turn


class LeftOpen(Protocol):
    """Work that the next one may go on with."""

    def end(self) -> None:
        """Finish it without that."""


class Turn:
    """The turn of one writer, or of several of one process of whom each goes on with what the one before left open."""

    def __init__(self, line: _Line | None = None) -> None:
        self._line = line
        self._file: int | None = None
        self.left_open: LeftOpen | None = None
        """What it was handed on with; None in a turn that begins."""

    def wait_for_other_processes(self, path: Path, until: float) -> None:
        """Have the turn among them as well, unless patience ends before, by the clock of `time.monotonic`."""
        self._file = _opened(path)
        if self._file is not None:
            _wait_for_other_processes(self._file, until)

    def hand_on(self, left_open: LeftOpen) -> bool:
        """Give the turn to the next of this process, if somebody waits who goes on; else it is still to be ended."""
        self.left_open = left_open
        return self._line is not None and self._line.hand_on(self)

    def end(self) -> None:
        """Let whoever is next begin."""
        try:
            if self._file is not None:
                os.close(self._file)
        finally:
            if self._line is not None:
                self._line.leave()


class _Place:
    """Where a thread stands in the line. `call` is released when it is its turn: a new one, or the one it is handed."""

    def __init__(self, *, goes_on: bool) -> None:
        self.goes_on = goes_on
        self.call = Lock()
        self.handed: Turn | None = None


class _Line:
    """The threads of one process, served in the order in which they came: `threading.Lock` promises no order."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[_Place] = deque()

    def enter(self, patience_s: float, *, goes_on: bool) -> _Place | None:
        """One's place once it is one's turn; None when patience is over before."""
        place = _Place(goes_on=goes_on)
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return place
            place.call.acquire()
            self._waiting.append(place)
        try:
            is_called = place.call.acquire(timeout=patience_s)
        except BaseException:
            # As the main thread is stopped by Ctrl-C. Whoever called it meanwhile relies on it.
            if not self._gave_up(place):
                self._pass_over(place)
            raise
        return place if is_called or not self._gave_up(place) else None

    def hand_on(self, turn: Turn) -> bool:
        with self._guard:
            if not self._waiting or not self._waiting[0].goes_on:
                return False
            place = self._waiting.popleft()
            place.handed = turn
            place.call.release()
            return True

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().call.release()
            else:
                self._is_taken = False

    def _pass_over(self, place: _Place) -> None:
        """Do what is left of the turn of one who was called and does not come."""
        turn = place.handed or Turn(self)
        try:
            if turn.left_open is not None:
                turn.left_open.end()
        finally:
            turn.end()

    def _gave_up(self, place: _Place) -> bool:
        """Go out of the line, unless the call came at the last moment."""
        with self._guard:
            is_waiting = place in self._waiting
            if is_waiting:
                self._waiting.remove(place)
            return is_waiting


def _opened(path: Path) -> int | None:
    """Opened anew for each turn, for a file that is open at a fork would be shared with the child, and by nobody else:
    whoever closes it in this process lets go of its locks.

    None when it can't be, as after a command of another user made it: a board without courtesy still writes.
    """
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    except OSError:
        return None


def _wait_for_other_processes(file: int, until: float) -> None:
    """Become the next, then the one that writes. Closing the file lets go of both.

    With one lock alone the process that just wrote, and is awake, would be the first to have it again.
    """
    if _locked(file, _IS_NEXT, until):
        _locked(file, _WRITES, until)
        fcntl.lockf(file, fcntl.LOCK_UN, 1, _IS_NEXT)


def _locked(file: int, byte: int, until: float) -> bool:
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
