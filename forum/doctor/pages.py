"""What the pages that are read most ask of the database: how often, by which plans, for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.cursors import place
from forum.db import db
from forum.doctor import plans, reads
from forum.doctor.plans import Step
from forum.doctor.report import Section
from forum.doctor.tables import SMALL_ROWS
from forum.threads.addresses import board_url, page_of, thread_url
from forum.threads.models import Board, Post, Status, Thread
from forum.web.journal import Journal

REPEATS = 20
# What a list page shows: so far before its end a list is at its deepest, and the page still full.
DEEP = 30
# The planner of PostgreSQL rests on statistics, that of SQLite on the indexes alone.
_UPGRADE = (
    "`.venv/bin/flask db upgrade`, and if an index was dropped by hand, make it again as the migrations do."
)
CURES = {"sqlite": f"run {_UPGRADE}", "postgresql": f"run `ANALYZE` in psql, then {_UPGRADE}"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement of a page with its values."""

    statement: str
    values: Any


def costs(app: Flask, session: Session, counted: Mapping[str, int]) -> Section:
    """Ask for each page as a guest, then its statements again, REPEATS times. Some 0.1 s a page; nothing is written."""
    found = Section("Pages, as a guest asks for them")
    cure = CURES[db.engine.dialect.name]
    for name, address in addresses(session).items():
        status, asked = statements(app, address)
        took_us = median(_run_us(session, asked) for _ in range(REPEATS))
        found.say(name, f"{len(asked)} statements, {took_us:7,.0f} us in the database")
        if status >= 400:
            found.warn(f"{address} answers {status}: look into the log for why.")
        for each in asked:
            for complaint in _complaints(session, each, counted):
                found.warn(f"{name} ({address}) {complaint}, which gets slower with every post: {cure}")
    return found


def statements(app: Flask, address: str) -> tuple[int, list[Asked]]:
    """The status of a guest's answer, and what it asked of the database, without the beginning of transactions."""
    asked: list[Asked] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(Asked(statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    # Nobody asked for these pages, so that they do not stand in the log.
    journal: Journal = app.extensions["journal"]
    journal.tells_requests = False
    try:
        # A context of its own: inside of ours the request would keep what it knows of its viewer.
        status = Context().run(_status, app, address)
    finally:
        journal.tells_requests = True
        event.remove(db.engine, "before_cursor_execute", note)
    return status, asked


def plan(session: Session, asked: Asked) -> list[Step]:
    """The steps in which SQLite would answer."""
    rows = _connection(session).exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.statement}", asked.values)
    return [Step(*row) for row in rows]


def addresses(session: Session) -> dict[str, str]:
    """The pages to look at, with the addresses at which they are hardest; none of a thread on an empty board."""
    return {"home": "/", **dict(_of_board(session)), **dict(_of_thread(session)), **dict(_of_member(session))}


def _of_board(session: Session) -> Iterator[tuple[str, str]]:
    slug, board_id = session.execute(
        sa.select(Board.slug, Board.id).order_by(Board.threads_count.desc()).limit(1)
    ).first() or ("", 0)
    if not slug:
        return
    yield "board", board_url(slug)
    yield "feed of a board", f"{board_url(slug)}.atom"
    oldest = sa.select(Thread.last_post_at, Thread.id).where(
        Thread.board_id == board_id, Thread.status == Status.PUBLIC
    )
    far_back = session.execute(oldest.order_by(Thread.last_post_at, Thread.id).offset(DEEP).limit(1)).first()
    if far_back is not None:
        yield "board, far back", f"{board_url(slug)}?before={place(*far_back)}"


def _of_thread(session: Session) -> Iterator[tuple[str, str]]:
    longest = sa.select(Thread.id, Thread.slug, Thread.last_number).where(Thread.status == Status.PUBLIC)
    row = session.execute(longest.order_by(Thread.posts_count.desc()).limit(1)).first()
    if row is not None:
        yield "longest thread", thread_url(row.id, row.slug)
        yield "its last page", thread_url(row.id, row.slug, page_of(row.last_number))
        yield "its feed", f"/t/{row.id}.atom"


def _of_member(session: Session) -> Iterator[tuple[str, str]]:
    busiest = sa.select(User.id, User.name).order_by(User.posts_count.desc()).limit(1)
    row = session.execute(busiest).first()
    if row is None:
        return
    yield "busiest member", f"/u/{row.name}"
    posts = sa.select(Post.id).join(Thread, Thread.id == Post.thread_id)
    shown = posts.where(
        Post.author_id == row.id, Post.status == Status.PUBLIC, Thread.status == Status.PUBLIC
    )
    far_back = session.scalar(shown.order_by(Post.created_at, Post.id).offset(DEEP).limit(1))
    if far_back is not None:
        yield "member, far back", f"/u/{row.name}?before={far_back}"


def _status(app: Flask, address: str) -> int:
    # Not as a server would, which with its first request begins to do the background work.
    with app.test_request_context(address, base_url=app.config["SETTINGS"].base_url):
        return app.full_dispatch_request().status_code


def _complaints(session: Session, asked: Asked, counted: Mapping[str, int]) -> list[str]:
    if db.engine.dialect.name == "postgresql":
        return reads.complaints(reads.plan(session, asked.statement, asked.values))
    large = {table for table, n_rows in counted.items() if n_rows > SMALL_ROWS}
    return plans.complaints(asked.statement, plan(session, asked), large)


def _run_us(session: Session, asked: list[Asked]) -> float:
    connection = _connection(session)
    start = time.perf_counter()
    for each in asked:
        connection.exec_driver_sql(each.statement, each.values).all()
    return (time.perf_counter() - start) * 1e6


def _connection(session: Session) -> Connection:
    return session.connection()
