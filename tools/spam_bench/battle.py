"""The scripted attacks of tests/attacks/, each on a fresh board with the shipped model."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
import time_machine
from flask import Flask

from forum import create_app
from forum.db import db
from forum.screening import textmodel
from forum.settings import load
from tests.attacks.scripts import SCENES
from tests.attacks.stage import NOON, Counts, Stage


def play() -> dict[str, Counts]:
    """What came of each attack, by its name. About a minute."""
    logging.disable(logging.WARNING)
    with TemporaryDirectory() as folder, _board(Path(folder)) as (app, fresh):
        return {name: _played(app, fresh, name) for name in SCENES}


def _played(app: Flask, fresh: sqlite3.Connection, name: str) -> Counts:
    with sqlite3.connect(app.config["SETTINGS"].database_path) as target:
        fresh.backup(target)
    target.close()
    app.extensions["limiter"].storage.reset()
    with app.app_context():
        textmodel.forget()
    with time_machine.travel(NOON, tick=False) as clock:
        counts = SCENES[name](Stage(app, clock))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return counts


@contextmanager
def _board(folder: Path) -> Generator[tuple[Flask, sqlite3.Connection]]:
    """A board with its limits on, and a copy of its empty database."""
    app = create_app(load({"DATA_DIR": str(folder), "BASE_URL": "http://localhost"}))
    app.testing = True
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    fresh = sqlite3.connect(":memory:")
    with sqlite3.connect(app.config["SETTINGS"].database_path) as migrated:
        migrated.backup(fresh)
    migrated.close()
    yield app, fresh
    fresh.close()
