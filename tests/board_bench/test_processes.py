"""Processor time and memory of a real process and its child are read as Linux counts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tools.board_bench import processes

pytestmark = pytest.mark.skipif(not processes.PROC.exists(), reason="there is no /proc here")

# A parent that does nothing, and a child that takes 40 MiB and 0.3 s of processor time, then waits.
CHILD = """
import time
held = b"x" * (40 << 20)
while time.process_time() < 0.3:
    pass
print("ready", flush=True)
input()
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


@contextmanager
def family() -> Generator[int]:
    """The number of a process whose child has done its work."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.stdin.write(b"\n")


def test_a_child_counts_with_its_parent():
    with family() as parent:
        found = processes.tree(parent)
        assert (found[0], len(found)) == (parent, 2)
        # Of ticks, there would be a hundred times as many.
        assert 0.25 < processes.processor_s(parent) < 25
        assert 40 < processes.pss_mib(parent) < 400


def test_a_process_that_ended_takes_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert processes.processor_s(process.pid) == 0
    assert processes.pss_mib(process.pid) == 0


def test_its_own_process_is_in_nobody_elses_tree():
    with family() as parent:
        assert os.getpid() not in processes.tree(parent)
        assert parent in processes.tree(os.getpid())
