"""The scripted attacks of tests/attacks/, each on a fresh board with the shipped model."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from flask import Flask

from forum.db import db
from tests.attacks.scripts import SCENES
from tests.attacks.stage import NOON, Counts, Stage
from tests.conftest import migrated, restore
from tests.databases import Files


def play() -> dict[str, Counts]:
    """What came of each attack, by its name. About a minute."""
    logging.disable(logging.WARNING)
    databases = Files()
    with TemporaryDirectory() as folder, migrated(Path(folder), databases) as app:
        return {name: _played(app, databases, name) for name in SCENES}


def _played(app: Flask, databases: Files, name: str) -> Counts:
    restore(app, databases)
    with time_machine.travel(NOON, tick=False) as clock:
        counts = SCENES[name](Stage(app, clock))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return counts
