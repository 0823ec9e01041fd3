"""The scripted attacks of tests/attacks/, each on a fresh board with the shipped model."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from flask import Flask

from forum.db import db
from tests.attacks.scripts import SCENES
from tests.attacks.stage import NOON, Counts, Stage
from tests.conftest import migrated, restore


def play() -> dict[str, Counts]:
    """What came of each attack, by its name. About a minute."""
    logging.disable(logging.WARNING)
    with TemporaryDirectory() as folder, migrated(Path(folder)) as (app, fresh):
        return {name: _played(app, fresh, name) for name in SCENES}


def _played(app: Flask, fresh: sqlite3.Connection, name: str) -> Counts:
    restore(app, fresh)
    with time_machine.travel(NOON, tick=False) as clock:
        counts = SCENES[name](Stage(app, clock))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return counts
