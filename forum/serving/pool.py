"""The threads that make what is not kept. Whoever was free last takes the next request, for what it needs is in the
caches still; a queue that wakes whoever has waited longest would go round all of them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

Work: TypeAlias = Callable[[], None]
"""Must not raise: a thread that ends is missed for good."""


class ThreadPool:
    """At most `most` threads, each started when all before it are busy; what comes when all are stands in line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._started = 0
        self._free: list[_Thread] = []
        self._line: deque[Work] = deque()

    def run(self, work: Work) -> None:
        """Let a thread do it, some time soon. Raises RuntimeError where the system has none for the first of them."""
        with self._lock:
            if self._free:
                self._free.pop().begin(work)
            elif self._started == self._most:
                self._line.append(work)
            else:
                self._start(work)

    def _start(self, work: Work) -> None:
        thread = _Thread(self._next)
        thread.begin(work)
        try:
            threading.Thread(target=thread.serve, name="request", daemon=True).start()
        except RuntimeError:
            if not self._started:
                raise
            # Those that are there will come to it.
            self._line.append(work)
        else:
            self._started += 1

    def _next(self, thread: _Thread) -> None:
        with self._lock:
            if self._line:
                thread.begin(self._line.popleft())
            else:
                self._free.append(thread)


class _Thread:
    """One that works, asks `what_next`, and sleeps until it is told to begin."""

    def __init__(self, what_next: Callable[[_Thread], None]) -> None:
        self._what_next = what_next
        self._given: list[Work] = []
        self._may_begin = threading.Lock()
        self._may_begin.acquire()

    def begin(self, work: Work) -> None:
        self._given.append(work)
        self._may_begin.release()

    def serve(self) -> None:
        while True:
            self._may_begin.acquire()
            # Taken out and called at once, so that nothing of a request is kept while there is no other.
            self._given.pop()()
            self._what_next(self)
