"""Which version of the schema the database has."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section


def schema(session: Session, newest: str) -> Section:
    """The version of the schema, which must be `newest`."""
    found = Section("Schema")
    version = _version(session)
    found.say("version", version or "none")
    if version != newest:
        found.warn(
            f"The schema has version {version or 'none'} and this board needs {newest}: stop it, make a backup, and run"
            " `.venv/bin/flask db upgrade`."
        )
    return found


def _version(session: Session) -> str | None:
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.scalar(sa.text("SELECT version_num FROM alembic_version"))
