"""A place of bounded size for what was made once and is asked for again."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Keeps values up to a number of bytes; for a new one those go first that nobody asked for lately.

    Each value has a second chance: when its turn to go comes and somebody asked for it since, it goes to the end of
    the line instead. So a look costs no reordering and no lock.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._values: dict[Hashable, T] = {}
        self._sizes: dict[Hashable, int] = {}
        self._asked: set[Hashable] = set()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> T | None:
        """The value that is kept under `key`, if it is still there."""
        value = self._values.get(key)
        if value is not None:
            self._asked.add(key)
        return value

    def put(self, key: Hashable, value: T, size_bytes: int) -> None:
        """Keep `value`, in place of what was there; one larger than a tenth of the shelf would crowd out too much."""
        with self._lock:
            self._remove(key)
            if size_bytes * 10 > self._most_bytes:
                return
            self._values[key] = value
            self._sizes[key] = size_bytes
            self.bytes += size_bytes
            self._make_room()

    def remove(self, key: Hashable, value: T) -> None:
        """Forget `value`, unless another one has taken its place."""
        with self._lock:
            if self._values.get(key) is value:
                self._remove(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for key in list(self._values):
                self._remove(key)

    def _make_room(self) -> None:
        while self.bytes > self._most_bytes:
            key = next(iter(self._values))
            if key in self._asked:
                self._asked.discard(key)
                self._values[key] = self._values.pop(key)
            else:
                self._remove(key)

    def _remove(self, key: Hashable) -> None:
        if self._values.pop(key, None) is not None:
            self.bytes -= self._sizes.pop(key)
        self._asked.discard(key)
