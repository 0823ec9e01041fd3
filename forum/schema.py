"""What every table shares. SQLAlchemy only, so that models can be read and tested without Flask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Model(DeclarativeBase):
    """The base of all tables. Every constraint gets a predictable name, so that migrations can drop it."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + value * MICROSECOND


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment as microseconds since 1970 in UTC: 8 bytes, sorted by the database as time is.

    SQLite has no type for moments, and text such as '2026-11-22 …' loses the time zone.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """What the decorator would wrap in a second call for each value."""
        return _moment


def one_of(column: str, values: Iterable[StrEnum | str], name: str | None = None) -> sa.CheckConstraint:
    """A named CHECK that `column` holds one of `values` (or NULL, which SQL lets pass)."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=name or column)
