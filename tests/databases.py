"""Where the boards under test are kept: in SQLite's files, or by a PostgreSQL of the tests' own."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa
from flask import Flask

from forum import newest_schema
from forum.drivers import kind_of
from forum.schema import Model
from forum.statements import NOTHING
from tests import postgres


class Databases(Protocol):
    """Makes a database for each application, and makes it empty again between tests."""

    def settings(self, *, is_bare: bool = False) -> dict[str, str]:
        """What an application is told that shall have a new database; a bare one has no tables for sure."""
        ...

    def remember(self, app: Flask) -> None:
        """Take what is in an application's database by now for an empty one."""
        ...

    def restore(self, app: Flask) -> None:
        """Make an application's database as empty as the one that was remembered."""
        ...


class Files:
    """Each board on a file of SQLite's in its data folder."""

    def __init__(self) -> None:
        self._fresh = sqlite3.connect(":memory:", check_same_thread=False)

    def settings(self, *, is_bare: bool = False) -> dict[str, str]:
        return {}

    def remember(self, app: Flask) -> None:
        with closing(sqlite3.connect(app.config["SETTINGS"].database_path)) as source:
            source.backup(self._fresh)

    def restore(self, app: Flask) -> None:
        with closing(sqlite3.connect(app.config["SETTINGS"].database_path)) as target:
            self._fresh.backup(target)


class Server:
    """Each board in a database of one server's."""

    def __init__(self, server: postgres.Server) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._fresh = ""

    def settings(self, *, is_bare: bool = False) -> dict[str, str]:
        name = f"board_{next(self._numbers)}"
        template = f" TEMPLATE {self._fresh}" if self._fresh and not is_bare else ""
        self._server.say(f"CREATE DATABASE {name}{template}")
        return {"DATABASE_URL": self._server.address(name)}

    def remember(self, app: Flask) -> None:
        """The others begin as copies of this one as it is now."""
        if not self._fresh:
            self._server.say(f"CREATE DATABASE fresh TEMPLATE {_name(app)}")
            self._fresh = "fresh"

    def restore(self, app: Flask) -> None:
        # To make it anew from its copy takes ten times as long.
        tables = [table.name for table in Model.metadata.sorted_tables]
        empty = "".join(f"DELETE FROM {table}; " for table in tables)
        # The keys begin with 1 again.
        begin = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'; "
        with psycopg.connect(app.config["SETTINGS"].database_address, autocommit=True) as connection:
            connection.execute(
                f"BEGIN; SET LOCAL session_replication_role = replica; {empty} {begin}"
                "INSERT INTO page_versions (topic, version) VALUES ('clock', 0); "
                "DELETE FROM alembic_version; "
                f"INSERT INTO alembic_version (version_num) VALUES ('{newest_schema()}'); COMMIT".encode()
            )
        app.extensions["watch"].wrote()


@contextmanager
def running(kind: str) -> Generator[Databases]:
    """`sqlite` or `postgresql`."""
    if kind == "sqlite":
        yield Files()
    else:
        with postgres.running() as server:
            yield Server(server)


class Elsewhere:
    """Another program that is connected to an application's database; without `begin` it commits each statement."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def say(self, sql: str, values: Mapping[str, Any] = NOTHING) -> sa.CursorResult[Any]:
        return self._connection.execute(sa.text(sql), values)

    def begin(self) -> None:
        """Write as the application does, alone; until COMMIT or ROLLBACK is said."""
        for sql in kind_of(self._connection.engine).change.split("; "):
            self.say(sql)

    @contextmanager
    def without_references(self) -> Generator[None]:
        """Let rows be taken away to which others point, as SQLite does for whoever does not ask for more."""
        if self._connection.dialect.name == "sqlite":
            yield
            return
        # As a replica PostgreSQL does not look after references, nor do triggers run but for those that always do.
        ours = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal"
        triggers = [tuple(row) for row in self.say(ours)]
        for table, trigger in triggers:
            self.say(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
        self.say("SET session_replication_role = replica")
        yield
        for table, trigger in triggers:
            self.say(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

    @contextmanager
    def unguarded(self, table: str, trigger: str) -> Generator[None]:
        """Let something be written that a trigger refuses. A file has it again when it is restored."""
        if self._connection.dialect.name == "sqlite":
            self.say(f"DROP TRIGGER {trigger}")
            yield
        else:
            self.say(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            yield
            self.say(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


@contextmanager
def elsewhere(app: Flask) -> Generator[Elsewhere]:
    url = app.config["SETTINGS"].database_url
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield Elsewhere(connection)


def _name(app: Flask) -> str:
    return sa.make_url(app.config["SETTINGS"].database_url).database or ""
