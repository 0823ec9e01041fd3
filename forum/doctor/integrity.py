"""Whether the file is sound: SQLite's own checks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section

SOUND = "ok"


def check(session: Session) -> Section:
    """Read the whole file and all references; about a second a gigabyte, more from a slow disk."""
    found = Section("File")
    faults = session.scalars(sa.text("PRAGMA quick_check(5)")).all()
    found.say("quick_check", "; ".join(faults))
    if list(faults) != [SOUND]:
        found.warn(
            "The database file is damaged: stop the board, keep a copy of the file, and go back to the last backup."
        )
    lost = session.execute(sa.text("PRAGMA foreign_key_check")).all()
    found.say("foreign_key_check", f"{len(lost):,} rows point to nothing" if lost else SOUND)
    if lost:
        tables = ", ".join(sorted({row[0] for row in lost}))
        found.warn(
            f"{len(lost):,} rows in {tables} point to rows that are gone: somebody wrote without foreign keys, so go"
            " back to a backup from before that."
        )
    return found
