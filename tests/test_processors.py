"""Each worker gets a processor, and one of another core as long as there are any."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest

from forum import processors


@pytest.mark.parametrize(
    ("usable", "siblings", "order"),
    [
        ([0, 1, 2, 3], ["0", "1", "2", "3"], [0, 1, 2, 3]),
        ([0, 1, 2, 3], ["0-1", "0-1", "2-3", "2-3"], [0, 2, 1, 3]),
        ([3, 0, 1, 2], ["0,2", "1,3", "0,2", "1,3"], [3, 0, 1, 2]),
        ([2, 3, 0, 1], ["0-3"] * 4, [2, 3, 0, 1]),
        ([1, 0], [], [1, 0]),
    ],
)
def test_those_of_one_core_come_after_all_other_cores(tmp_path, usable, siblings, order):
    """As the system tells which are of one core; where it doesn't, each is taken to have its own."""
    for number, told in enumerate(siblings):
        (tmp_path / f"cpu{number}" / "topology").mkdir(parents=True)
        (tmp_path / f"cpu{number}" / "topology" / "thread_siblings_list").write_text(f"{told}\n")
    assert processors.spread(usable, partial(processors.core_of, topology=tmp_path)) == order


def test_more_workers_than_processors_share_them():
    usable = os.sched_getaffinity(0)
    for number in (1, len(usable), 2 * len(usable)):
        given = processors.for_workers(number)
        assert len(given) == number
        assert {given.count(one) for one in given} == {max(1, number // len(usable))}
        assert usable.issuperset(given)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_several_boards_begin_with_several_processors():
    assert len({processors.for_workers(1)[0] for _ in range(50)}) > 1


def test_only_what_the_process_may_use_is_given():
    """As where a container has some of the machine's, or the operator said so by taskset."""
    last = max(os.sched_getaffinity(0))
    program = (
        "import os; from forum import processors; "
        f"os.sched_setaffinity(0, {{{last}}}); print(processors.for_workers(2))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str([last, last])


def test_who_keeps_to_a_processor_interrupts_nobody_and_a_thread_may_leave_it():
    usable = os.sched_getaffinity(0)
    program = f"""
import os, threading
from forum import processors
def tell():
    print(len(os.sched_getaffinity(0)), os.sched_getscheduler(0) == os.SCHED_BATCH)
    processors.leave()
    print(sorted(os.sched_getaffinity(0)) == {sorted(usable)})
processors.leave()
print(len(os.sched_getaffinity(0)))
processors.keep_to({max(usable)})
thread = threading.Thread(target=tell)
thread.start()
thread.join()
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(len(usable)), "1", "True", "True"]


def test_a_processor_that_is_gone_is_no_reason_not_to_serve():
    program = """
import os
from forum import processors
before = os.sched_getaffinity(0)
processors.keep_to(1023)
print(os.sched_getaffinity(0) == before, os.sched_getscheduler(0) == os.SCHED_BATCH)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True"]
