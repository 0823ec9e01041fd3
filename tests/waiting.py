"""Waiting for what other threads do, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60


def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so; fails when it is not so in a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)
