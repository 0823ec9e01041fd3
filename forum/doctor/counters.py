"""The counters that the board keeps, against a recount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.doctor.report import Section
from forum.schema import Model
from forum.sql import greatest
from forum.threads.models import Board, Post, Status, Thread


@dataclass(frozen=True, slots=True)
class Counter:
    """A column, and what must stand in it, as an expression of its row."""

    model: type[Model]
    key: str
    counted: sa.ScalarSelect[Any]

    @property
    def table(self) -> sa.Table:
        return Model.metadata.tables[self.model.__tablename__]

    @property
    def column(self) -> sa.Column[int]:
        return self.table.c[self.key]


_IS_PUBLIC = sa.and_(Post.status == Status.PUBLIC, Thread.status == Status.PUBLIC)
_COUNT = sa.select(sa.func.count())
_COUNT_PUBLIC = _COUNT.select_from(Thread).join(Post, Post.thread_id == Thread.id).where(_IS_PUBLIC)

COUNTERS = (
    Counter(
        Thread,
        "posts_count",
        _COUNT.where(Post.thread_id == Thread.id, Post.status == Status.PUBLIC)
        .correlate(Thread)
        .scalar_subquery(),
    ),
    # A number is never given again, so the highest may be that of a post which is gone.
    Counter(
        Thread,
        "last_number",
        sa.select(greatest(Thread.last_number, sa.func.coalesce(sa.func.max(Post.number), 0)))
        .where(Post.thread_id == Thread.id)
        .correlate(Thread)
        .scalar_subquery(),
    ),
    Counter(
        Board,
        "threads_count",
        _COUNT.where(Thread.board_id == Board.id, Thread.status == Status.PUBLIC)
        .correlate(Board)
        .scalar_subquery(),
    ),
    Counter(
        Board,
        "posts_count",
        _COUNT_PUBLIC.where(Thread.board_id == Board.id).correlate(Board).scalar_subquery(),
    ),
    Counter(
        User, "posts_count", _COUNT_PUBLIC.where(Post.author_id == User.id).correlate(User).scalar_subquery()
    ),
)


def check(session: Session) -> Section:
    """Count everything anew; a warning for each counter that differs. Reads all posts several times."""
    found = Section("Counters")
    for counter in COUNTERS:
        name = f"{counter.table.name}.{counter.key}"
        n_wrong, example = _wrong(session, counter)
        found.say(name, f"{n_wrong:,} wrong" if n_wrong else "right")
        if n_wrong:
            found.warn(
                f"{name} is wrong in {n_wrong:,} rows, such as {example}: run"
                " `.venv/bin/flask forum doctor --recount`."
            )
    return found


def recount(session: Session) -> int:
    """Make all counters right, in the caller's transaction; returns how many rows were wrong."""
    n_mended = 0
    for counter in COUNTERS:
        update = sa.update(counter.table).where(counter.column != counter.counted)
        mended: Any = session.execute(update.values({counter.key: counter.counted}))
        n_mended += mended.rowcount
    return n_mended


def _wrong(session: Session, counter: Counter) -> tuple[int, str]:
    """How many rows are wrong, and the first of them in words."""
    row_id = counter.table.c.id
    query = sa.select(row_id, counter.column.label("kept"), counter.counted.label("counted")).subquery()
    differing = sa.select(query).where(query.c.kept != query.c.counted)
    rows = session.execute(differing).all()
    if not rows:
        return 0, ""
    first = rows[0]
    return len(rows), f"row {first.id}, which says {first.kept:,} where there are {first.counted:,}"
