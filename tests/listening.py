"""Hears what a database is told, before it is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from forum.db import db
from forum.drivers import kind_of


def begins_change(app: Flask) -> str:
    """What is said to begin a transaction that writes."""
    with app.app_context():
        return kind_of(db.engine).change


@contextmanager
def listening(app: Flask, note: Callable[[str, Any, bool], object]) -> Generator[None]:
    """Call `note` with each statement inside the block, its values, and whether these are many rows of them."""

    def hear(connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool) -> None:
        note(statement, values, is_many)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", hear)
