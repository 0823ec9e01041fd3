"""How many rows PostgreSQL read for a statement, and which of them are more than any page shows."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

# PostgreSQL rightly walks through a few thousand rows rather than look thirty of them up: more is wrong on any board.
MOST_ROWS = 10_000
_REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


def plan(session: Session, statement: str, values: Sequence[Any]) -> Mapping[str, Any]:
    """What PostgreSQL does to answer, by the plan that it makes without the values, as the board has it make them; and
    how many rows it finds at each step.
    """
    from psycopg import ClientCursor  # noqa: PLC0415 - a board on a file has no need of it

    driver: Any = session.connection().connection.driver_connection
    places = itertools.count(1)
    numbered = re.sub("%s", lambda _: f"${next(places)}", statement).replace("%%", "%")
    given = f" ({', '.join(['%s'] * len(values))})" if values else ""
    driver.execute(f"PREPARE asked AS {numbered}")
    try:
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked{given}"
        ((found,),) = ClientCursor(driver).execute(explain.encode(), values)
        return found[0]["Plan"]
    finally:
        driver.execute("DEALLOCATE asked")


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
