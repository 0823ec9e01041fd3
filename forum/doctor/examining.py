"""The whole examination, in the order in which it is told."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from forum.doctor import counters, integrity, pages, storage, tables
from forum.doctor.report import Section


def examine(app: Flask, session: Session, path: Path, *, is_thorough: bool) -> list[Section]:
    """Look at the database at `path`, in which nothing is changed. A few seconds; thoroughly, a minute a few gigabytes.

    With a schema of another version what it holds is left alone, for this version does not know it.
    """
    schema = storage.schema(session, app.config["SCHEMA_VERSION"])
    found = [storage.files(session, path), storage.pragmas(session), storage.disk(path.parent), schema]
    if is_thorough:
        found.append(integrity.check(session))
    if schema.warnings:
        return found
    counted = tables.rows(session)
    found.append(tables.contents(session, counted, is_thorough=is_thorough))
    found.append(tables.statistics(session, counted))
    if is_thorough:
        found.append(counters.check(session))
    found.append(pages.costs(app, session, counted))
    return found
