"""The whole examination, in the order in which it is told."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import DatabaseError, InternalError
from sqlalchemy.orm import Session

from forum.doctor import counters, guards, integrity, pages, server, storage, tables, trees, vacuum, versions
from forum.doctor.report import Section
from forum.settings import Settings


def examine(app: Flask, session: Session, *, is_thorough: bool) -> list[Section]:
    """Look at the database, in which nothing is changed. A few seconds; thoroughly, a minute a few gigabytes.

    With a schema of another version what it holds is left alone, for this version does not know it; and with indexes
    that are damaged, for what is read by them ends at once.
    """
    settings: Settings = app.config["SETTINGS"]
    needed = [versions.schema(session, app.config["SCHEMA_VERSION"])]
    found = [*_surroundings(session, settings), *needed]
    if is_thorough and settings.is_on_sqlite:
        found.append(integrity.check(session))
    elif is_thorough:
        needed.append(trees.check(session))
        found += [guards.check(session), needed[-1]]
    if any(section.warnings for section in needed):
        return found
    counted = tables.rows(session)
    found.append(tables.contents(session, counted, is_thorough=is_thorough))
    found.append(tables.statistics(session, counted) if settings.is_on_sqlite else vacuum.left(session))
    if is_thorough:
        found.append(counters.check(session))
    found.append(pages.costs(app, session, counted))
    return found


def unreadable(settings: Settings, fault: DatabaseError) -> str:
    """A sentence for whoever can't be told more, because the database does not answer."""
    name, why = settings.database_name, " ".join(str(fault.orig).split())
    if settings.is_on_sqlite:
        return f"The database {name} can't be read ({why}): stop the board and go back to the last backup."
    if isinstance(fault, InternalError):
        return (
            f"The database {name} is damaged ({why}): stop the board, and where an index is named make it anew by"
            " REINDEX in psql, else go back to the last backup."
        )
    return (
        f"The database {name} does not answer ({why}): look whether PostgreSQL runs there, and whether DATABASE_URL"
        " names a user who may read it."
    )


def _surroundings(session: Session, settings: Settings) -> list[Section]:
    if settings.is_on_sqlite:
        path = settings.database_path
        return [storage.files(session, path), storage.pragmas(session), storage.disk(path.parent)]
    return [server.running(session), server.connections(session), server.transactions(session)]
