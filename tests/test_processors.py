"""Each worker gets a processor, and one of another core as long as there are any."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from forum.serving import processors


@pytest.mark.parametrize(
    ("usable", "cores", "order"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]),
        ([0, 1, 2, 3], [0, 0, 1, 1], [0, 2, 1, 3]),
        ([3, 0, 1, 2], [0, 1, 0, 1], [3, 0, 1, 2]),
        ([5], {5: 0}, [5]),
        ([2, 3, 0, 1], ["a", "a", "a", "a"], [2, 3, 0, 1]),
    ],
)
def test_those_of_one_core_come_after_all_other_cores(usable, cores, order):
    assert processors.spread(usable, cores.__getitem__) == order


def test_more_workers_than_processors_share_them():
    usable = os.sched_getaffinity(0)
    for number in (1, len(usable), 2 * len(usable)):
        given = processors.for_workers(number)
        assert len(given) == number
        assert {given.count(one) for one in given} == {max(1, number // len(usable))}
        assert usable.issuperset(given)


def test_only_what_the_process_may_use_is_given():
    """As where a container has some of the machine's, or the operator said so by taskset."""
    [last] = sorted(os.sched_getaffinity(0))[-1:]
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(last=last)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == f"[{last},{last}]"


PROGRAM = """
import os
from forum.serving import processors
os.sched_setaffinity(0, {{{last}}})
print(str(processors.for_workers(2)).replace(" ", ""))
"""
