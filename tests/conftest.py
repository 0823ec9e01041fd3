"""The board under test: the real application on a real database, migrated once and restored before each test."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum import create_app
from forum.accounts import sessions
from forum.accounts.models import User
from forum.db import db, write
from forum.screening import textmodel
from forum.settings import load
from forum.threads.seeing import Seeing
from forum.watching import PostgresWatch
from tests.databases import Databases, running
from tests.served import Server, Start

Browser = FlaskClient

KIND = os.environ.get("TEST_DATABASE", "sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what is about SQLite, or about no database at all."""
    if KIND == "sqlite":
        return
    wanted = [item for item in items if _is_for_postgres(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def _is_for_postgres(item: pytest.Item) -> bool:
    return "databases" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("sqlite")


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Undo pytest-flask's context around each test: it would carry one browser's viewer over to the next."""


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Where boards are kept: on SQLite, or what TEST_DATABASE says."""
    with running(KIND) as databases:
        yield databases


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Flask]:
    """The application, whose database as the migrations leave it is remembered."""
    with migrated(tmp_path_factory.mktemp("data"), databases) as app:
        yield app


@pytest.fixture
def app(board: Flask, databases: Databases) -> Iterator[Flask]:
    """The application on an empty, migrated database, with no limit used up."""
    restore(board, databases)
    yield board
    with board.app_context():
        db.session.remove()


@pytest.fixture
def guest(app: Flask) -> Browser:
    """A browser that nobody signed in with."""
    return browser(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    """Opens a browser that a member, by name, is signed in with."""

    def enter(name: str) -> Browser:
        with app.app_context(), write() as session:
            user = session.query(User).filter_by(name=name).one()
            secret, _ = sessions.open_session(
                session, user.id, is_remembered=True, browser="Test", now=datetime.now(UTC)
            )
        client = browser(app)
        client.set_cookie(app.config["VIEWER_COOKIE"], secret)
        return client

    return enter


@contextmanager
def migrated(folder: Path, databases: Databases) -> Generator[Flask]:
    """The application with its limits on; its database as the migrations leave it is remembered."""
    app = create_app(load({"DATA_DIR": str(folder), "BASE_URL": "http://localhost", **databases.settings()}))
    app.testing = True
    hear_at_once(app)
    # No thread writes into a test, or behind it: a test that wants the marks of its readers written says so.
    app.extensions["seeing"] = Seeing(app, every_s=None)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    databases.remember(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def hear_at_once(app: Flask) -> None:
    """What other programs commit is seen by the very next look, not when the server's notification comes along.

    Some tests are such programs, and wait for nothing.
    """
    if isinstance(watch := app.extensions["watch"], PostgresWatch):
        watch._pulse_s = -1


def restore(app: Flask, databases: Databases) -> None:
    """Begin anew: an empty database, no limit used up, a filter that has learnt nothing."""
    databases.restore(app)
    app.extensions["limiter"].storage.reset()
    textmodel.init(app)
    app.extensions["pagecache"].clear()
    app.extensions["seeing"].clear()
    app.extensions.pop("articles", None)


def browser(app: Flask) -> Browser:
    """A test client that names its own site with each request, as browsers do."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    return client


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder for tests that start a board of their own."""
    return tmp_path / "data"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(data_dir: Path, port: int) -> Iterator[Start]:
    """Starts `python` with the given arguments on the test's data folder."""
    started: list[Server] = []

    def begin(*command: str, **settings: str) -> Server:
        started.append(Server(data_dir, port, command, **settings))
        return started[-1]

    yield begin
    for server in started:
        server.process.kill()
        server.process.wait()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where CI=true, a test that was skipped because something is missing has failed."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
