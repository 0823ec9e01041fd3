"""How the drivers of SQLite and PostgreSQL differ, for what runs below SQLAlchemy's sessions.

Both give connections that begin nothing by themselves (`isolation_level = None`, `autocommit = True`): where a
transaction begins and how is ours to say.
"""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa

# A number of our own among those by which programs that share a database of PostgreSQL lock what they please.
WRITERS_LOCK = int.from_bytes(b"engawa")


class Kind(Protocol):
    """A kind of database: the words that begin a transaction, and what its driver knows of a connection."""

    snapshot: str
    """Begins one that reads what is committed at the moment of its first statement."""

    change: str
    """Begins one that may write, alone: it waits for whoever is writing, and what it reads is what they left."""

    def end_snapshot(self, driver: Any) -> None:
        """End what `snapshot` began."""
        ...

    def is_open(self, driver: Any) -> bool:
        """Whether a transaction stands on this connection, and can be committed."""
        ...

    def is_lost(self, driver: Any) -> bool:
        """Whether this connection leads nowhere any more."""
        ...

    def conceal(self, fault: BaseException) -> None:
        """Let a fault of the driver's no longer tell the values that it is about: what somebody wrote must not stand in
        the log.
        """
        ...


class _Sqlite:
    snapshot = "BEGIN DEFERRED"
    change = "BEGIN IMMEDIATE"

    def end_snapshot(self, driver: Any) -> None:
        driver.rollback()

    def is_open(self, driver: Any) -> bool:
        # On a full disk, for one, SQLite takes a transaction back by itself.
        return driver.in_transaction

    def is_lost(self, driver: Any) -> bool:
        return False

    def conceal(self, fault: BaseException) -> None:
        """SQLite names columns only."""


class _Postgres:
    snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    # In the other isolation each statement reads what is committed by then. Behind the lock nobody else commits, so
    # that all of them read the same; a snapshot could not be taken but before it.
    change = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITERS_LOCK})"

    def end_snapshot(self, driver: Any) -> None:
        # With a rollback the driver forgets all statements that it has prepared, and there is nothing to be taken back.
        driver.commit()

    def is_open(self, driver: Any) -> bool:
        return driver.info.transaction_status == driver.info.transaction_status.INTRANS

    def is_lost(self, driver: Any) -> bool:
        return driver.closed

    def conceal(self, fault: BaseException) -> None:
        # In its details PostgreSQL tells the whole row.
        said = getattr(getattr(fault, "diag", None), "message_primary", None)
        if said:
            fault.args = (said,)


_KINDS: dict[str, Kind] = {"sqlite": _Sqlite(), "postgresql": _Postgres()}


def kind_of(engine: sa.Engine) -> Kind:
    """The kind of database that an engine leads to."""
    return _KINDS[engine.dialect.name]
