"""What PostgreSQL has still to clear away: rows that nobody sees any more, and old transactions' numbers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section

# Above this, and more than live ones, they cost disk and time: autovacuum comes at a fifth of the live ones.
MOST_DEAD_ROWS = 10_000
# Numbers of transactions go round at two thousand million. Autovacuum begins at 200 million to free old ones.
OLDEST_AGE = 1_500_000_000
_AGES = {"transaction ids": "age(datfrozenxid)", "multixact ids": "mxid_age(datminmxid)"}


def left(session: Session, most_dead_rows: int = MOST_DEAD_ROWS, oldest_age: int = OLDEST_AGE) -> Section:
    """Dead rows, as far as the server's statistics know, and the age of numbers; a warning above each limit."""
    found = Section("Vacuum")
    autovacuum = session.scalar(sa.text("SHOW autovacuum"))
    found.say("autovacuum", autovacuum)
    if autovacuum == "off":
        found.warn(
            "Nobody clears dead rows away, for autovacuum is off: turn it on in postgresql.conf, and let the server"
            " load that by `SELECT pg_reload_conf()` in psql."
        )
    _say_dead(session, found, most_dead_rows)
    for name, age in _AGES.items():
        _say_age(session, found, name, age, oldest_age)
    return found


def _say_dead(session: Session, found: Section, most: int) -> None:
    query = """SELECT relname, n_dead_tup, n_live_tup FROM pg_stat_user_tables WHERE schemaname = current_schema()
        ORDER BY n_dead_tup DESC"""
    rows = session.execute(sa.text(query)).all()
    n_dead = sum(row.n_dead_tup for row in rows)
    worst = f", {rows[0].n_dead_tup:,} of them in {rows[0].relname}" if n_dead else ""
    found.say("dead rows", f"about {n_dead:,}{worst}")
    for row in rows:
        if row.n_dead_tup > max(most, row.n_live_tup):
            found.warn(
                f"{row.relname} has about {row.n_dead_tup:,} dead rows and {row.n_live_tup:,} live ones, for autovacuum"
                f" does not keep up: run `VACUUM ANALYZE {row.relname}` in psql, and look for a transaction that stays"
                " open."
            )


def _say_age(session: Session, found: Section, name: str, age: str, oldest: int) -> None:
    # The server stops for all of its databases when one of them has rows that are too old.
    query = f"SELECT datname, {age} AS age FROM pg_database ORDER BY age DESC LIMIT 1"  # noqa: S608 - of _AGES
    row = session.execute(sa.text(query)).one()
    found.say(name, f"{row.age:,} since the oldest row was frozen, in {row.datname}")
    if row.age > oldest:
        found.warn(
            f"{row.age:,} {name} were given since the oldest row in {row.datname} was frozen, and at 2,000,000,000"
            f" PostgreSQL stops writing: run `vacuumdb --freeze {row.datname}` as its superuser, and look for a"
            " transaction that stays open."
        )
