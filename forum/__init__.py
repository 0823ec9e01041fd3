"""Engawa, a discussion board. `create_app` is the only place that wires the rooms together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from forum.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None, *, can_migrate: bool = True) -> Flask:
    """The board as a WSGI application. It neither migrates nor seeds: `wsgi.py` and `flask db upgrade` do.

    One that can't migrate starts a tenth sooner and takes 10 MiB less; `let_migrate` is for when it must after all.
    """
    # Imported when called, so that forum.spam and forum.text stay libraries that need neither Flask nor a database.
    from flask import Flask  # noqa: PLC0415

    from forum import cli, db, jobs, limiting, mail, tables, upkeep, web  # noqa: F401, PLC0415
    from forum.accounts import tidying  # noqa: PLC0415
    from forum.accounts import views as accounts  # noqa: PLC0415
    from forum.moderation import views as moderation  # noqa: PLC0415
    from forum.screening import services, telling, textmodel  # noqa: PLC0415
    from forum.screening import tidying as filter_tidying  # noqa: PLC0415
    from forum.settings import load  # noqa: PLC0415
    from forum.threads import seeing  # noqa: PLC0415
    from forum.threads import views as threads  # noqa: PLC0415

    settings = settings or load()
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=None)
    app.secret_key = settings.secret_key
    app.config["SETTINGS"] = settings
    app.config["SCHEMA_VERSION"] = newest_schema()

    db.init(app, settings)
    if can_migrate:
        let_migrate(app)
    limiting.init(app, settings)
    jobs.init(app, settings)
    mail.init(app, settings)
    textmodel.init(app)
    services.init(app, settings)
    telling.init(app)
    filter_tidying.init(app)
    tidying.init(app)
    seeing.init(app)
    upkeep.init(app)
    cli.init(app)
    web.init(app, settings, static=ROOT / "static")
    for room in (threads, accounts, moderation):
        app.register_blueprint(room.blueprint)
    return app


def let_migrate(app: Flask) -> None:
    """Tie Alembic to the application, with `flask db`."""
    from flask_migrate import Migrate  # noqa: PLC0415

    from forum.db import db  # noqa: PLC0415

    Migrate(app, db, directory=str(ROOT / "migrations"))


def newest_schema() -> str:
    """The version that the migrations lead to: their files are named by number, so the last one is the newest."""
    steps = (ROOT / "migrations" / "versions").glob("[0-9]*.py")
    return max((path.stem for path in steps), default="").split("_")[0]
