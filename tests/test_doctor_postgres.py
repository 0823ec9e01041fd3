"""`flask forum doctor` on PostgreSQL: what an operator is told of a sound database, and of one that is not.

What a warning says is to be done is done, and then there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy.exc
from click.testing import Result
from flask import Flask

from forum import create_app
from forum.db import db, reading, write
from forum.doctor import guards, server, vacuum
from forum.settings import load
from forum.threads.models import Status, Thread
from tests import grown, makers, postgres, waiting
from tests.conftest import migrated
from tests.databases import Databases, Elsewhere, Server, elsewhere

pytestmark = pytest.mark.usefixtures("databases")

# Safe, other than where nothing has to outlive a power cut; and soon used up.
SETTINGS = {"listen_addresses": "", "max_connections": "20"}


@pytest.fixture(scope="module")
def postgresql() -> Iterator[postgres.Server]:
    with postgres.running(SETTINGS) as server:
        yield server


@pytest.fixture(scope="module")
def databases(postgresql) -> Databases:
    """On PostgreSQL, whatever the other tests run on."""
    return Server(postgresql)


@pytest.fixture
def app(tmp_path, databases) -> Iterator[Flask]:
    """A board with a database of its own, which a test may spoil."""
    with migrated(tmp_path, databases) as app:
        yield app


@pytest.fixture
def peopled(app) -> Flask:
    """Alice's threads on two boards, one with a second page, and a post that waits and one that was removed."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        makers.thread(session, alice, replies=24)
        thread = makers.thread(session, alice, makers.board(session, "kyoto"), title="Rain again")
        makers.post(session, thread, alice, status=Status.HELD)
        makers.post(session, thread, alice, status=Status.REMOVED)
    return app


@pytest.fixture
def shell(app) -> Iterator[Elsewhere]:
    """An operator's psql on the board's database."""
    with elsewhere(app) as shell:
        yield shell


@pytest.fixture
def doctor(app) -> Callable[..., Result]:
    """Runs the command with the given options."""
    return lambda *options: asked(app, *options)


@pytest.fixture
def open_board(data_dir) -> Iterator[Callable[[str], Flask]]:
    """Makes an application on the database of an address."""
    made: list[Flask] = []

    def make(address: str) -> Flask:
        made.append(create_app(load({"DATA_DIR": str(data_dir), "DATABASE_URL": address})))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def asked(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["forum", "doctor", *options])


def warned(app, look, **limits) -> list[str]:
    """The warnings of one section, by a new connection."""
    with app.app_context():
        found = look(reading(), **limits).warnings
        db.session.remove()
        db.engine.dispose()
    return found


def words(result: Result) -> str:
    return " ".join(result.output.split())


def advised(warning: str) -> str:
    """The statement that a warning advises."""
    return re.findall(r"`([A-Z][^`]+)`", warning)[0]


@contextmanager
def set_for_all(postgresql: postgres.Server, name: str, value: str) -> Generator[None]:
    """Let the server load another setting, as an operator does."""
    try:
        postgresql.say(f"ALTER SYSTEM SET {name} = {value}")
        load_settings(postgresql, name, value)
        yield
    finally:
        postgresql.say(f"ALTER SYSTEM RESET {name}")
        load_settings(postgresql, name, "on")


def load_settings(postgresql: postgres.Server, name: str, expected: str) -> None:
    """Let the server read its settings again, and wait until it has."""
    postgresql.say("SELECT pg_reload_conf()")
    waiting.until(lambda: scalar(postgresql, f"SHOW {name}") == expected)


def scalar(postgresql: postgres.Server, query: str):
    """What a new connection to the server is answered."""
    with psycopg.connect(postgresql.address("postgres")) as connection:
        [row] = connection.execute(query.encode())
        return row[0]


@pytest.mark.usefixtures("peopled")
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_sound_board_has_nothing_wrong(doctor, options):
    result = doctor(*options)
    assert result.exit_code == 0, result.output
    assert result.output.endswith("\n\nNothing is wrong.\n")
    assert ("posts_count" in result.output) is ("--check" in options)
    assert ("indexes all work constraints all work triggers all work" in words(result)) is bool(options)


@pytest.mark.usefixtures("peopled")
def test_settings_connections_tables_and_pages_are_told(doctor):
    told = words(doctor())
    for part in (
        "PostgreSQL 1",
        "encoding UTF8",
        "fsync on full_page_writes on synchronous_commit on",
        "of 17, ",
        "open none the writers' lock free",
        "posts 28 rows",
        "uq_posts_thread_id_number 16.0 KiB",
        "autovacuum on",
        "home 2 statements",
        "longest thread 2 statements",
        "busiest member 2 statements",
    ):
        assert part in told


def test_an_empty_board_is_sound(doctor):
    assert doctor("--check").exit_code == 0


def test_a_wrong_counter_is_found_and_made_right(peopled, doctor, shell):
    shell.say("UPDATE threads SET posts_count = 26, last_number = 24 WHERE id = 1")
    result = doctor("--check")
    assert result.exit_code == 1
    assert (
        "! threads.posts_count is wrong in 1 rows, such as row 1, which says 26 where there are 25"
        in words(result)
    )
    assert "! threads.last_number is wrong in 1 rows, such as row 1, which says 24" in words(result)
    mended = doctor("--check", "--recount")
    assert mended.output.startswith("2 counters were wrong and are right now.\n")
    assert mended.exit_code == 0
    with peopled.app_context():
        assert reading().get_one(Thread, 1).posts_count == 25


@pytest.mark.parametrize(
    "content", ["UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"]
)
def test_an_older_schema_is_said_and_its_tables_are_left_alone(app, doctor, shell, content):
    shell.say(content)
    shell.say("DROP TABLE thread_pins")
    result = doctor("--check")
    assert result.exit_code == 1
    needed = f"and this board needs {app.config['SCHEMA_VERSION']}: stop it, make a backup, and run"
    assert needed in result.output
    assert "Pages" not in result.output


@pytest.mark.parametrize(
    ("name", "risk"),
    [("fsync", "damage the whole database"), ("full_page_writes", "leave pages of it half written")],
)
def test_a_server_that_does_not_survive_a_power_cut_is_warned_of(app, postgresql, name, risk):
    with set_for_all(postgresql, name, "off"):
        (warning,) = warned(app, server.running)
        assert f"runs with {name} = off, so that a power cut may {risk}" in warning
        assert "where it was turned off (by configuration file)" in warning
    assert not warned(app, server.running)


def test_a_commit_that_does_not_wait_for_the_disk_is_warned_of(app, shell):
    database = shell.say("SELECT current_database()").scalar_one()
    shell.say(f"ALTER DATABASE {database} SET synchronous_commit = local")
    assert not warned(app, server.running)
    shell.say(f"ALTER DATABASE {database} SET synchronous_commit = off")
    (warning,) = warned(app, server.running)
    assert "synchronous_commit = off, so that a power cut may take back what was answered as done" in warning
    assert "(by database)" in warning


def test_connections_that_are_nearly_used_up_are_warned_of(app, postgresql):
    with ExitStack() as held:
        for _ in range(14):
            held.enter_context(psycopg.connect(postgresql.address("postgres")))
        # The server takes a moment to see that somebody has left.
        waiting.until(lambda: not warned(app, server.connections))
        held.enter_context(psycopg.connect(postgresql.address("postgres")))
        (warning,) = warned(app, server.connections)
        assert re.match("1[67] of 17 connections are in use, and whoever finds none is refused", warning)


@pytest.mark.parametrize("is_writer", [False, True])
def test_a_transaction_that_stays_open_is_warned_of(app, doctor, shell, is_writer):
    with elsewhere(app) as other:
        if is_writer:
            other.begin()
        else:
            other.say("BEGIN")
        pid = other.say("SELECT pg_backend_pid()").scalar_one()
        result = doctor()
        assert result.exit_code == 0, result.output
        assert "open 1, the oldest for 0." in words(result)
        assert (f"lock held by process {pid}" in words(result)) is is_writer
        (warning,) = warned(app, server.transactions, longest_s=0)
        assert warning.startswith(
            f"Process {pid} (unnamed, user postgres, idle in transaction) has had a transaction"
        )
        assert ("keeps all writers waiting" in warning) is is_writer
        assert shell.say(advised(warning)).scalar_one()
        waiting.until(lambda: not warned(app, server.transactions, longest_s=0))
        # Its connection is gone with it.
        other._connection.invalidate()


def test_a_plain_user_is_told_what_it_may_not_see(peopled, postgresql, shell, open_board):
    shell.say("CREATE ROLE plain LOGIN")
    shell.say("GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain")
    shell.say("CREATE EXTENSION amcheck")
    address = peopled.config["SETTINGS"].database_address.replace("postgres@", "plain@")
    with elsewhere(peopled) as other:
        other.begin()
        pid = other.say("SELECT pg_backend_pid()").scalar_one()
        result = asked(open_board(address), "--check")
    assert result.exit_code == 0, result.output
    assert f"lock held by process {pid}" in words(result)
    assert "other users', which only pg_read_all_stats may see" in words(result)
    assert "amcheck not to be had here, so nobody looked into the indexes" in words(result)


def test_an_index_whose_making_was_broken_off_is_found(peopled, shell):
    with elsewhere(peopled) as other:
        other.begin()
        other.say("UPDATE boards SET slug = slug")
        shell.say("SET lock_timeout = 100")
        with pytest.raises(sqlalchemy.exc.OperationalError, match="lock timeout"):
            shell.say("CREATE INDEX CONCURRENTLY ix_of_mine ON boards (threads_count)")
        other.say("ROLLBACK")
    shell.say("SET lock_timeout = 0")
    (warning,) = warned(peopled, guards.check)
    assert warning.startswith("No page uses ix_of_mine of boards, for making it was broken off")
    shell.say(advised(warning))
    assert not warned(peopled, guards.check)


def test_a_constraint_that_was_not_tried_is_found(app, shell):
    shell.say("ALTER TABLE boards ADD CONSTRAINT ck_of_mine CHECK (posts_count >= 0) NOT VALID")
    (warning,) = warned(app, guards.check)
    assert warning.startswith("Rows of boards may break ck_of_mine, which was never tried on them")
    shell.say(f"{advised(warning)} ck_of_mine")
    assert not warned(app, guards.check)


def test_triggers_that_are_switched_off_are_found(app, shell):
    shell.say("ALTER TABLE posts DISABLE TRIGGER ALL")
    (warning,) = warned(app, guards.check)
    assert warning.startswith("posts goes without RI_ConstraintTrigger_")
    shell.say(advised(warning))
    assert not warned(app, guards.check)


def test_a_damaged_index_is_found(peopled, postgresql, open_board, shell):
    shell.say("CREATE EXTENSION amcheck")
    block = 8192
    hurt = damaged(peopled, postgresql, shell, open_board, "ix_posts_author_id", 2 * block - 16)
    result = asked(hurt, "--check")
    assert result.exit_code == 1
    assert "amcheck 1 of " in words(result)
    assert "! The index ix_posts_author_id is damaged (" in result.output
    with elsewhere(hurt) as other:
        other.say("REINDEX INDEX ix_posts_author_id")
    mended = asked(hurt, "--check")
    assert mended.exit_code == 0, mended.output
    assert "are sound" in words(mended)


def test_a_damaged_table_is_said_in_one_sentence(peopled, postgresql, open_board, shell):
    result = asked(damaged(peopled, postgresql, shell, open_board, "posts", 0))
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: The database \w+ on .+ is damaged \(invalid page .+\): stop the board, .+\n", result.output
    )


def damaged(app, postgresql, shell, open_board, relation, offset) -> Flask:
    """A board on a copy of the database, in which some bytes of a relation are others."""
    source = shell.say("SELECT current_database()").scalar_one()
    path = Path(shell.say(f"SELECT pg_relation_filepath('{relation}')").scalar_one())
    shell.say("CHECKPOINT")
    shell._connection.invalidate()
    with app.app_context():
        db.engine.dispose()
    # Its files are copied as they lie, so that the server knows none of its pages yet.
    postgresql.say(f"CREATE DATABASE hurt_{relation} TEMPLATE {source} STRATEGY file_copy")
    oid = scalar(postgresql, f"SELECT oid FROM pg_database WHERE datname = 'hurt_{relation}'")
    with (postgresql.folder / "data" / path.parent.parent / str(oid) / path.name).open("r+b") as file:
        file.seek(offset)
        file.write(bytes([255]) * 16)
    return open_board(postgresql.address(f"hurt_{relation}"))


def test_dead_rows_that_nobody_clears_away_are_warned_of(app, shell):
    shell.say("ALTER TABLE page_versions SET (autovacuum_enabled = off)")
    shell.say("INSERT INTO page_versions SELECT 'thread ' || n, n FROM generate_series(1, 10001) AS n")
    shell.say("DELETE FROM page_versions WHERE topic LIKE 'thread %'")
    # Else the server counts them within a second.
    shell.say("SELECT pg_stat_force_next_flush()")
    (warning,) = warned(app, vacuum.left)
    assert re.match("page_versions has about 10,0.. dead rows and . live ones", warning)
    shell.say(advised(warning))
    shell.say("SELECT pg_stat_force_next_flush()")
    assert not warned(app, vacuum.left)


def test_an_autovacuum_that_is_off_is_warned_of(app, postgresql):
    with set_for_all(postgresql, "autovacuum", "off"):
        (warning,) = warned(app, vacuum.left)
        assert warning.startswith("Nobody clears dead rows away, for autovacuum is off")


def test_old_transactions_numbers_are_warned_of(app):
    assert not warned(app, vacuum.left)
    old, *_ = warned(app, vacuum.left, oldest_age=0)
    assert re.match(r"[\d,]+ transaction ids were given since the oldest row in \w+ was frozen", old)


def test_a_lost_index_is_seen_in_what_a_page_reads(peopled, doctor, shell):
    with peopled.app_context(), write() as session:
        grown.threads(session, 10_001)
    shell.say("ANALYZE")
    assert doctor().exit_code == 0
    shell.say("DROP INDEX ix_threads_status_last_post_at")
    result = doctor()
    assert result.exit_code == 1
    assert (
        "! home (/) reads 10,003 rows of threads, which gets slower with every post: run `ANALYZE`"
        in result.output
    )


@pytest.mark.parametrize("host", [None, "/nowhere"])
def test_a_server_that_does_not_answer_is_said_in_one_sentence(postgresql, open_board, host):
    address = f"postgresql://postgres:secret@/elsewhere?host={host or postgresql.folder}"
    result = asked(open_board(address))
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: The database elsewhere on this machine does not answer \(.+\): look whether PostgreSQL runs there,"
        r" and whether DATABASE_URL names a user who may read it\.\n",
        result.output,
    )
    assert "secret" not in result.output
