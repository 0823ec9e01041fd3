"""Whether all that guards the rows in PostgreSQL is switched on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section


class _Guard(NamedTuple):
    """A kind of guard: the query of all, with the table's oid, a name and whether it works, and what to do if not."""

    query: str
    advice: str


_GUARDS: Mapping[str, _Guard] = MappingProxyType(
    {
        "indexes": _Guard(
            "SELECT indrelid, CAST(CAST(indexrelid AS regclass) AS text), indisvalid AND indisready FROM pg_index",
            "No page uses {names} of {place}, for making it was broken off: run `REINDEX TABLE {place}` in psql, and"
            " drop what ends in _ccnew.",
        ),
        "constraints": _Guard(
            "SELECT conrelid, conname, convalidated FROM pg_constraint",
            "Rows of {place} may break {names}, which was never tried on them: run `ALTER TABLE {place} VALIDATE"
            " CONSTRAINT` with its name in psql.",
        ),
        # Foreign keys are kept by triggers too.
        "triggers": _Guard(
            "SELECT tgrelid, tgname, tgenabled IN ('O', 'A') FROM pg_trigger",
            "{place} goes without {names}, which somebody switched off: run `ALTER TABLE {place} ENABLE TRIGGER ALL` in"
            " psql as a superuser, and find out what was written meanwhile.",
        ),
    }
)


def check(session: Session) -> Section:
    """Whether each index, constraint and trigger that is there works; a warning for each table where one does not.

    One that was dropped is not missed here: the migrations make them, and nobody else knows of all.

    References are not followed once more: where their triggers work and are valid, PostgreSQL has kept them right.
    """
    found = Section("Guards")
    for kind, guard in _GUARDS.items():
        _say_guards(session, found, kind, guard)
    return found


def _say_guards(session: Session, found: Section, kind: str, guard: _Guard) -> None:
    query = f"""SELECT CAST(place AS regclass) AS place, count(*) AS n_all,
            count(*) FILTER (WHERE NOT works) AS n_idle,
            string_agg(name, ', ' ORDER BY name) FILTER (WHERE NOT works) AS names
        FROM ({guard.query}) AS guard (place, name, works) JOIN pg_class ON oid = place
        WHERE relnamespace = CAST(current_schema() AS regnamespace) GROUP BY place ORDER BY place"""  # noqa: S608 - ours
    rows = session.execute(sa.text(query)).all()
    n_idle = sum(row.n_idle for row in rows)
    found.say(kind, f"{n_idle:,} of {sum(row.n_all for row in rows):,} do not work" if n_idle else "all work")
    for row in rows:
        if row.n_idle:
            found.warn(guard.advice.format(names=row.names, place=row.place))
