"""How many SQL statements a page takes, counted where SQLAlchemy hands them to the database."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from forum import create_app
from forum.db import db
from forum.settings import load
from tools.board_bench import corpus
from tools.board_bench.addresses import Addresses
from tools.board_bench.archives import Archive
from tools.board_bench.servers import Failed

ADDRESS = "http://localhost"
# What opens and ends a transaction asks for nothing.
NOT_COUNTED = ("BEGIN", "PRAGMA")


class Counts(NamedTuple):
    """Statements for a thread page."""

    guest: int
    """That was not kept."""
    member: int


def count(archive: Archive) -> Counts:
    """Ask a board in this process for pages that it has not made before. Raises Failed when they don't come."""
    app, addresses = _application(archive.data_dir), Addresses(archive.database)
    # The first page of a process also reads what is kept from then on, such as the names of languages.
    first, second, third = addresses.full_pages(3)
    guest, member = app.test_client(), _member(app)
    for browser in (guest, member):
        _get(browser, first)
    found = Counts(_counted(app, guest, second), _counted(app, member, third))
    with app.app_context():
        db.engine.dispose()
    return found


def _application(data_dir: Path) -> Flask:
    return create_app(load({"DATA_DIR": str(data_dir), "BASE_URL": ADDRESS, "FORUM_LIMITS": "off"}))


def _member(app: Flask) -> FlaskClient:
    browser = app.test_client()
    fields = {"username": corpus.MEMBER, "password": corpus.PASSWORD}
    answer = browser.post("/login", data=fields, headers={"Origin": ADDRESS})
    if answer.status_code != 303:
        raise Failed(f"logging in was answered with {answer.status_code}")
    return browser


def _counted(app: Flask, browser: FlaskClient, path: str) -> int:
    with _noted(app) as statements:
        _get(browser, path)
    return len(statements)


def _get(browser: FlaskClient, path: str) -> None:
    status = browser.get(path).status_code
    if status != 200:
        raise Failed(f"{path} answered {status}")


@contextmanager
def _noted(app: Flask) -> Generator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
