"""On which processor a worker runs, and how it shares that with itself.

Of a worker's threads one at a time holds the interpreter's lock. On another processor than the one before, where the
system likes to wake the next one, it finds nothing in the caches and waits longer for the lock. So each worker keeps to
one processor, and its threads do not take that from one another; `WEB_CONCURRENCY` is how to use several.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

TOPOLOGY = Path("/sys/devices/system/cpu")


def for_workers(number: int) -> list[int]:
    """A processor for each worker, from those on which this process may run.

    On different cores as far as there are any. The first comes by chance, since several boards on one machine know
    nothing of each other.
    """
    try:
        usable = sorted(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        # Where the system can't say, it is not told either.
        return [0] * number
    first = random.randrange(len(usable))  # noqa: S311 - no secret hangs on it
    order = spread(usable[first:] + usable[:first], core_of)
    return [order[worker % len(order)] for worker in range(number)]


def spread(processors: Sequence[int], core: Callable[[int], object]) -> list[int]:
    """Processors in the order in which they are to be used: first one of each core, since two of one core are no
    quicker together than one and a half.
    """
    met: Counter[object] = Counter()
    rank: dict[int, int] = {}
    for processor in processors:
        of = core(processor)
        rank[processor] = met[of]
        met[of] += 1
    return sorted(processors, key=rank.__getitem__)


def core_of(processor: int, topology: Path = TOPOLOGY) -> object:
    """What is the same for the processors of one core, and for no others; where the system doesn't say each has one."""
    try:
        return (topology / f"cpu{processor}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return processor


def keep_to(processor: int) -> None:
    """Let this thread, and all that it starts from now on, run on that one alone, if it is still to be had; and let
    none of them interrupt another one when it is woken (SCHED_BATCH), which granian's do for each single request.
    """
    with suppress(AttributeError, OSError):
        _all.update(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processor})
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def leave() -> None:
    """Let this thread run as its process did before it was told to keep to one processor, and wherever that could."""
    if _all:
        with suppress(OSError):
            os.sched_setaffinity(0, _all)
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


_all: set[int] = set()
