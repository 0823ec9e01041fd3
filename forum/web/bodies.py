"""Bodies that are on their way: so many that no thread waits for one, and only memory has to be kept free."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from forum.accounts.pace import network

# Some three thousand forms of which nothing has come yet.
MOST_BYTES = 64 * 1024 * 1024
# One sender alone must not keep everybody else from writing.
MOST_BYTES_OF_ONE = MOST_BYTES // 8
# What a request and its connection take beside what was sent.
OVERHEAD_BYTES = 16 * 1024
# What each header takes beside its letters, which are there twice: once as granian's and once as ours.
HEADER_BYTES = 100
# Twenty thousand Japanese characters need as long at a kilobyte and a half a second.
WITHIN_S = 120
# When the server stops, a body that does not come by then is not on its way.
WITHIN_AT_STOP_S = 5


class Coming(Protocol):
    """What granian receives a piece of a body with."""

    def add_done_callback(self, told: Any) -> None:
        """Call `told` with this once the piece is there, or never comes, on whatever thread."""

    def result(self) -> bytes:
        """The piece, empty at the end. Raises CancelledError after `cancel`."""
        ...

    def cancel(self) -> bool:
        """Receive no more of it."""
        ...


@dataclass(slots=True, eq=False)
class Place:
    """One body's share of the room."""

    sender: str
    size_bytes: int
    until_s: float
    coming: Coming | None = None
    """What is waited for at the moment."""


class Bodies:
    """The bodies that a process waits for. What has come of them counts, for to promise much costs nobody anything; and
    no sender may have more than `of_one` bytes.

    Moments are seconds of `time.monotonic`.
    """

    def __init__(self, of_one: int = MOST_BYTES_OF_ONE) -> None:
        self._of_one = of_one
        self._lock = threading.Lock()
        self._places: set[Place] = set()
        self._taken: Counter[str] = Counter()
        """The bytes of each sender."""
        self._taken_by_all = 0

    def __len__(self) -> int:
        return len(self._places)

    def begin(self, address: str, headers: Mapping[str, Any], now_s: float) -> Place | None:
        """A place for one more body from an address, to be given back; None when there is no room."""
        place = Place(network(address), 0, now_s + WITHIN_S)
        letters = sum(len(name) + len(value) for name, value in headers.items() if isinstance(value, str))
        with self._lock:
            self._places.add(place)
            if not self._grow(place, OVERHEAD_BYTES + HEADER_BYTES * len(headers) + 2 * letters):
                self._places.remove(place)
                return None
            return place

    def grow(self, place: Place, size_bytes: int) -> bool:
        """Whether there is room for so much more of a body."""
        with self._lock:
            return self._grow(place, size_bytes)

    def end(self, place: Place) -> None:
        """Give a place back, if it is not yet."""
        with self._lock:
            if place not in self._places:
                return
            self._places.remove(place)
            self._taken_by_all -= place.size_bytes
            self._taken[place.sender] -= place.size_bytes
            if not self._taken[place.sender]:
                del self._taken[place.sender]

    def cut(self, now_s: float, stopped_s: float | None = None) -> None:
        """Wait no longer for what takes too long, and little longer once the server stopped; the senders are answered.

        To be called once a second.
        """
        is_stop_over = stopped_s is not None and stopped_s + WITHIN_AT_STOP_S <= now_s
        with self._lock:
            overdue = [place.coming for place in self._places if is_stop_over or place.until_s <= now_s]
        for coming in overdue:
            if coming is not None:
                coming.cancel()

    def _grow(self, place: Place, size_bytes: int) -> bool:
        of_all, of_one = self._taken_by_all + size_bytes, self._taken[place.sender] + size_bytes
        if place not in self._places or of_all > MOST_BYTES or of_one > self._of_one:
            return False
        self._taken_by_all, self._taken[place.sender] = of_all, of_one
        place.size_bytes += size_bytes
        return True
