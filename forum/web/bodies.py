"""Bodies that are on their way: so many that no thread waits for one, and only memory has to be kept free."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

from forum.accounts.pace import network
from forum.web.safety import MOST_BODY_BYTES

# Three thousand forms, or as much as sixty of the longest. What is promised counts, for who promises much can send it.
MOST_BYTES = 64 * MOST_BODY_BYTES
# What is known of a request and of its connection.
OVERHEAD_BYTES = 8 * 1024
# One sender alone must not keep everybody else from writing.
MOST_BYTES_OF_ONE = MOST_BYTES // 8
# Twenty thousand Japanese characters need as long at a kilobyte and a half a second.
WITHIN_S = 120
# When the server stops, a body that has not come by then is not on its way.
WITHIN_AT_STOP_S = 5


class Coming(Protocol):
    """What granian receives a body with."""

    def add_done_callback(self, told: Any) -> None:
        """Call `told` with this once the body is there, or never comes, on whatever thread."""

    def result(self) -> bytes:
        """The body. Raises CancelledError after `cancel`, and other errors when it was cut off."""
        ...

    def cancel(self) -> bool:
        """Receive no more of it."""
        ...


@dataclass(slots=True, eq=False)
class _Place:
    number: int
    sender: str
    size_bytes: int
    until_s: float
    coming: Coming | None = None


class Bodies:
    """The bodies that a process waits for, by their senders, of whom none may have more than `of_one` bytes."""

    def __init__(self, of_one: int = MOST_BYTES_OF_ONE) -> None:
        self._of_one = of_one
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._places: dict[int, _Place] = {}
        self._promised: Counter[str] = Counter()
        """The bytes of each sender."""

    def __len__(self) -> int:
        return len(self._places)

    def begin(self, address: str, length: int) -> _Place | None:
        """A place for one more from this address, to be given back by its number; None when there is no room."""
        sender, size_bytes = network(address), length + OVERHEAD_BYTES
        with self._lock:
            of_all, of_one = self._promised.total() + size_bytes, self._promised[sender] + size_bytes
            if of_all > MOST_BYTES or of_one > self._of_one:
                return None
            self._promised[sender] = of_one
            place = _Place(next(self._numbers), sender, size_bytes, time.monotonic() + WITHIN_S)
            self._places[place.number] = place
            return place

    def end(self, number: int) -> None:
        """Give a place back."""
        with self._lock:
            place = self._places.pop(number)
            self._promised[place.sender] -= place.size_bytes
            if not self._promised[place.sender]:
                del self._promised[place.sender]

    def cut(self, *, is_stopping: bool = False) -> None:
        """Wait no longer for what takes too long; its sender is answered. To be called once a second."""
        now_s = time.monotonic() + (WITHIN_S - WITHIN_AT_STOP_S if is_stopping else 0)
        with self._lock:
            overdue = [place.coming for place in self._places.values() if place.until_s <= now_s]
        for coming in overdue:
            if coming is not None:
                coming.cancel()
