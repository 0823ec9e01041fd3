"""The table that lets an import be run again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Model


class Imported(Model):
    """What an import made: record `key` of `kind` in `source` became our row `local_id`."""

    __tablename__ = "imported"
    __table_args__ = ({"sqlite_with_rowid": False},)

    source: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    local_id: Mapped[int]
