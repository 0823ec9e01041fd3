"""Engawa, a discussion board. `create_app` is the only place that wires the rooms together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from forum import db, jobs, limiting, mail, tables  # noqa: F401
from forum.accounts import tidying
from forum.accounts import views as accounts
from forum.moderation import views as moderation
from forum.screening import textmodel
from forum.settings import Settings, load
from forum.threads import views as threads
from forum.web import (
    assets,
    compression,
    filters,
    health,
    journal,
    language,
    notices,
    problems,
    safety,
    viewer,
)

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The board as a WSGI application. It neither migrates nor seeds: `wsgi.py` and `flask db upgrade` do."""
    settings = settings or load()
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=None)
    app.secret_key = settings.secret_key
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["SETTINGS"] = settings
    app.config["SCHEMA_VERSION"] = newest_schema()

    db.init(app, settings)
    Migrate(app, db.db, directory=str(ROOT / "migrations"))
    limiting.init(app, settings)
    jobs.init(app, settings)
    mail.init(app, settings)
    textmodel.init(app)
    tidying.init(app)
    # Flask runs what comes after a view in reverse order: answers are hardened and tagged first, compressed last.
    journal.init(app)
    compression.init(app)
    safety.init(app, settings)
    viewer.init(app, settings)
    language.init(app)
    problems.init(app)
    notices.init(app)
    filters.init(app)
    assets.init(app, settings, ROOT / "static")
    app.register_blueprint(health.blueprint)
    for room in (threads, accounts, moderation):
        app.register_blueprint(room.blueprint)
    return app


def newest_schema() -> str:
    """The version that the migrations lead to: their files are named by number, so the last one is the newest."""
    return max(
        (path.stem for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")), default=""
    ).split("_")[0]
