"""How PostgreSQL runs the database: by which settings, for how many, and who keeps whom waiting."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section, size
from forum.drivers import WRITERS_LOCK

# What each of these, where it is off, lets a power cut do.
RISKS = {
    "fsync": "damage the whole database",
    "full_page_writes": "leave pages of it half written",
    "synchronous_commit": "take back what was answered as done",
}
# Whoever comes once all are in use is refused, so there must be time to do something.
MOST_IN_USE_SHARE = 0.9
# A page or a reply is over in milliseconds. A transaction of a minute is a shell that was left, or a backup.
LONGEST_S = 60.0
_CONNECTIONS = """SELECT count(*) AS n_used, count(*) FILTER (WHERE datname = current_database()) AS n_ours,
        CAST(current_setting('max_connections') AS int) - CAST(current_setting('superuser_reserved_connections') AS int)
            - CAST(coalesce(current_setting('reserved_connections', true), '0') AS int) AS n_all
    FROM pg_stat_activity
    WHERE datname IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'"""
# Of other users' connections the server tells only that they are there, unless one may see all.
_OTHERS = """SELECT pid, usename, application_name, coalesce(state, '') AS state,
        CAST(extract(epoch FROM clock_timestamp() - xact_start) AS float) AS age_s
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND coalesce(backend_type, 'client backend') = 'client backend' ORDER BY xact_start"""
# A lock's number is shown in two halves.
_WRITER = """SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 1 AND granted
        AND CAST(classid AS bigint) << 32 | CAST(objid AS bigint) = :lock"""


def running(session: Session) -> Section:
    """Version, encoding, size, and the settings on which it rests that what is committed stays."""
    found = Section(f"PostgreSQL {_scalar(session, 'SHOW server_version').split()[0]}")
    found.say("encoding", _scalar(session, "SHOW server_encoding"))
    found.say("size", size(_scalar(session, "SELECT pg_database_size(current_database())")))
    _say_risks(session, found)
    return found


def connections(session: Session) -> Section:
    """How many of the server's connections are in use, of those that are not kept for superusers."""
    found = Section("Connections")
    known = session.execute(sa.text(_CONNECTIONS)).one()
    found.say("in use", f"{known.n_used:,} of {known.n_all:,}, {known.n_ours:,} of them by this database")
    if known.n_used >= MOST_IN_USE_SHARE * known.n_all:
        found.warn(
            f"{known.n_used:,} of {known.n_all:,} connections are in use, and whoever finds none is refused: look in"
            " pg_stat_activity for who has them, let fewer processes serve (WEB_CONCURRENCY), or set max_connections"
            " higher and start PostgreSQL anew."
        )
    return found


def transactions(session: Session, longest_s: float = LONGEST_S) -> Section:
    """What others are at in this database; a warning for each transaction that is older than `longest_s`."""
    found = Section("Transactions of others")
    others = session.execute(sa.text(_OTHERS)).all()
    known = [row for row in others if row.age_s is not None]
    writer = session.scalar(sa.text(_WRITER), {"lock": WRITERS_LOCK})
    found.say("open", f"{len(known):,}, the oldest for {known[0].age_s:,.1f} s" if known else "none")
    found.say("the writers' lock", f"held by process {writer}" if writer else "free")
    if n_hidden := sum(not row.state for row in others):
        found.say(
            "not known", f"of {n_hidden:,} connections: other users', which only pg_read_all_stats may see"
        )
    for row in known:
        if row.age_s > longest_s:
            found.warn(_too_long(row, is_writer=row.pid == writer))
    return found


def _say_risks(session: Session, found: Section) -> None:
    query = sa.text("SELECT name, setting, source FROM pg_settings WHERE name = ANY(:names)")
    known = {row.name: row for row in session.execute(query, {"names": list(RISKS)})}
    for name, risk in RISKS.items():
        found.say(name, known[name].setting)
        if known[name].setting == "off":
            found.warn(
                f"PostgreSQL runs with {name} = off, so that a power cut may {risk}: turn it on where it was turned off"
                f" (by {known[name].source}), let the server load that, and start the board anew."
            )


def _too_long(row: Any, *, is_writer: bool) -> str:
    harm = "keeps all writers waiting" if is_writer else "keeps dead rows from being cleared away"
    who = f"Process {row.pid} ({row.application_name or 'unnamed'}, user {row.usename}, {row.state})"
    return (
        f"{who} has had a transaction open for {row.age_s:,.0f} s, which {harm}: unless it is a backup or a migration,"
        f" end it by `SELECT pg_terminate_backend({row.pid})` in psql."
    )


def _scalar(session: Session, query: str) -> Any:
    return session.scalar(sa.text(query))
