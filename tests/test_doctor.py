"""`flask forum doctor`: what an operator is told of a sound database, and of one that is not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result

from forum import create_app
from forum.db import db, reading, write
from forum.doctor import report, storage, tables
from forum.doctor.plans import Step, complaints
from forum.settings import load
from forum.threads.models import Status, Thread
from tests import grown, makers

pytestmark = pytest.mark.sqlite


@pytest.fixture
def doctor(app) -> Callable[..., Result]:
    """Runs the command with the given options."""
    return lambda *options: app.test_cli_runner().invoke(args=["forum", "doctor", *options])


@pytest.fixture
def peopled(app):
    """Alice's threads on two boards, one with a second page, and a post that waits and one that was removed."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        makers.thread(session, alice, replies=24)
        thread = makers.thread(session, alice, makers.board(session, "kyoto"), title="Rain again")
        makers.post(session, thread, alice, status=Status.HELD)
        makers.post(session, thread, alice, status=Status.REMOVED)
    return app


def spoil(app, *statements):
    """Do to the file what the board would not do."""
    with sqlite3.connect(app.config["SETTINGS"].database_path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    # A prepared EXPLAIN does not notice that the schema has changed.
    with app.app_context():
        db.engine.dispose()


def damage(path, offset):
    """Write over some bytes of a database, in another process: to close a file drops all locks that this process holds
    on it, SQLite's too, and the next process that leaves the database takes its log away from under our connections.
    """
    code = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(int(sys.argv[2])); f.write(bytes([255]) * 64)"
    subprocess.run([sys.executable, "-c", code, path, str(offset)], check=True)


@pytest.mark.usefixtures("peopled")
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_sound_board_has_nothing_wrong(doctor, options):
    result = doctor(*options)
    assert result.exit_code == 0, result.output
    assert result.output.endswith("\n\nNothing is wrong.\n")
    assert ("posts_count" in result.output) is ("--check" in options)


@pytest.mark.usefixtures("peopled")
def test_files_settings_tables_and_pages_are_told(doctor):
    told = " ".join(doctor().output.split())
    for part in (
        "journal_mode wal synchronous 2 foreign_keys 1",
        "posts 28 rows",
        "sqlite_autoindex_posts_2 4.0 KiB",
        "taken never",
        "home 2 statements",
        "longest thread 2 statements",
        "busiest member 2 statements",
    ):
        assert part in told


def test_an_empty_board_is_sound(doctor):
    assert doctor("--check").exit_code == 0


@pytest.mark.parametrize(
    ("table", "column", "right", "wrong"),
    [
        ("threads", "posts_count", "25", "26"),
        ("threads", "last_number", "25", "24"),
        ("boards", "threads_count", "1", "0"),
        ("boards", "posts_count", "25", "0"),
        ("users", "posts_count", "26", "-1"),
    ],
)
def test_a_wrong_counter_is_found_and_made_right(peopled, doctor, table, column, right, wrong):
    spoil(peopled, f"UPDATE {table} SET {column} = {wrong} WHERE id = 1")
    assert doctor().exit_code == 0
    result = doctor("--check")
    assert result.exit_code == 1
    warning = f"! {table}.{column} is wrong in 1 rows, such as row 1, which says {wrong} where there are {right}: run"
    assert warning in result.output
    mended = doctor("--check", "--recount")
    assert mended.output.startswith("1 counters were wrong and are right now.\n")
    assert mended.exit_code == 0
    with peopled.app_context():
        kept = reading().scalar(sa.text(f"SELECT {column} FROM {table} WHERE id = 1"))
    assert str(kept) == right


def test_the_number_of_a_post_that_is_gone_is_never_given_again(peopled, doctor):
    spoil(peopled, "DELETE FROM posts WHERE thread_id = 1 AND number = 25")
    result = doctor("--check")
    assert "threads.posts_count is wrong in 1 rows" in result.output
    assert "threads.last_number right" in " ".join(result.output.split())
    assert doctor("--recount").exit_code == 0
    with peopled.app_context():
        assert reading().get_one(Thread, 1).last_number == 25


def test_a_lost_index_is_seen_in_what_a_page_does(peopled, doctor):
    with peopled.app_context(), write() as session:
        grown.threads(session, 1001)
    assert doctor().exit_code == 0
    spoil(peopled, "DROP INDEX ix_threads_status_last_post_at", "DROP INDEX ix_threads_board_id")
    result = doctor()
    assert result.exit_code == 1
    assert "! home (/) walks through all of threads, which gets slower with every post" in result.output
    assert "! feed of a board (/b/alt.atom) walks through all of threads" in result.output


def test_what_points_to_nothing_is_found(peopled, doctor):
    spoil(peopled, "UPDATE threads SET last_author_id = 99 WHERE id = 1")
    result = doctor("--check")
    assert result.exit_code == 1
    assert "! 1 rows in threads point to rows that are gone" in result.output


def test_a_damaged_file_is_found(peopled, doctor):
    path = peopled.config["SETTINGS"].database_path
    with sqlite3.connect(path) as connection:
        root = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_posts_author_id'"
        ).fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    damage(path, (root - 1) * 4096 + 8)
    result = doctor("--check")
    assert result.exit_code == 1
    assert "go back to the last backup" in result.output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no database at {path} yet: run `.venv/bin/flask db upgrade`."),
        (
            b"This is a letter to a friend, and no database. " * 100,
            "The database {path} can't be read (file is not a database):"
            + " stop the board and go back to the last backup.",
        ),
    ],
)
def test_a_file_that_is_no_database_is_said_in_one_sentence(data_dir, content, sentence):
    app = create_app(load({"DATA_DIR": str(data_dir)}))
    path = app.config["SETTINGS"].database_path
    if content is not None:
        path.write_bytes(content)
    result = app.test_cli_runner().invoke(args=["forum", "doctor"])
    assert (result.exit_code, result.output) == (1, f"Error: {sentence.format(path=path)}\n")
    assert path.exists() is (content is not None)


@pytest.mark.parametrize(
    "content", ["UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"]
)
def test_an_older_schema_is_said_and_its_tables_are_left_alone(peopled, doctor, content):
    newest = peopled.config["SCHEMA_VERSION"]
    spoil(peopled, content, "DROP TABLE thread_pins")
    result = doctor("--check")
    assert result.exit_code == 1
    assert (
        f"and this board needs {newest}: stop it, make a backup, and run `.venv/bin/flask db upgrade`."
        in result.output
    )
    assert "Pages" not in result.output


def test_a_setting_that_sqlite_did_not_take_is_warned_of(app):
    with app.app_context():
        found = storage.pragmas(reading(), {"journal_mode": "wal", "synchronous": 3})
    assert ["runs with synchronous = 2 and not 3" in warning for warning in found.warnings] == [True]


def test_free_pages_and_a_long_log_are_warned_of(app):
    path = app.config["SETTINGS"].database_path
    with app.app_context():
        with write() as session:
            makers.member(session, bio="x" * 2_000_000)
        with write() as session:
            session.execute(sa.text("UPDATE users SET bio = ''"))
        assert not storage.files(reading(), path).warnings
        free, long = storage.files(reading(), path, longest_log_bytes=0, most_free_bytes=0).warnings
    assert free.startswith("1.9 MiB of the database are free: stop the board and run")
    assert long.startswith("The write-ahead log has ")


def test_a_slow_disk_is_warned_of(tmp_path):
    assert not storage.disk(tmp_path, slowest_s=60).warnings
    assert "move the data folder to a faster disk" in storage.disk(tmp_path, slowest_s=0).warnings[0]
    assert list(tmp_path.iterdir()) == []


def test_statistics_of_another_time_are_warned_of(app):
    spoil(app, "ANALYZE", "INSERT INTO sqlite_stat1 VALUES ('posts', 'ix_posts_author_id', '50000 20')")
    with app.app_context():
        assert not tables.statistics(reading(), {"posts": 60_000}).warnings
        assert tables.statistics(reading(), {"posts": 2_000_000}).warnings
        assert tables.statistics(reading(), {"posts": 60_000, "threads": 5_000}).warnings


@pytest.mark.parametrize(
    ("statement", "plan", "found"),
    [
        ("SELECT * FROM posts", ["SCAN posts"], ["walks through all of posts"]),
        ("SELECT * FROM boards", ["SCAN boards", "USE TEMP B-TREE FOR ORDER BY"], []),
        ("SELECT * FROM users AS u", ["SCAN u USING INDEX a"], ["walks through all of users"]),
        ("SELECT * FROM users", ["SEARCH users USING INDEX a (b=?)"], []),
        (
            "SELECT * FROM posts",
            ["SCAN boards", "SEARCH posts USING AUTOMATIC COVERING INDEX (b=?)"],
            ["walks through all of posts"],
        ),
        (
            "SELECT * FROM posts",
            ["SEARCH posts USING INDEX a (b=?)", "USE TEMP B-TREE FOR ORDER BY"],
            ["sorts what it finds in posts"],
        ),
        (
            "SELECT * FROM posts",
            [
                "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
                "USING ROWID SEARCH ON TABLE p FOR IN-OPERATOR",
                "USE TEMP B-TREE FOR ORDER BY",
            ],
            [],
        ),
    ],
)
def test_a_plan_that_grows_with_the_board_is_complained_of(statement, plan, found):
    steps = [Step(number, 0, 0, detail) for number, detail in enumerate(plan)]
    assert complaints(statement, steps, {"posts", "users"}) == found


@pytest.mark.parametrize(
    ("n_bytes", "told"), [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 KiB"), (3 * 1024**3, "3.0 GiB")]
)
def test_sizes_are_told_as_people_read_them(n_bytes, told):
    assert report.size(n_bytes) == told
