"""What the database holds: rows and bytes of each table, and the planner's statistics."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.orm import Session

from forum.doctor.report import Section, size
from forum.schema import Model

# Up to here all pages are read in a second or so; a larger database is measured when thoroughness is asked for.
MEASURED_BYTES = 256 * 1024 * 1024
# Statistics that are ten times off may turn a plan; SQLite's own advice is to renew them at twenty-five.
STALE_FACTOR = 10
# Of a smaller table it does not matter how it is read.
SMALL_ROWS = 1000


def rows(session: Session) -> dict[str, int]:
    """How many rows each table of the board has; a statement for each, which walks through it or an index."""
    return {
        table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Model.metadata.sorted_tables
    }


def contents(session: Session, counted: Mapping[str, int], *, is_thorough: bool) -> Section:
    """The tables with their rows and, when they can be had, the bytes of each table and of its indexes."""
    found = Section("Tables")
    n_bytes = _bytes(session, is_thorough=is_thorough)
    filled = {name: n_rows for name, n_rows in counted.items() if n_rows}
    for name, n_rows in sorted(filled.items(), key=lambda pair: -pair[1]):
        own, indexes = n_bytes.get(name, (0, {}))
        weighs = f"  {size(own):>10}" if n_bytes else ""
        found.say(name, f"{n_rows:>12,} rows{weighs}")
        for index, index_bytes in sorted(indexes.items()):
            found.say(f"  {index}", f"{'':17}  {size(index_bytes):>10}")
    found.say("others", f"{len(counted) - len(filled):>12,} tables without a row")
    if not n_bytes:
        found.say("bytes", _why_no_bytes(session, is_thorough=is_thorough))
    return found


def statistics(session: Session, counted: Mapping[str, int]) -> Section:
    """The planner's statistics, which the board neither takes nor needs, and whether they tell what is no longer so."""
    found = Section("Statistics for the planner")
    known = _statistics(session)
    if not known:
        found.say("taken", "never: the plans rest on the indexes alone, as on every board")
        return found
    large = {table: n_rows for table, n_rows in counted.items() if n_rows >= SMALL_ROWS}
    for table, n_rows in large.items():
        found.say(table, f"taken at about {known.get(table, 0):,} rows, and now there are {n_rows:,}")
    if any(
        not n_rows / STALE_FACTOR < known.get(table, 0) < n_rows * STALE_FACTOR
        for table, n_rows in large.items()
    ):
        found.warn(
            "The planner's statistics are of another time: run `DROP TABLE sqlite_stat1` in the sqlite3 shell."
        )
    return found


def _bytes(session: Session, *, is_thorough: bool) -> dict[str, tuple[int, dict[str, int]]]:
    """The bytes of each table, and of each of its indexes; {} when they can't be had, or not for so little."""
    if session.get_bind().dialect.name == "postgresql":
        return _bytes_by_server(session)
    is_measured = is_thorough or _database_bytes(session) <= MEASURED_BYTES
    return _bytes_in_file(session) if is_measured else {}


def _bytes_by_server(session: Session) -> dict[str, tuple[int, dict[str, int]]]:
    """A table's own are with what is kept beside it, such as long texts. The server looks at its files' sizes only."""
    query = """SELECT owner.relname, pg_table_size(owner.oid), part.relname, pg_relation_size(part.oid)
        FROM pg_class owner LEFT JOIN pg_index ON indrelid = owner.oid LEFT JOIN pg_class part ON part.oid = indexrelid
        WHERE owner.relkind = 'r' AND owner.relnamespace = CAST(current_schema() AS regnamespace)"""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for table, own, index, index_bytes in session.execute(sa.text(query)):
        _, indexes = found.setdefault(table, (own, {}))
        if index:
            indexes[index] = index_bytes
    return found


def _bytes_in_file(session: Session) -> dict[str, tuple[int, dict[str, int]]]:
    """From SQLite's own table of them, where it was built with that; reads the whole file."""
    query = """SELECT s.tbl_name, s.type, s.name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
        GROUP BY s.name"""
    try:
        parts = session.execute(sa.text(query)).all()
    except sqlalchemy.exc.OperationalError:
        session.rollback()
        return {}
    own = {table: n_bytes for table, kind, _, n_bytes in parts if kind == "table"}
    return {
        table: (n_bytes, {name: more for of, kind, name, more in parts if of == table and kind == "index"})
        for table, n_bytes in own.items()
    }


def _why_no_bytes(session: Session, *, is_thorough: bool) -> str:
    if is_thorough or _database_bytes(session) <= MEASURED_BYTES:
        return "not known, because this SQLite was built without dbstat"
    return "told with --check, which reads the whole file"


def _database_bytes(session: Session) -> int:
    sizes = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return session.scalar(sa.text(sizes)) or 0


def _statistics(session: Session) -> dict[str, int]:
    """How many rows each table had when its statistics were taken."""
    try:
        lines = session.execute(sa.text("SELECT tbl, stat FROM sqlite_stat1")).all()
    except sqlalchemy.exc.OperationalError:
        session.rollback()
        return {}
    return {table: int(stat.split()[0]) for table, stat in lines}
