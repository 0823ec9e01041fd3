"""The one import of Flask-SQLAlchemy: the session, and the one way to write."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forum import engines, statements
from forum.commits import Commits
from forum.context import held
from forum.schema import Model
from forum.settings import Settings
from forum.statements import Source, Transaction, Transactions
from forum.turns import Turns
from forum.watching import Watch

db = SQLAlchemy(metadata=Model.metadata, session_options={"expire_on_commit": False})


def init(app: Flask, settings: Settings) -> None:
    """Bind the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.options(settings)
    turns = app.extensions["turns"] = Turns(settings.turns_path)
    watch = app.extensions["watch"] = engines.watch_over(settings)
    db.init_app(app)
    app.teardown_appcontext(_end)
    with app.app_context():
        engines.prepare(db.engine)
        event.listen(db.engine, "engine_disposed", lambda _: watch.close())
        transactions = app.extensions["transactions"] = Transactions(db.engine)
    app.extensions["commits"] = Commits(turns, transactions)


def reading() -> Session:
    """The session of this request or job, for reading: one snapshot until the context ends or `write()` begins."""
    if "change" in held():
        raise RuntimeError("a session does not see what change() has written")
    return db.session()


def snapshot() -> Source:
    """The same for `Statement`s alone, and much cheaper: the session where it has begun, else a snapshot of its own.

    A page that reads through both sees two moments, between which only others' commits lie. Within `change()` it is
    what has been changed so far.
    """
    here = held()
    source: Source | None = here.get("change")
    if source is not None:
        return source
    if db.session.registry.has() and db.session().in_transaction():
        # It may have read long before.
        here.setdefault("read_state", None)
        return db.session()
    source = here.get("snapshot")
    if source is None:
        transactions: Transactions = current_app.extensions["transactions"]
        # Asked before anything is read, so that what is committed in between counts as news.
        here.setdefault("read_state", _state())
        source = here.snapshot = transactions.snapshot()
    return source


@contextmanager
def write() -> Generator[Session]:
    """One transaction that may write: committed when the block ends, rolled back when it raises.

    Ends the snapshot that reading began, because SQLite can't turn a stale snapshot into a writer. While it waited its
    turn others may have written, so whatever a decision rests on is read inside the block: the viewer too, which
    `forum.web.viewer.writing` sees to. Opened by the view, the command or the job, never by a verb, and never twice.
    """
    with _writing(), turn():
        yield from _transaction(db.session())


@contextmanager
def change() -> Generator[Transaction]:
    """The same for `Statement`s alone, and a third of a millisecond cheaper; several at once have one commit."""
    with _writing(), current_app.extensions["commits"].change() as transaction:
        here = held()
        here.change = transaction
        try:
            yield transaction
        finally:
            del here.change


def is_as_read() -> bool:
    """Whether what this request read by `snapshot()` still stands within `change()`: nobody committed anything since,
    nor changed anything in the same transaction. So it is where few write. False where it can't be told.
    """
    here = held()
    changed: Transaction | None = here.get("change")
    state = here.get("read_state")
    return changed is not None and not changed.is_shared and state is not None and state == _state()


def turn() -> AbstractContextManager[None]:
    """The turn of one writer, for `write()` and for what keeps writers waiting without a transaction."""
    return current_app.extensions["turns"].turn()


@contextmanager
def _writing() -> Generator[None]:
    """Room for the one transaction of this context that writes, with nothing left of what was read before."""
    here = held()
    if "is_writing" in here:
        raise RuntimeError("a transaction that writes is open already")
    _end_snapshot()
    if db.session.registry.has():
        db.session().rollback()
    here.is_writing = True
    try:
        yield
    finally:
        del here.is_writing
        current_app.extensions["watch"].wrote()


def _state() -> int | None:
    watch: Watch = current_app.extensions["watch"]
    return watch.state()


def _end_snapshot() -> None:
    read: Transaction | None = held().pop("snapshot", None)
    if read is not None:
        read.end()


def _end(_fault: BaseException | None = None) -> None:
    """End what a request read by. With the line to a server it has ended already, and the answer is as good as ever."""
    _end_snapshot()
    try:
        db.session.remove()
    except DBAPIError as fault:
        if not fault.connection_invalidated:
            raise
        db.session.registry.clear()


def _transaction(session: Session) -> Generator[Session]:
    connection = session.connection(execution_options={"begin": "change"})
    try:
        with statements.reached_by(session, connection):
            yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
