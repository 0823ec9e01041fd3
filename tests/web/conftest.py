"""Boards with other settings than the usual one, a thread to look at, and what is logged."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum import create_app
from forum.db import db, write
from forum.settings import load
from tests import makers
from tests.conftest import hear_at_once
from tests.web.kept import LONG_AGO, PAGES, Seen, asked, forget


@pytest.fixture
def board_with(data_dir: Path) -> Iterator[Callable[..., Flask]]:
    """Makes a board whose settings are those given; its database is empty unless it is named."""
    made: list[Flask] = []

    def make(**environ: str) -> Flask:
        settings = {"DATA_DIR": str(data_dir), "BASE_URL": "http://localhost", **environ}
        made.append(create_app(load(settings)))
        hear_at_once(made[-1])
        return made[-1]

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def thread(app: Flask) -> str:
    """The address of a thread by Alice, who is there with Bob and Mori."""
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session), replies=3)
        makers.member(session, "Bob")
        makers.moderator(session)
    return "/t/1-first-winter-in-an-inaka-house"


@pytest.fixture
def old_board(app: Flask) -> None:
    """A board whose times are dates, so that two answers differ only where something else does."""
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session), replies=21, at=LONG_AGO)
        makers.member(session, "Bob")
        makers.moderator(session)


@pytest.fixture
def innocent(app: Flask, old_board: None) -> dict[str, Seen]:
    """What guests get of each page when nobody did anything odd before."""
    pages = {address: asked(app, address) for address in PAGES}
    forget(app)
    return pages


@pytest.fixture
def journal(app):
    """What is logged from now on; a call gives its lines."""
    written, log, journal = io.StringIO(), logging.getLogger("forum"), app.extensions["journal"]
    # The log of a process is that of the application which was made last.
    of_last, log.handlers = log.handlers, [journal]
    before = journal.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    journal.setStream(before)
    log.handlers = of_last
