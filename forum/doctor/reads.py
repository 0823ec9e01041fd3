"""How many rows PostgreSQL read for a statement, and which of them are more than any page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

# PostgreSQL rightly walks through a few thousand rows rather than look thirty of them up: more is wrong on any board.
MOST_ROWS = 10_000
_REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


def complaints(plan: Mapping[str, Any]) -> list[str]:
    """What a plan read more than MOST_ROWS of, as 'reads 12,000 rows of posts'.

    The shape of a plan tells less than SQLite's does, for PostgreSQL makes it by the sizes of tables. So it is one of
    EXPLAIN (ANALYZE, FORMAT JSON), which counts what was really read in whichever way. A lost index shows once
    its table has that many rows, and statistics that are missing or old often before.
    """
    n_rows: Counter[str] = Counter()
    for step in _steps(plan):
        if "Relation Name" in step:
            n_each = step["Actual Rows"] + sum(step.get(name, 0) for name in _REMOVED)
            n_rows[step["Relation Name"]] += round(n_each * step["Actual Loops"])
    return [f"reads {n:,} rows of {table}" for table, n in n_rows.items() if n > MOST_ROWS]


def _steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _steps(part)
