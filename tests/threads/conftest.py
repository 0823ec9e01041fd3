"""The people of the walks on the boards, and a count of what a page asks of the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from forum.db import db, write
from tests import makers


@pytest.fixture
def cast(app: Flask) -> None:
    """Alice and Bob, whom the filter trusts; Mori, who moderates; Nana, who came ten minutes ago."""
    with app.app_context(), write() as session:
        makers.member(session, "Alice", approved_count=20)
        makers.member(session, "Bob", approved_count=20)
        makers.moderator(session)
        makers.newcomer(session)
        makers.board(session)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked from now on, without the beginnings of transactions."""
    asked: list[str] = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
