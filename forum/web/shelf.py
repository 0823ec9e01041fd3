"""A place of bounded size for what was made once and is asked for again."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Place(Generic[T]):
    value: T
    size_bytes: int
    is_asked_for: bool = False


class Shelf(Generic[T]):
    """Keeps values up to a number of bytes; for a new one those go first that nobody asked for lately.

    Each value has a second chance: when its turn to go comes and somebody asked for it since, it goes to the end of
    the line instead. So a look costs no reordering and no lock.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._places: dict[Hashable, _Place[T]] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._places)

    def get(self, key: Hashable) -> T | None:
        """The value that is kept under `key`, if it is still there."""
        place = self._places.get(key)
        if place is None:
            return None
        place.is_asked_for = True
        return place.value

    def put(self, key: Hashable, value: T, size_bytes: int) -> None:
        """Keep `value`, in place of what was there; one larger than a tenth of the shelf would crowd out too much."""
        with self._lock:
            self._remove(key)
            if size_bytes * 10 > self._most_bytes:
                return
            self._places[key] = _Place(value, size_bytes)
            self.bytes += size_bytes
            self._make_room()

    def remove(self, key: Hashable, value: T) -> None:
        """Forget `value`, unless another one has taken its place."""
        with self._lock:
            place = self._places.get(key)
            if place is not None and place.value is value:
                self._remove(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for key in list(self._places):
                self._remove(key)

    def _make_room(self) -> None:
        while self.bytes > self._most_bytes:
            key, place = next(iter(self._places.items()))
            if place.is_asked_for:
                place.is_asked_for = False
                self._places[key] = self._places.pop(key)
            else:
                self._remove(key)

    def _remove(self, key: Hashable) -> None:
        place = self._places.pop(key, None)
        if place is not None:
            self.bytes -= place.size_bytes
