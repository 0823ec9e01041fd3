"""Background work: huey on a file of its own, run by threads inside one of the workers.

Every worker calls `start`; a lock on a file elects the one whose threads work, and another takes over when it dies.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from forum import processors
from forum.settings import Settings

# Where it is there, huey loads PostgreSQL's driver for a storage of its own, which is not ours: 7 MiB and a twentieth
# of a second for each board on a file.
_driver = sys.modules.setdefault("psycopg", None)  # pyright: ignore[reportArgumentType]
from huey import SqliteHuey, crontab  # noqa: E402
from huey.consumer import Consumer  # noqa: E402
from huey.serializer import SignedSerializer  # noqa: E402

if _driver is None:
    del sys.modules["psycopg"]

log = logging.getLogger(__name__)

ELECTION_EVERY_S = 5


def init(app: Flask, settings: Settings) -> None:
    """Give the application its queue."""
    # huey keeps jobs as pickles, so each is signed: nobody who can write the file can make us run theirs.
    signed = SignedSerializer(secret=settings.secret_key, salt="jobs")
    path = str(settings.data_dir / "jobs.sqlite3")
    queue = SqliteHuey("engawa", filename=path, results=False, utc=True, serializer=signed)
    app.extensions["jobs"] = queue
    app.extensions["jobs_lock"] = settings.data_dir / "jobs.lock"


def define(
    app: Flask, work: Callable[[], Any], *, name: str, minute: str = "*", hour: str = "*"
) -> Callable[[], Any]:
    """Make `work` a job that runs at the given minutes and hours, as cron writes them, in an application context.

    Returns a function that asks for one run soon; it comes back at once.
    """
    queue: SqliteHuey = app.extensions["jobs"]

    def run() -> None:
        with app.app_context():
            work()

    queue.periodic_task(crontab(minute=minute, hour=hour), name=f"{name}_by_the_clock")(run)
    return queue.task(name=name)(run)


def start(app: Flask) -> None:
    """Stand for election in this process, and work when elected; comes back at once. Call it after any fork."""
    threading.Thread(target=_campaign, args=(app,), name="jobs-election", daemon=True).start()


def _campaign(app: Flask) -> None:
    # Nobody waits for a job, and what it has the database do needs no lock of the interpreter's.
    processors.leave()
    lock = app.extensions["jobs_lock"].open("w")
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(ELECTION_EVERY_S)
        else:
            log.info("jobs run in this process", extra={"pid": os.getpid()})
            # Runs for as long as the process lives, and so long the file stays open and locked.
            _Consumer(app.extensions["jobs"], workers=1, periodic=True, check_worker_health=False).run()


class _Consumer(Consumer):
    """huey's consumer inside a thread: signals stay with the web server."""

    def _set_signal_handlers(self) -> None:
        pass
