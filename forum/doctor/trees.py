"""Whether the indexes of PostgreSQL are sound: what amcheck says, which comes with it."""

from __future__ import annotations

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.orm import Session

from forum.doctor.report import Section

_MAY = """SELECT coalesce(bool_or(pg_function_is_visible(oid) AND has_function_privilege(oid, 'EXECUTE')), false)
    FROM pg_proc WHERE proname = 'bt_index_check'"""
_TREES = """SELECT CAST(pg_class.oid AS regclass) FROM pg_class JOIN pg_am ON pg_am.oid = relam
    JOIN pg_index ON indexrelid = pg_class.oid
    WHERE amname = 'btree' AND indisvalid AND relnamespace = CAST(current_schema() AS regnamespace) ORDER BY 1"""


def check(session: Session) -> Section:
    """Read all indexes, about a second a gigabyte, and keep nobody from writing meanwhile.

    Tables are not read for this. Where the database has no amcheck nothing is: only a superuser may install it, so
    that it is not asked for.
    """
    found = Section("Indexes")
    if not session.scalar(sa.text(_MAY)):
        found.say("amcheck", "not to be had here, so nobody looked into the indexes")
        return found
    names = session.scalars(sa.text(_TREES)).all()
    damaged = {name: fault for name in names if (fault := _fault(session, name))}
    found.say(
        "amcheck",
        f"{len(damaged):,} of {len(names):,} are damaged" if damaged else f"{len(names):,} are sound",
    )
    for name, fault in damaged.items():
        found.warn(
            f"The index {name} is damaged ({fault}): run `REINDEX INDEX {name}` in psql, and look after the disk, and"
            " whether an upgrade of the system changed how texts are sorted."
        )
    return found


def _fault(session: Session, index: str) -> str:
    """What amcheck says against an index; empty where it is sound."""
    try:
        with session.begin_nested():
            session.execute(sa.text("SELECT bt_index_check(CAST(:name AS regclass))"), {"name": index})
    except sqlalchemy.exc.InternalError as fault:
        return str(fault.orig).splitlines()[0]
    return ""
