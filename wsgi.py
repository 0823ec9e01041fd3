"""The board for servers: `app` is what `gunicorn wsgi:app` and `flask run` serve.

`python wsgi.py` is all that an operator needs: it brings the database up to date, seeds an empty board, and serves.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in one sentence, before an import fails for want of a new name
    sys.exit(f"Engawa needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")

import gc

# Nothing of what is loaded now is garbage, and to look for some takes a tenth of the start.
gc.disable()

import contextlib
import ctypes
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from forum import create_app, jobs, let_migrate
from forum.db import db, reading, write
from forum.demo import seeding
from forum.demo.people import Login
from forum.screening import backfilling, versions
from forum.settings import BadSettings, Settings, load
from forum.web.boundary import Boundary

# As many callers may wait to be let in, while the board starts or all threads are busy.
BACKLOG = 2048
# Most of them wait, for a body that is on its way or for their turn: see `forum/web/gate.py`.
THREADS = 32
# Connections that a worker holds open, most of them idle; each costs some kilobytes and no thread.
CONNECTIONS = 8192
# Whoever has not sent their headers by then is cut off, as is a connection that has been idle for as long.
HEADERS_WITHIN_S = 30
# The numbers by which glibc's mallopt knows its settings.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
# The number by which Linux's prctl knows what a process is sent when its parent ends.
PR_SET_PDEATHSIG = 1
# After so long without a word the other side is asked whether it is still there.
GONE_AFTER_S = 60
# Twice what browsers send at most, with all their cookies; a connection holds no more in memory.
LONGEST_HEADERS_BYTES = 32 * 1024
# Who stops the board lets the requests in flight finish, which takes milliseconds, or an upload on a slow line.
STOP_WITHIN_S = 30
# Long enough not to spin while the machine is out of memory, short enough that nobody notices.
RESPAWN_AFTER_S = 0.2
EXIT_BAD_SETTINGS = 2


def with_jobs(app: Flask) -> Flask:
    """Let each process that serves the board stand for election to do its background work, from its first request on.

    Not when the application is made, because commands and a server's master make one too, and because a thread that
    runs before a fork leaves its locks behind in the child. The first request comes after every fork, whatever server
    brings it: one rule for gunicorn, `flask run` and any other, where a hook of gunicorn would be for gunicorn alone.
    """
    serve, is_first = app.wsgi_app, threading.Lock()

    def serve_first(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_first.acquire(blocking=False):
            jobs.start(app)
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
        listeners = _listen(settings)
    except OSError as fault:
        print(_why_not(settings, fault), file=sys.stderr)
        return 1
    app = with_jobs(create_app(settings, can_migrate=False))
    gc.enable()
    try:
        with app.app_context():
            logins = _prepare(app)
    except sqlalchemy.exc.DatabaseError as fault:
        print(f"The database {settings.database_path} can't be used: {fault.orig}.", file=sys.stderr)
        return 1
    print("\n".join(_greeting(settings, logins)), flush=True)
    multiprocessing.set_start_method("fork")
    _Server(app, listeners).run()
    return 0


def _listen(settings: Settings) -> list[socket.socket]:
    """A bound socket for each worker, taken before anything else; callers wait in them until the board is there.

    The kernel deals callers out among them. On one socket for all, the worker that wakes first would take everybody.
    """
    # Alone, because sockets that share an address do not notice another board there.
    _bound(settings.host, settings.port, is_shared=False).close()
    return [
        _bound(settings.host, settings.port, is_shared=settings.web_concurrency > 1)
        for _ in range(settings.web_concurrency)
    ]


def _bound(host: str, port: int, *, is_shared: bool) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Whoever has gone without a word is found out, instead of holding a thread for the rest of their form.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, GONE_AFTER_S)
    listener.bind(address)
    listener.listen(BACKLOG)
    return listener


def _why_not(settings: Settings, fault: OSError) -> str:
    reason = (fault.strerror or str(fault)).lower()
    place = f"{settings.host}, port {settings.port}"
    return f"The board can't listen on {place}: {reason}. Choose another port with PORT={settings.port + 1}."


def _prepare(app: Flask) -> tuple[Login, ...] | None:
    """Migrate when the schema is behind, offer the shipped text model, and seed when the board is empty.

    Returns the logins of a seeded board. Leaves no connection open, for none may be carried into a worker.
    """
    if _schema_version() != app.config["SCHEMA_VERSION"]:
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
    db.session.remove()
    db.engine.dispose()
    return logins


def _schema_version() -> str | None:
    try:
        return reading().scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sqlalchemy.exc.OperationalError:
        return None
    finally:
        db.session.rollback()


def _greeting(settings: Settings, logins: tuple[Login, ...] | None) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"The board is open on http://{host}:{settings.port}"]
    if settings.base_url != f"http://{host}:{settings.port}":
        lines.append(f"Its public address is {settings.base_url}")
    lines.append(f"Its data lies in {settings.data_dir}")
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


def _give_memory_back() -> None:
    """Let the C library return what a thread has freed, where it is glibc; by itself it keeps it for that thread.

    A password's 19 MiB, or a text's, would else stay with each thread that ever handled one.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


class _Server(MPServer):
    """granian with workers that are forked from this process, with all that it has loaded, and its bound sockets.

    A worker that dies leaves its socket here, with the callers who wait in it, to the one that takes its place; granian
    itself would let each worker bind its own, and lose them.
    """

    def __init__(self, app: Flask, listeners: list[socket.socket]) -> None:
        self._app, self._listeners = Boundary(app), listeners
        super().__init__(
            target="wsgi:app",
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            workers=len(listeners),
            blocking_threads=THREADS,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADERS_WITHIN_S * 1000, max_buffer_size=LONGEST_HEADERS_BYTES
            ),
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN_S,
        )

    def run(self) -> None:
        """Serve until a signal."""
        _give_memory_back()
        # What is loaded by now is never collected, so that looking for garbage does not copy it into each worker.
        gc.collect()
        gc.freeze()
        self.serve(target_loader=self._in_worker, wrap_loader=False)

    def _in_worker(self) -> Boundary:
        """What a worker serves; it stops when this process is gone, however that went, and gives the port back."""
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        return self._app

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Replace workers that ended; granian itself would give up when one ends twice within some seconds.

        Callers wait in the socket meanwhile, and a worker that can't even start is tried again at this pace.
        """
        time.sleep(RESPAWN_AFTER_S)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()

    def _init_shared_socket(self) -> None:
        self._ssp, self._sso = None, None

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:
        # Its hints don't tell what it takes.
        holder: Any = SocketHolder
        self._shd = holder(self._listeners[idx].fileno(), uds=False, backlog=BACKLOG)
        return super()._spawn_worker(idx, target, callback_loader)


if __name__ == "__main__":
    sys.exit(main())

app = with_jobs(create_app())
gc.enable()
