"""The board for servers: `app` is what `gunicorn wsgi:app` and `flask run` serve.

`python wsgi.py` is all that an operator needs: it brings the database up to date, seeds an empty board, and serves.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in one sentence, before an import fails for want of a new name
    sys.exit(f"Engawa needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")

import gc

# Nothing of what is loaded now is garbage, and to look for some takes a tenth of the start. Later there is little: a
# page makes thousands of objects, and nearly all of them go by themselves.
gc.disable()
gc.set_threshold(10_000)

import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy.exc
from flask import Flask

from forum import create_app, jobs, let_migrate, upkeep
from forum.db import db, reading, write
from forum.demo import seeding
from forum.demo.people import Login
from forum.engines import schema_version
from forum.screening import backfilling, versions
from forum.serving import listening, workers
from forum.settings import BadSettings, Settings, load

EXIT_BAD_SETTINGS = 2
# Begins the arguments of a worker that takes another one's place: the number of its socket, its parent's process, and
# the number of its processor, which a keeper of an earlier version does not name.
WORKER = "--worker"


def with_jobs(app: Flask) -> Flask:
    """Let each process that serves the board stand for election to do its background work, from its first request on,
    and leave the database in order when it ends.

    Not when the application is made, because commands and a server's master make one too, and because a thread that
    runs before a fork leaves its locks behind in the child. The first request comes after every fork, whatever server
    brings it: one rule for gunicorn, `flask run` and any other, where a hook of gunicorn would be for gunicorn alone.
    """
    serve, is_first = app.wsgi_app, threading.Lock()

    def serve_first(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_first.acquire(blocking=False):
            jobs.start(app)
            upkeep.empty_log_at_end(app)
            app.wsgi_app = serve
        return serve(environ, start_response)

    app.wsgi_app = serve_first
    return app


def main() -> int:
    """Prepare the board and serve it until SIGTERM or Ctrl-C; returns the exit status when it can't."""
    try:
        settings = load()
    except BadSettings as fault:
        print(fault, file=sys.stderr)
        return EXIT_BAD_SETTINGS
    try:
        listeners = listening.listen(settings)
    except OSError as fault:
        print(listening.why_not(settings, fault), file=sys.stderr)
        return 1
    try:
        app = with_jobs(create_app(settings, can_migrate=False))
        gc.enable()
        with app.app_context():
            logins = _prepare(app)
    except BadSettings as fault:
        print(fault, file=sys.stderr)
        return EXIT_BAD_SETTINGS
    except sqlalchemy.exc.DatabaseError as fault:
        print(f"The database {settings.database_name} can't be used: {fault.orig}.", file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as fault:
        print(f"The folder {settings.data_dir} can't be used: {fault}.", file=sys.stderr)
        return 1
    print("\n".join(_greeting(settings, logins)), flush=True)
    return workers.serve_by_all(app, listeners, [sys.executable, str(Path(__file__).resolve()), WORKER])


def work(number: int, parent: int, processor: int | None = None) -> NoReturn:
    """Take the place of a worker that ended, on its socket of that number and, if it had one, its processor."""
    workers.end_with(parent)
    app = with_jobs(create_app(can_migrate=False))
    gc.enable()
    workers.serve_alone(app, number, processor)


def _prepare(app: Flask) -> tuple[Login, ...] | None:
    """Migrate when the schema is behind, offer the shipped text model, and seed when the board is empty.

    Returns the logins of a seeded board. Leaves no connection open, for none may be carried into a worker.
    """
    version = schema_version(reading().connection())
    db.session.rollback()
    if version != app.config["SCHEMA_VERSION"]:
        # Needed at the first start of a version only, and slow to import.
        import flask_migrate  # noqa: PLC0415

        let_migrate(app)
        flask_migrate.upgrade()
    with write() as session:
        versions.offer_shipped(session, datetime.now(UTC))
        backfilling.fill(session, datetime.now(UTC))
    logins = None
    if seeding.is_empty(reading()):
        with write() as session:
            logins = seeding.seed(session, datetime.now(UTC))
        upkeep.take_statistics()
    db.session.remove()
    db.engine.dispose()
    return logins


def _greeting(settings: Settings, logins: tuple[Login, ...] | None) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"The board is open on http://{host}:{settings.port}"]
    if settings.base_url != f"http://{host}:{settings.port}":
        lines.append(f"Its public address is {settings.base_url}")
    lines.append(f"Its data lies in {settings.data_dir}")
    if not settings.is_on_sqlite:
        lines.append(f"Its database is {settings.database_name}")
    if not settings.has_mail:
        lines.append(
            f"There is no mail server (SMTP_URL), so mails are written to {settings.data_dir / 'mail'}"
        )
    if not settings.forum_limits:
        lines.append(
            "*** FORUM_LIMITS=off: NO LIMITS HOLD. For load tests only; never let others in like this. ***"
        )
    if logins:
        lines.append(
            "It was empty and is now filled with demo threads. Log in as one of these; it is told only now:"
        )
        lines += [f"    {login.name:16} {login.password}    ({login.role})" for login in logins]
    else:
        lines.append(
            "To make yourself an admin: .venv/bin/flask forum create-user NAME --email ADDRESS --role admin"
        )
    return [*lines, "Stop it with Ctrl-C."]


if __name__ == "__main__":
    sys.exit(work(*map(int, sys.argv[2:])) if sys.argv[1:2] == [WORKER] else main())

app = with_jobs(create_app())
gc.enable()
