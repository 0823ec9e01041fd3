"""The threads that make what is not kept. Whoever was free last takes the next request, for what it needs is in the
caches still; a queue that wakes whoever has waited longest would go round all of them.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[], None]


class ThreadPool:
    """So many threads, all started at once, for to start one is to wait for it, and who hands in work waits for nobody.
    What comes while all are busy stands in line.
    """

    def __init__(self, size: int) -> None:
        """Raises RuntimeError where the system has not as many threads."""
        self._lock = threading.Lock()
        self._line: deque[Work] = deque()
        self._free = [_Thread(self._next) for _ in range(size)]
        for thread in self._free:
            threading.Thread(target=thread.serve, name="request", daemon=True).start()

    def run(self, work: Work) -> None:
        """Let a thread do it, some time soon."""
        with self._lock:
            if self._free:
                self._free.pop().begin(work)
            else:
                self._line.append(work)

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
            try:
                # Taken out and called at once, so that nothing of a request is kept while there is no other.
                self._given.pop()()
            except BaseException:
                # A thread that ends would be missed for good.
                log.exception("a request failed behind its answer")
            self._what_next(self)
