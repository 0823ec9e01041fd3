"""What a server takes, as Linux counts it: processor time and memory of a process and of all that descend from it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def tree(root: int) -> list[int]:
    """The numbers of a process and of its descendants that are alive, the process first."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    return list(_descent(root, children))


def processor_s(root: int) -> float:
    """Seconds of processor time that the tree has taken since it started, in steps of a hundredth.

    The time of children that ended is part of it, so that it never falls when a worker is replaced.
    """
    return sum(_ticks(number) for number in tree(root)) / TICKS_A_SECOND


def pss_mib(root: int) -> float:
    """Memory of the tree in MiB; what several processes share is divided among them (proportional set size)."""
    return sum(_pss_kib(number) for number in tree(root)) / 1024


def _descent(number: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield number
    for child in children.get(number, ()):
        yield from _descent(child, children)


def _ticks(number: int) -> int:
    # utime, stime, cutime and cstime, the 14th to 17th field of the line, of which two are cut off here.
    fields = _stat(number)
    return sum(map(int, fields[11:15])) if fields else 0


def _stat(number: int) -> list[str]:
    """The fields behind the program's name, which may itself hold spaces and brackets; none of an ended process."""
    try:
        return (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pss_kib(number: int) -> int:
    try:
        found = PSS.search((PROC / str(number) / "smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) if found else 0
