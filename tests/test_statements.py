"""Statements that are compiled once and run by the driver: SQLAlchemy's own rows, at the right moment."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from forum.accounts.models import User
from forum.db import change, db, reading, snapshot, write
from forum.moderation.models import Act
from forum.screening.models import LinkHost, Screening
from forum.statements import Statement, Transaction, Transactions
from forum.threads.models import Board, Post
from tests import makers

MOMENT = datetime(2026, 11, 22, 8, 2, 3, 456789, tzinfo=UTC)
SCREENED = {
    "kind": "reply",
    "text": "Snow.",
    "fingerprint": 7,
    "outcome": "published",
    "probability": 0.25,
    "reasons": [{"code": "text", "weight": -1.5}],
    "hosts": ["example.org"],
    "decision": "none",
}
NAMES = Statement(sa.select(User.name).order_by(User.id))


@pytest.fixture
def peopled(app):
    with app.app_context(), write() as session:
        alice = makers.member(session, joined_at=MOMENT)
        makers.thread(session, alice, replies=2)
        session.add(Screening(**SCREENED, author_id=alice.id, created_at=MOMENT))
    return app


QUERIES = {
    "moments and flags": sa.select(*User.__table__.c),
    "JSON": sa.select(Screening.reasons, Screening.signals, Screening.hosts),
    "a list of the statement's own": sa.select(Post.id).where(Post.number.in_(map(sa.literal, (1, 3)))),
    "words that are no names": sa.select(sa.func.count(), Post.id.label("class"), sa.literal("x")).group_by(
        Post.id
    ),
    "nothing": sa.select(Post.id).where(Post.id < 0),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_rows_are_those_of_sqlalchemy(peopled, query):
    with peopled.app_context():
        rows = [tuple(row) for row in reading().execute(query)]
        statement = Statement(query)
        for source in (reading(), Transactions(db.engine).snapshot()):
            assert [tuple(row) for row in statement.all(source)] == rows
            assert statement.first(source) == (rows[0] if rows else None)
            assert statement.scalar(source) == (rows[0][0] if rows else None)
            if isinstance(source, Transaction):
                source.end()


def test_values_go_in_as_their_columns_types_have_them(peopled):
    given = sa.select(User.name).where(User.joined_at == sa.bindparam("moment", type_=User.joined_at.type))
    with peopled.app_context():
        assert Statement(given).one(snapshot(), {"moment": MOMENT}).name == "Alice"
        assert Statement(given).first(snapshot(), {"moment": datetime(2020, 1, 1, tzinfo=UTC)}) is None


def test_a_moment_of_the_statement_s_own_goes_in_too(peopled):
    with peopled.app_context():
        assert Statement(sa.select(User.id).where(User.joined_at == MOMENT)).scalar(snapshot()) == 1


def test_a_value_that_is_missing_is_an_error(peopled):
    given = Statement(sa.select(User.id).where(User.name == sa.bindparam("name")))
    with peopled.app_context():
        assert given.scalar(snapshot(), {"name": "Alice"}) == 1
        with pytest.raises(KeyError):
            given.all(snapshot(), {"nam": "Alice"})


@pytest.mark.sqlite
def test_what_the_database_refuses_is_said_as_sqlalchemy_says_it_without_the_values(peopled):
    add = Statement(sa.insert(Board))
    with peopled.app_context():
        with pytest.raises(IntegrityError) as refused, write() as session:
            add.run(session, {"slug": "alt", "name": "Twice"})
        assert "Twice" not in str(refused.value)
        other = sqlite3.connect(peopled.config["SETTINGS"].database_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with write_at_once(peopled), pytest.raises(OperationalError, match="locked"), write():
            pass
        other.close()


@contextmanager
def write_at_once(app):
    """With connections that do not wait for a lock."""
    with app.app_context():
        db.engine.dispose()
        event.listen(
            db.engine, "connect", hurry := lambda driver, _: driver.execute("PRAGMA busy_timeout = 0")
        )
        try:
            yield
        finally:
            event.remove(db.engine, "connect", hurry)
            db.engine.dispose()


def test_a_snapshot_that_can_not_end_does_not_come_back(peopled):
    with peopled.app_context():
        held = Transactions(db.engine).snapshot()
        broken, held.driver = held.driver, Unending()
        with pytest.raises(OperationalError, match="no end"):
            held.end()
        assert started().driver is not broken
        assert NAMES.scalar(snapshot()) == "Alice"
        broken.close()


def started() -> Transaction:
    source = snapshot()
    assert isinstance(source, Transaction)
    return source


class Unending:
    """A connection that can't roll back."""

    closed = False

    def rollback(self):
        raise OperationalError("ROLLBACK", None, Exception("no end"))

    commit = rollback

    def close(self):
        pass


def test_one_is_for_what_always_has_one_row(peopled):
    with peopled.app_context(), pytest.raises(ValueError, match="too many values"):
        Statement(sa.select(Post.id)).one(reading())


def test_an_insert_fills_in_defaults_and_returns_its_key(app):
    add = Statement(sa.insert(Board).returning(Board.id))
    with app.app_context():
        with write() as session:
            assert add.one(session, {"slug": "kyoto", "name": "Kyoto"}).id == 1
            assert add.one(session, {"slug": "nara", "name": "Nara", "position": 4}).id == 2
        rows = reading().execute(sa.select(Board.slug, Board.position, Board.lang, Board.posts_count)).all()
    assert [tuple(row) for row in rows] == [("kyoto", 0, "en", 0), ("nara", 4, "en", 0)]


def test_an_insert_must_say_what_only_a_function_could_fill_in(app):
    with (
        app.app_context(),
        write() as session,
        pytest.raises(TypeError, match="the row must say detail itself"),
    ):
        Statement(sa.insert(Act)).run(session, {"kind": "pin"})


def test_many_rows_are_written_at_once(app):
    add = Statement(sa.insert(LinkHost))
    with app.app_context():
        with write() as session:
            add.run_for_each(session, [])
            add.run_for_each(session, [{"host": host, "first_seen_at": MOMENT} for host in ("a.jp", "b.jp")])
        rows = reading().execute(sa.select(LinkHost.host, LinkHost.approved, LinkHost.first_seen_at)).all()
    assert [tuple(row) for row in rows] == [("a.jp", 0, MOMENT), ("b.jp", 0, MOMENT)]


def test_a_list_that_would_be_spread_is_refused(peopled):
    spread = Statement(sa.select(Post.id).where(Post.id.in_(sa.bindparam("ids", expanding=True))))
    with peopled.app_context(), pytest.raises(TypeError, match="spread"):
        spread.all(reading(), {"ids": [1, 2]})


def test_what_the_session_has_still_to_write_is_seen(peopled):
    with peopled.app_context(), write() as session:
        session.get_one(User, 1).name = "Alicia"
        assert NAMES.scalar(session) == "Alicia"


def test_whoever_listens_to_the_engine_hears_of_them(peopled):
    heard = []

    def note(connection, cursor, statement, values, context, is_many):
        heard.append((statement.split()[0], is_many))

    with peopled.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        NAMES.all(snapshot())
        with write() as session:
            Statement(sa.insert(LinkHost)).run_for_each(session, [{"host": "a.jp", "first_seen_at": MOMENT}])
        event.remove(db.engine, "before_cursor_execute", note)
    assert heard == [("BEGIN", False), ("SELECT", False), ("BEGIN", False), ("INSERT", True)]


def test_a_snapshot_stays_as_it_was_and_gives_its_connection_back(peopled):
    with peopled.app_context():
        transactions = Transactions(db.engine)
        held = transactions.snapshot()
        assert NAMES.scalar(held) == "Alice"
        with write() as session:
            session.get_one(User, 1).name = "Alicia"
        assert NAMES.scalar(held) == "Alice"
        held.end()
        assert not held.is_open
        following, beside = transactions.snapshot(), transactions.snapshot()
        assert following.driver is held.driver
        assert beside.driver is not held.driver
        assert NAMES.scalar(following) == NAMES.scalar(beside) == "Alicia"
        for one in (following, beside):
            one.end()


def test_connections_of_snapshots_are_closed_with_the_engine(peopled):
    with peopled.app_context():
        transactions = Transactions(db.engine)
        held, open_still = transactions.snapshot(), transactions.snapshot()
        held.end()
        db.engine.dispose()
        open_still.end()
        for one in (held, open_still):
            with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
                one.driver.execute("SELECT 1")
        following = transactions.snapshot()
        assert NAMES.scalar(following) == "Alice"
        following.end()


def test_a_context_has_one_snapshot_until_it_writes(peopled):
    with peopled.app_context():
        first = snapshot()
        assert snapshot() is first
        with write() as session:
            assert snapshot() is session
            session.get_one(User, 1).name = "Alicia"
        assert NAMES.scalar(snapshot()) == "Alicia"
        assert snapshot() is not first
        last = started()
    assert not last.is_open


RENAME = Statement(sa.update(User).where(User.id == 1).values(name=sa.bindparam("new_name")))


def test_a_change_is_seen_within_and_committed_when_its_block_ends(peopled):
    with peopled.app_context():
        before = snapshot()
        with change() as source:
            assert snapshot() is source
            RENAME.run(source, {"new_name": "Alicia"})
            assert NAMES.scalar(snapshot()) == "Alicia"
        assert snapshot() is not before
        assert NAMES.scalar(snapshot()) == "Alicia"
        assert reading().scalar(sa.select(User.name)) == "Alicia"


def test_a_change_whose_block_raises_never_was(peopled):
    with peopled.app_context():
        with pytest.raises(LookupError):
            changed_by(raising(LookupError))
        assert NAMES.scalar(snapshot()) == "Alice"
        with change() as source:
            RENAME.run(source, {"new_name": "Alina"})
        assert NAMES.scalar(snapshot()) == "Alina"


@pytest.mark.sqlite
def test_a_change_that_can_not_be_committed_never_was(peopled):
    with peopled.app_context():
        used: list[Any] = []
        with pytest.raises(IntegrityError):
            changed_by(delete_everybody, used)
        assert not used[0].is_open
        assert NAMES.scalar(snapshot()) == "Alice"


def delete_everybody(source):
    source.driver.execute("PRAGMA defer_foreign_keys = 1")
    Statement(sa.delete(User)).run(source)


def changed_by(act, used=None):
    """A change that renames somebody and does what `act` does."""
    with change() as source:
        if used is not None:
            used.append(source)
        RENAME.run(source, {"new_name": "Alicia"})
        act(source)


def raising(fault):
    def act(_source):
        raise fault

    return act


def within(other):
    def act(_source):
        with other():
            pass

    return act


@pytest.mark.parametrize("other", [change, write, reading])
def test_what_is_being_changed_is_changed_and_read_in_one_way(peopled, other):
    with peopled.app_context():
        with pytest.raises(RuntimeError):
            changed_by(within(other))
        assert NAMES.scalar(snapshot()) == "Alice"
        with write(), pytest.raises(RuntimeError), change():
            pass


def test_where_a_session_reads_already_its_moment_holds(peopled):
    with peopled.app_context():
        assert reading().scalar(sa.select(User.name)) == "Alice"
        assert snapshot() is reading()
