"""A board that sends mail, and a look into its outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from forum import create_app
from forum.db import db, reading
from forum.mail import OutgoingMail
from forum.settings import load
from tests.databases import Databases

# Nobody listens there: what is mailed stays in the outbox.
NOWHERE = "smtp://127.0.0.1:9"


@pytest.fixture(scope="session")
def postal_board(tmp_path_factory, board: Flask, databases: Databases) -> Iterator[Flask]:
    """A second application, with a mail server."""
    settings = load(
        {
            "DATA_DIR": str(tmp_path_factory.mktemp("postal")),
            "BASE_URL": "http://localhost",
            "SMTP_URL": NOWHERE,
            **databases.settings(),
        }
    )
    app = create_app(settings)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def postal(postal_board: Flask, databases: Databases) -> Iterator[Flask]:
    """The board with a mail server, so that addresses have to be confirmed: migrated, empty, no limit used up."""
    databases.restore(postal_board)
    postal_board.extensions["limiter"].storage.reset()
    yield postal_board
    with postal_board.app_context():
        db.session.remove()


@pytest.fixture
def outbox() -> Callable[[Flask], list[OutgoingMail]]:
    """What waits to be sent, oldest first."""

    def look(app: Flask) -> list[OutgoingMail]:
        with app.app_context():
            return list(reading().scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)))

    return look


@pytest.fixture
def link_in() -> Callable[[OutgoingMail], str]:
    """The path that the first link of a mail leads to."""

    def find(mail: OutgoingMail) -> str:
        found = re.search(r"http://localhost(/\S+)", mail.text)
        assert found is not None
        return found[1]

    return find
