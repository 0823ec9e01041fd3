"""Changes that wait for one another have one commit, and each is on its own all the same."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from forum.commits import LONGEST_TOGETHER_S, MOST_TOGETHER, Commits
from forum.db import change, is_as_read, reading, snapshot, write
from forum.schema import EPOCH
from forum.screening.models import LinkHost
from forum.statements import Statement
from forum.turns import Turns, _Place
from tests.databases import elsewhere
from tests.listening import begins_change, listening
from tests.waiting import PATIENCE_S, until

ADD = "INSERT INTO link_hosts (host, approved, rejected, first_seen_at) VALUES (:host, 0, 0, 0)"
ADD_ONE = Statement(sa.insert(LinkHost))
# What the database looks at only when it commits: a key that leads nowhere, a number that comes twice.
SPOIL = {
    "sqlite": (
        "PRAGMA defer_foreign_keys = ON",
        "INSERT INTO read_marks (user_id, thread_id, number, seen_at) VALUES (9, 9, 1, 0)",
    ),
    "postgresql": (
        "CREATE TEMPORARY TABLE spoilt (one integer UNIQUE INITIALLY DEFERRED) ON COMMIT DROP",
        "INSERT INTO spoilt VALUES (1), (1)",
    ),
}


@pytest.fixture
def asked(app):
    """What was said to the database, without reading."""
    said = []

    begins = begins_change(app)

    def note(statement, values, is_many):
        is_ours = statement.startswith("INSERT INTO link_hosts")
        said.append(values[0] if is_ours else "BEGIN" if statement == begins else statement)

    with listening(app, note):
        yield said


class Writers:
    """Threads that stand in line in the order of their names, and what became of each."""

    def __init__(self, app):
        self._app = app
        self.outcomes = {}
        """By name: whether its row could be read by others when it was told that all is well, or what it was told."""
        self.faults = {}

    def go(self, *acts):
        """Let each act, given as (name, function of name and transaction), wait until all do."""
        turns, threads = self._app.extensions["turns"], []
        with turns.turn():
            for number, (name, act) in enumerate(acts):
                threads.append(threading.Thread(target=self._write, args=(name, act), daemon=True))
                threads[-1].start()
                until(lambda behind=number: len(turns._line._waiting) > behind)
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        return self.outcomes

    def _write(self, name, act):
        with self._app.app_context():
            try:
                act(name)
            except (DBAPIError, Unwilling, MemoryError) as fault:
                self.outcomes[name], self.faults[name] = type(fault), fault
            else:
                self.outcomes[name] = name in stored(self._app)


class Unwilling(Exception):
    pass


def stored(app):
    """The rows that anybody can read."""
    with elsewhere(app) as other:
        return set(other.say("SELECT host FROM link_hosts").scalars())


def add(name):
    with change() as transaction:
        _say(transaction, name)


def add_and_fail(name):
    with change() as transaction:
        _say(transaction, name)
        raise Unwilling


def add_and_spoil_the_commit(name):
    with change() as transaction:
        _say(transaction, name)
        for sql in SPOIL[transaction.engine.dialect.name]:
            transaction.driver.execute(sql)


def add_and_lose_all(name):
    with change() as transaction:
        _say(transaction, name)
        lose_all(transaction, name)
        raise Unwilling


def add_and_lose_all_unawares(name):
    with change() as transaction:
        _say(transaction, name)
        lose_all(transaction, name)


def lose_all(transaction, name):
    """Let the database take back the whole transaction, as SQLite does when the disk is full."""
    if transaction.engine.dialect.name == "postgresql":
        transaction.driver.execute("ROLLBACK")
        return
    with suppress(sqlite3.IntegrityError):
        transaction.driver.execute(ADD.replace("INSERT", "INSERT OR ROLLBACK"), {"host": name})


def add_in_a_session(name):
    with write() as session:
        session.execute(sa.text(ADD), {"host": name})


def _say(transaction, name):
    ADD_ONE.run(transaction, {"host": name, "first_seen_at": EPOCH})


def test_changes_that_wait_are_committed_together_in_their_order(app, asked):
    outcomes = Writers(app).go(("a", add), ("b", add), ("c", add))
    assert outcomes == {"a": True, "b": True, "c": True}
    part, done = "SAVEPOINT part", "RELEASE part"
    assert asked == ["BEGIN", "a", part, "b", done, part, "c", done, "COMMIT"]


def test_who_is_alone_commits_at_once(app, asked):
    with app.app_context():
        add("a")
        assert asked == ["BEGIN", "a", "COMMIT"]
        assert stored(app) == {"a"}


HOSTS = Statement(sa.select(LinkHost.host))


@pytest.mark.parametrize("who", ["nobody", "this request", "another program"])
def test_what_was_read_stands_until_somebody_commits(app, who):
    """On PostgreSQL nobody knows at once whether somebody did."""
    with app.app_context():
        HOSTS.all(snapshot())
        if who == "this request":
            add("a")
            HOSTS.all(snapshot())
        elif who == "another program":
            with elsewhere(app) as other:
                other.say(ADD, {"host": "a"})
        with change() as transaction:
            is_sqlite = transaction.engine.dialect.name == "sqlite"
            assert is_as_read() == (is_sqlite and who == "nobody")
            _say(transaction, "b")
            assert is_as_read() == (is_sqlite and who == "nobody")
        assert not is_as_read()


def test_what_a_session_read_does_not_stand(app):
    """It may have read before others committed, though nobody did since this request read again."""
    with app.app_context():
        reading()
        HOSTS.all(snapshot())
        with elsewhere(app) as other:
            other.say(ADD, {"host": "a"})
        with write():
            """So that the session has nothing of it left."""
        assert len(HOSTS.all(snapshot())) == 1
        with change():
            assert not is_as_read()


def test_what_was_not_read_does_not_stand(app):
    with app.app_context(), change():
        assert not is_as_read()


def test_what_was_read_does_not_stand_behind_another_s_change_that_waits(app):
    found = {}

    def read_and_add(name):
        HOSTS.all(snapshot())
        with change() as transaction:
            found[name] = is_as_read()
            _say(transaction, name)

    outcomes = Writers(app).go(("a", read_and_add), ("b", read_and_add))
    assert outcomes == {"a": True, "b": True}
    with app.app_context(), change() as transaction:
        is_sqlite = transaction.engine.dialect.name == "sqlite"
    assert found == {"a": is_sqlite, "b": False}


def test_no_more_than_so_many_wait_for_one_another(app, asked):
    names = [f"{number:02}" for number in range(MOST_TOGETHER + 2)]
    outcomes = Writers(app).go(*((name, add) for name in names))
    assert outcomes == dict.fromkeys(names, True)
    assert [said for said in asked if not said.endswith("part")] == [
        "BEGIN",
        *names[:MOST_TOGETHER],
        "COMMIT",
        "BEGIN",
        *names[MOST_TOGETHER:],
        "COMMIT",
    ]


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_what_fails_is_taken_back_alone(app, who):
    outcomes = Writers(app).go(*((name, add_and_fail if name == who else add) for name in "abc"))
    assert outcomes == {"a": True, "b": True, "c": True, who: Unwilling}
    assert stored(app) == {"a", "b", "c"} - {who}


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_a_commit_that_fails_is_told_to_all_who_are_in_it(app, who):
    outcomes = Writers(app).go(*((name, add_and_spoil_the_commit if name == who else add) for name in "abc"))
    assert outcomes == dict.fromkeys("abc", IntegrityError)
    assert stored(app) == set()
    with app.app_context():
        add("d")
    assert stored(app) == {"d"}


@pytest.mark.parametrize("way", [add_and_lose_all, add_and_lose_all_unawares])
@pytest.mark.parametrize("losing", ["a", "b", "c"])
def test_when_all_is_lost_everybody_whose_change_it_was_hears_of_it(app, way, losing):
    outcomes = Writers(app).go(*((name, way if name == losing else add) for name in "abc"))
    lost, kept = set("abc"[: "abc".index(losing) + 1]), set("abc"["abc".index(losing) + 1 :])
    assert {name for name, outcome in outcomes.items() if outcome is True} == kept
    told = {name for name, outcome in outcomes.items() if outcome is Unwilling or is_of_database(outcome)}
    assert told == lost
    assert stored(app) == kept


def is_of_database(outcome):
    return isinstance(outcome, type) and issubclass(outcome, DBAPIError)


def test_a_session_has_a_commit_of_its_own_in_its_turn(app, asked):
    outcomes = Writers(app).go(("a", add), ("b", add_in_a_session), ("c", add))
    assert outcomes == {"a": True, "b": True, "c": True}
    assert asked.count("BEGIN") == 3
    assert [said for said in asked if said in {"a", "c", "COMMIT"}] == ["a", "COMMIT", "c", "COMMIT"]


def failing(app, said, fault):
    """Let the database not do what is said to it inside the block."""

    def fail(statement, values, is_many):
        if statement == said:
            raise fault

    return listening(app, fail)


def test_memory_that_runs_out_at_the_commit_is_told_to_all(app):
    with failing(app, "COMMIT", MemoryError()):
        outcomes = Writers(app).go(("a", add), ("b", add), ("c", add))
    assert outcomes == dict.fromkeys("abc", OperationalError)
    assert stored(app) == set()


@pytest.mark.parametrize("said", ["SAVEPOINT part", "RELEASE part", "ROLLBACK TO part"])
def test_what_can_not_be_taken_back_alone_is_taken_back_with_all_before(app, said):
    with failing(app, said, MemoryError()):
        outcomes = Writers(app).go(("a", add), ("b", add_and_fail), ("c", add_in_a_session))
    assert outcomes["a"] is OperationalError
    assert outcomes["b"] is (MemoryError if said == "SAVEPOINT part" else Unwilling)
    assert (outcomes["c"], stored(app)) == (True, {"c"})


def test_what_a_full_disk_says_is_what_all_hear(app):
    fault = OperationalError(ADD, None, sqlite3.OperationalError("database or disk is full"))

    def add_and_find_no_room(name):
        with change() as transaction:
            _say(transaction, name)
            lose_all(transaction, name)
            raise fault

    writers = Writers(app)
    writers.go(("a", add), ("b", add_and_find_no_room))
    assert [str(writers.faults[name]) for name in "ab"] == [str(fault)] * 2


def test_a_transaction_that_can_not_begin_gives_the_turn_back(app):
    with failing(app, begins_change(app), MemoryError()), app.app_context(), pytest.raises(MemoryError):
        add("a")
    assert not app.extensions["turns"]._line._is_taken


def test_nobody_else_begins_before_the_commit(app):
    taken = []

    def note(statement, values, is_many):
        if statement == "COMMIT":
            taken.append(app.extensions["turns"]._line._is_taken)

    with listening(app, note), app.app_context():
        add("a")
    assert taken == [True]


def test_who_waits_long_has_a_commit_of_its_own(app, asked):
    def add_slowly(name):
        with change() as transaction:
            _say(transaction, name)
            time.sleep(2 * LONGEST_TOGETHER_S)

    outcomes = Writers(app).go(("a", add_slowly), ("b", add))
    assert outcomes == {"a": True, "b": True}
    assert asked.count("COMMIT") == 2


def test_who_lost_patience_changes_something_all_the_same(app, tmp_path):
    turns = Turns(tmp_path / "turns", patience_s=0.01)
    commits = Commits(turns, app.extensions["transactions"])
    with turns.turn(), commits.change() as transaction:
        _say(transaction, "a")
    assert stored(app) == {"a"}


def test_who_is_called_as_patience_ends_comes(app, tmp_path):
    turns, came = Turns(tmp_path / "turns", patience_s=0.05), []
    first = turns.enter(goes_on=True)
    thread = threading.Thread(target=lambda: came.append(turns.enter(goes_on=True)), daemon=True)
    thread.start()
    until(lambda: len(turns._line._waiting) == 1)
    with turns._line._guard:
        # Its patience ends now, and it has to wait for the guard to leave the line.
        time.sleep(0.2)
        place = turns._line._waiting.popleft()
        place.handed = first
        place.call.release()
    thread.join(PATIENCE_S)
    assert came == [first]
    first.end()
    assert not turns._line._is_taken


@pytest.mark.parametrize("is_handed", [False, True])
def test_who_is_called_and_does_not_come_holds_up_nobody(tmp_path, is_handed):
    ended = []

    class Work:
        def end(self):
            ended.append(True)

    turns = Turns(tmp_path / "turns")
    first, place = turns.enter(goes_on=True), _Place(goes_on=True)
    turns._line._waiting.append(place)
    place.call.acquire()
    if is_handed:
        assert first.hand_on(Work())
    else:
        first.end()
    turns._line._pass_over(place)
    assert (ended, turns._line._is_taken) == ([True] * is_handed, False)


def test_a_turn_that_is_over_leaves_no_file_open(tmp_path):
    turns = Turns(tmp_path / "turns")
    with turns.turn():
        assert (tmp_path / "turns") in _open_files()
    assert (tmp_path / "turns") not in _open_files()


def _open_files():
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(each.readlink())
    return found
