"""Which version of the schema the database has."""

from __future__ import annotations

from sqlalchemy.orm import Session

from forum.doctor.report import Section
from forum.engines import schema_version


def schema(session: Session, newest: str) -> Section:
    """The version of the schema, which must be `newest`."""
    found = Section("Schema")
    version = schema_version(session.connection())
    found.say("version", version or "none")
    if version != newest:
        found.warn(
            f"The schema has version {version or 'none'} and this board needs {newest}: stop it, make a backup, and run"
            " `.venv/bin/flask db upgrade`."
        )
    return found
