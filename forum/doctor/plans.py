"""How SQLite is going to find what a statement asks for, and what of it grows with the board."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

_LOOP = re.compile(r"(SCAN|SEARCH) (\w+)")
_ALIAS = re.compile(r"(?:FROM|JOIN) (\w+) AS (\w+)")
# Few rows are looked up one by one, whatever table they are in.
_FEW = "FOR IN-OPERATOR"
_MADE_FOR_ONCE = " AUTOMATIC "


class Step(NamedTuple):
    """A line of EXPLAIN QUERY PLAN; steps of one parent belong together, the outermost loop first."""

    id: int
    parent: int
    unused: int
    detail: str


def complaints(statement: str, plan: Sequence[Step], large: Collection[str]) -> list[str]:
    """What a plan does that costs more the larger the tables `large` are, as 'walks through all of posts'."""
    named = {alias: table for table, alias in _ALIAS.findall(statement)}
    return [*_walks(plan, named, large), *_sorts(plan, named, large)]


def _walks(plan: Sequence[Step], named: dict[str, str], large: Collection[str]) -> list[str]:
    """An index that SQLite makes for one answer is made of all rows."""
    loops = [loop for step in plan if (loop := _LOOP.match(step.detail))]
    walked = [
        named.get(loop[2], loop[2]) for loop in loops if loop[1] == "SCAN" or _MADE_FOR_ONCE in loop.string
    ]
    return [f"walks through all of {table}" for table in walked if table in large]


def _sorts(plan: Sequence[Step], named: dict[str, str], large: Collection[str]) -> list[str]:
    """What is sorted is as long as the outermost loop, whose table decides."""
    found: list[str] = []
    for step in plan:
        if not step.detail.startswith("USE TEMP B-TREE"):
            continue
        around = [other.detail for other in plan if other.parent == step.parent]
        loops = [loop[2] for detail in around if (loop := _LOOP.match(detail))]
        table = named.get(loops[0], loops[0]) if loops else ""
        if table in large and not any(_FEW in detail for detail in around):
            found.append(f"sorts what it finds in {table}")
    return found
