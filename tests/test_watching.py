"""How a process learns that somebody committed."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from forum.watching import SqliteWatch

pytestmark = pytest.mark.sqlite

WRITE = "INSERT INTO page_versions (topic, version) VALUES ('boards', 7)"
CHECKPOINT = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], timeout=0).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
"""


class CountingWatch(SqliteWatch):
    """A watch that counts what it asks the database."""

    asked = 0

    def _ask(self, query: str, values: Sequence[str] = ()) -> Any:
        self.asked += 1
        return super()._ask(query, values)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which a page's version can change."""
    path = tmp_path / "a board's.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = wal")
        database.execute("CREATE TABLE page_versions (topic TEXT, version INTEGER)")
    return path


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        yield database


def test_the_watch_sees_every_commit_and_nothing_else(path, other):
    watch = SqliteWatch(path)
    first = watch.moment()
    other.execute("SELECT count(*) FROM page_versions").fetchone()
    other.execute("BEGIN IMMEDIATE")
    other.execute(WRITE)
    assert watch.moment() == first
    other.execute("ROLLBACK")
    assert watch.moment() == first
    moments = [first]
    for _ in range(5):
        other.execute(WRITE)
        moments.append(watch.moment())
    assert len(set(moments)) == len(moments)


def test_while_nobody_commits_the_database_is_not_asked(path, other):
    watch = CountingWatch(path)
    for _ in range(2):
        watch.moment()
    asked = watch.asked
    assert len({watch.moment() for _ in range(100)}) == 1
    assert watch.asked == asked
    other.execute(WRITE)
    watch.moment()
    assert watch.asked == asked + 1


def test_a_glance_tells_the_moment_until_somebody_commits(path, other):
    watch = CountingWatch(path)
    assert watch.glance() is None
    moment = [watch.moment() for _ in range(2)][-1]
    asked = watch.asked
    assert watch.glance() == moment
    other.execute(WRITE)
    assert watch.glance() is None
    assert watch.asked == asked
    assert watch.moment() != moment
    assert watch.glance() == watch.moment()


def test_a_log_that_begins_anew_hides_no_commit(path, other):
    watch = SqliteWatch(path)
    other.execute(WRITE)
    seen = {watch.moment()}
    for count in range(2, 6):
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.execute(WRITE)
        seen.add(watch.moment())
        assert len(seen) == count


def test_a_board_in_a_folder_behind_a_link_is_watched_as_well(path, other, tmp_path):
    (tmp_path / "link").symlink_to(path)
    watch = CountingWatch(tmp_path / "link")
    first = watch.moment()
    watch.moment()
    other.execute(WRITE)
    assert watch.moment() != first
    assert watch.asked == 3


@pytest.mark.parametrize("journal", ["delete", "truncate"])
def test_without_a_wal_index_the_database_is_asked_each_time(path, other, journal):
    # What a copy of a board in use may leave behind must not be taken for the index.
    leftover = path.with_name(f"{path.name}-shm")
    index = leftover.read_bytes() if leftover.exists() else b""
    other.execute(f"PRAGMA journal_mode = {journal}")
    leftover.write_bytes(index or bytes(32768))
    watch = CountingWatch(path)
    first = watch.moment()
    assert watch.moment() == first
    assert watch.glance() is None
    other.execute(WRITE)
    assert watch.moment() != first
    assert watch.asked == 3


def test_who_watched_and_is_gone_takes_no_lock_away_from_the_process(path, other):
    """A process that closes a file loses all its locks on it, and with them SQLite its hold on what it reads."""
    other.execute(WRITE)
    other.execute("BEGIN")
    other.execute("SELECT * FROM page_versions").fetchall()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute(WRITE)
    watch = SqliteWatch(path)
    for _ in range(2):
        watch.moment()
    del watch
    gc.collect()
    command = [sys.executable, "-c", CHECKPOINT, str(path)]
    is_busy = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert is_busy == "1"
