"""While many read and many write, each reader sees the board as of one commit, and none before the last they knew of.

Each commit gives the thread one more reply, by a verb or by plain SQL, in this process or in another one, and writes
the number of replies into its title. So every page names the commit that it shows, in four places.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from functools import wraps

import pytest

from forum.accounts.models import User
from forum.db import db, write
from forum.drivers import kind_of
from forum.threads.models import Thread
from forum.web.compression import CODINGS
from tests import makers
from tests.conftest import browser
from tests.databases import elsewhere

READERS, WRITERS = 8, 4
# Few enough for one page of a thread.
REPLIES = 19
ROUNDS = 3
THREAD = "/t/1-count"

# What every writer does in one transaction that begins with BEGIN IMMEDIATE.
STATEMENTS = """
INSERT INTO posts (thread_id, author_id, number, is_opening, status, body, html, lang, created_at, published_at,
                   versions)
SELECT id, 1, last_number + 1, false, 'public', 'x', '<p>Reply ' || last_number || '.</p>', 'en', 0, 0, 1
FROM threads WHERE id = 1;
UPDATE threads SET last_number = last_number + 1, posts_count = posts_count + 1, title = 'Count ' || last_number
WHERE id = 1
"""
OTHER_PROCESS = """
import sys
import sqlalchemy as sa
url, begin, change = sys.argv[1:]
database = sa.create_engine(url, isolation_level="AUTOCOMMIT").connect()
for line in sys.stdin:
    for statement in [*begin.split(";"), *change.split(";")]:
        database.exec_driver_sql(statement)
    number = database.exec_driver_sql("SELECT last_number - 1 FROM threads WHERE id = 1").scalar()
    database.exec_driver_sql("COMMIT")
    print(number, flush=True)
"""


class Known:
    """The highest commit that somebody was told of."""

    def __init__(self):
        self.number = 0
        self.is_over = threading.Event()
        self._lock = threading.Lock()

    def tell(self, number):
        with self._lock:
            self.number = max(self.number, number)


@pytest.fixture
def counting(app):
    """A thread whose title counts its replies."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        makers.member(session, "Bob")
        makers.thread(session, alice, title="Count 0", body="Let us count.")
        session.get_one(Thread, 1).slug = "count"
    return app


def begin_anew(app):
    with app.app_context(), write() as session:
        session.query(Thread).one().title = "Count 0"
        session.query(Thread).one().last_number = session.query(Thread).one().posts_count = 1
        session.connection().exec_driver_sql("DELETE FROM posts WHERE number > 1")


def by_verb(app):
    """A commit as the application makes it; returns its number."""
    with app.app_context(), write() as session:
        thread = session.get_one(Thread, 1)
        number = thread.last_number
        makers.post(session, thread, session.get_one(User, 1), body=f"Reply {number}.")
        thread.title = f"Count {number}"
    return number


def by_sql(app):
    """A commit as somebody with an SQL prompt makes it."""
    with elsewhere(app) as prompt:
        prompt.begin()
        for statement in STATEMENTS.split(";"):
            prompt.say(statement)
        number = prompt.say("SELECT last_number - 1 FROM threads WHERE id = 1").scalar()
        prompt.say("COMMIT")
    return number


class OtherProcess:
    """A program of its own that commits when it is asked to."""

    def __init__(self, app):
        with app.app_context():
            begin = kind_of(db.engine).change
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, app.config["SETTINGS"].database_url, begin, STATEMENTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, app):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.communicate()


def counts(page):
    """What a page says in its head, above its posts and with its posts."""
    [title] = re.findall(r"<title>Count (\d+)", page)
    [heading] = re.findall(r'class="thread-title"[^>]*>Count (\d+)<', page)
    [replies] = re.findall(r'data-replies="(\d+)"', page)
    shown = re.findall(r"<p>Reply (\d+)\.</p>", page)
    return {int(title), int(heading), int(replies), len(shown)}, [int(number) for number in shown]


def read(app, visitor, headers, known, wrong, reads):
    """Read until all is written; note each page that mixes commits or is older than what was known before."""
    while not known.is_over.is_set():
        before = known.number
        answer = visitor.get(THREAD, headers=headers)
        coding = answer.headers.get("Content-Encoding")
        body = CODINGS[coding].unpack(answer.data) if coding else answer.data
        said, shown = counts(body.decode())
        if len(said) != 1 or min(said) < before or shown != list(range(1, len(shown) + 1)):
            wrong.append((before, said, shown))
        reads.append(max(said))


def work(app, commit, todo, known, failures):
    try:
        while todo.acquire(blocking=False):
            known.tell(commit(app))
            time.sleep(0.02)
    except Exception as failure:  # noqa: BLE001 - told by the test, whatever it is
        failures.append(failure)


def test_every_read_is_true_while_many_write(counting, sign_in):
    headers = [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip"}, {"Accept-Language": "ja"}]
    visitors = [browser(counting) for _ in range(READERS - 1)] + [sign_in("Bob")]
    wrong, reads, failures = [], [], []
    with OtherProcess(counting) as other:
        for _ in range(ROUNDS):
            begin_anew(counting)
            known, todo = Known(), threading.Semaphore(REPLIES)
            readers = [
                threading.Thread(
                    target=read, args=(counting, visitor, headers[number % 4], known, wrong, reads)
                )
                for number, visitor in enumerate(visitors)
            ]
            writers = [
                threading.Thread(target=work, args=(counting, commit, todo, known, failures))
                for commit in (by_verb, by_verb, by_sql, other)
            ]
            for thread in (*readers, *writers):
                thread.start()
            for thread in writers:
                thread.join()
            known.is_over.set()
            for thread in readers:
                thread.join()
            assert known.number == REPLIES
            assert counts(browser(counting).get(THREAD).text)[0] == {REPLIES}
    assert (failures, wrong) == ([], [])
    assert len(reads) > READERS * ROUNDS


@pytest.mark.parametrize("is_other_process", [False, True])
def test_each_commit_is_seen_by_the_very_next_read(counting, is_other_process):
    guest = browser(counting)
    with OtherProcess(counting) as other:
        for number in range(1, REPLIES + 1):
            assert (other if is_other_process else by_sql)(counting) == number
            assert counts(guest.get(THREAD).text)[0] == {number}
            assert f"{number} repl" in guest.get("/").text
            assert guest.get("/t/1.atom").text.count("<entry>") == number + 1


def test_a_commit_while_a_page_is_made_makes_that_page_old(app, board_with):
    """The page is read from the database, and before it is kept somebody replies."""
    other = board_with(DATABASE_URL=app.config["SETTINGS"].database_url)
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session), title="Count 0", body="Let us count.")
        session.get_one(Thread, 1).slug = "count"
    commits = threading.Semaphore(2)

    view = other.view_functions["threads.thread"]

    @wraps(view)
    def reply_meanwhile(**arguments):
        page = view(**arguments)
        if commits.acquire(blocking=False):
            by_sql(app)
        return page

    other.view_functions["threads.thread"] = reply_meanwhile
    guest = browser(other)
    assert [counts(guest.get(THREAD).text)[0] for _ in range(4)] == [{0}, {1}, {2}, {2}]


def test_the_watch_sees_every_commit_of_others(counting):
    watch = counting.extensions["watch"]
    with elsewhere(counting) as prompt:
        first = watch.moment()
        prompt.say("SELECT count(*) FROM posts").scalar()
        assert watch.moment() == first
        prompt.say("UPDATE boards SET name = 'Others'")
        assert watch.moment() != first
        assert watch.newest(["boards", "nothing"]) == watch.newest(["clock"])
    assert watch.newest([]) == watch.newest(["nothing"]) == 0
