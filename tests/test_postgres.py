"""The board on PostgreSQL: what is otherwise than on a file."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError

from forum import create_app
from forum.accounts import sessions
from forum.accounts.models import User
from forum.db import change, db, reading, snapshot, write
from forum.doctor import pages, reads
from forum.schema import EPOCH
from forum.screening import gathering
from forum.screening.models import LinkHost
from forum.settings import BadSettings, load
from forum.statements import Statement
from forum.threads import mentions
from forum.threads.models import Post, Thread
from forum.watching import PULSE_S, PostgresWatch, Unreadable
from tests import databases, makers, postgres
from tests.conftest import browser, migrated
from tests.importers.corpora import corpus, write_lines
from tests.waiting import PATIENCE_S, until
from tests.web.kept import is_kept

THREAD = "/t/1-first-winter-in-an-inaka-house"
TOUCH = "INSERT INTO page_versions (topic, version) VALUES ('boards', {}); NOTIFY page_versions"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="module")
def boards(server) -> databases.Server:
    return databases.Server(server)


@pytest.fixture
def on_server(boards, tmp_path) -> Iterator[Flask]:
    """A board with a thread by Alice, whose kept pages hear of commits as they do for guests."""
    with with_thread(boards, tmp_path) as app:
        yield app


@contextmanager
def with_thread(boards: databases.Server, tmp_path: Path, pulse_s: float = PATIENCE_S) -> Generator[Flask]:
    with migrated(tmp_path / "data", boards) as app:
        address = app.config["SETTINGS"].database_address
        app.extensions["watch"] = watch = PostgresWatch(address, pulse_s)
        app.extensions["pagecache"]._watch = watch
        with app.app_context(), write() as session:
            makers.thread(session, makers.member(session))
        yield app
        watch.close()


@pytest.fixture
def database(server) -> str:
    """The address of a database in which a page's version can change, and nothing else."""
    name = f"versions_{time.monotonic_ns()}"
    server.say(f"CREATE DATABASE {name}")
    address = server.address(name)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE page_versions (topic text, version bigint)")
    return address


@pytest.fixture
def watch(database) -> Iterator[PostgresWatch]:
    with closing(PostgresWatch(database, pulse_s=PATIENCE_S)) as watch:
        yield watch


@pytest.fixture
def other(database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def test_the_watch_hears_of_each_commit_and_of_nothing_else(watch, other):
    first = watch.moment()
    other.execute("SELECT 1")
    with other.transaction(force_rollback=True):
        other.execute(TOUCH.format(6))
    assert watch.moment() == first
    for number in range(7, 20):
        before = watch.moment()
        other.execute(TOUCH.format(number))
        until(lambda before=before: watch.moment() != before)
        assert watch.newest(["boards", "nothing"]) == number
    assert watch.newest([]) == watch.newest(["nothing"]) == 0


def test_the_watch_asks_nothing_while_nothing_happens(watch, database):
    asked = "SELECT query_start FROM pg_stat_activity WHERE pid = %s"
    first = watch.moment()
    pid = watch._connection.info.backend_pid
    with psycopg.connect(database) as connection:
        before = connection.execute(asked, [pid]).fetchone()
        for _ in range(100):
            assert watch.moment() == first
        connection.rollback()
        assert connection.execute(asked, [pid]).fetchone() == before


def test_a_glance_waits_for_nobody(watch, other):
    assert watch.glance() is None
    first = watch.moment()
    assert watch.glance() == first
    other.execute(TOUCH.format(7))
    until(lambda: watch.glance() is None)
    assert watch.moment() != first
    assert watch.glance() == watch.moment()
    watch.wrote()
    assert watch.glance() not in (None, first)
    with watch._lock:
        # The server may keep what it has to notify until who asks is answered.
        assert watch.glance() is None
    watch._heard_s -= PATIENCE_S + 1
    assert watch.glance() is None


def test_what_this_process_wrote_is_known_at_once(watch):
    first = watch.moment()
    watch.wrote()
    assert watch.moment() != first


def test_a_line_that_was_cut_is_found_out_by_its_pulse(database, other):
    with closing(PostgresWatch(database, pulse_s=0)) as watch:
        first = watch.moment()
        other.execute("SELECT pg_terminate_backend(%s)", [watch._connection.info.backend_pid])
        with pytest.raises(Unreadable):
            until(lambda: watch.moment() != first)
        # What was notified meanwhile nobody heard, so that all is looked at again.
        assert watch.moment() != first


def test_a_watch_in_many_threads_misses_nothing(watch, other):
    """Each looks as kept pages do: while the moment stays what it was, the version is not asked for again."""
    first, stale = watch.moment(), []

    def follow():
        moment, version = first, 0
        deadline = time.monotonic() + PATIENCE_S
        while version < 49 and time.monotonic() < deadline:
            now = watch.moment()
            if now != moment:
                moment, version = now, watch.newest(["boards"])
        stale.append(version)

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 50):
        other.execute(TOUCH.format(number))
    for thread in threads:
        thread.join()
    assert stale == [49] * 4


def test_who_is_not_answered_keeps_nobody_waiting(watch, server):
    """As when the other end is there and says nothing: one waits for it, and nobody else for that one."""
    watch.moment()
    with watch._lock:
        watch._asked_s = time.monotonic() - 5
        began = time.monotonic()
        with pytest.raises(Unreadable):
            watch.newest(["boards"])
        assert time.monotonic() - began < 0.5


def test_a_host_that_is_silent_is_not_asked_by_everybody(caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with closing(
            PostgresWatch(f"postgresql://board@127.0.0.1:{port}/board", pulse_s=PATIENCE_S)
        ) as watch:
            with pytest.raises(Unreadable):
                watch.moment()
            began = time.monotonic()
            for _ in range(20):
                with pytest.raises(Unreadable):
                    watch.moment()
            assert time.monotonic() - began < 0.5
    assert "can't be watched" in caplog.text


def test_a_kept_page_hears_of_another_program_soon(on_server):
    guest = browser(on_server)
    guest.get(THREAD)
    assert is_kept(guest.get(THREAD))
    with databases.elsewhere(on_server) as prompt:
        for number in range(5):
            prompt.say("UPDATE threads SET title = :title", {"title": f"Winter {number}"})
            began = time.monotonic()
            until(lambda number=number: f"Winter {number}" in guest.get(THREAD).text)
            # Long before the page would be made anew for the times in it, or the watch asks by itself.
            assert time.monotonic() - began < PULSE_S


def test_a_reply_is_seen_by_the_very_next_guest(on_server):
    guest = browser(on_server)
    for number in range(10):
        with on_server.app_context(), write() as session:
            makers.post(
                session, session.get_one(Thread, 1), session.get_one(User, 1), body=f"Winter {number}."
            )
        assert f"Winter {number}." in guest.get(THREAD).text


def test_the_board_goes_on_when_the_server_was_started_anew(tmp_path):
    with postgres.running() as server, with_thread(databases.Server(server), tmp_path, PULSE_S) as app:
        guest, member = browser(app), browser(app)
        with app.app_context(), write() as session:
            secret, _ = sessions.open_session(
                session, 1, is_remembered=True, browser="Test", now=makers.now()
            )
        member.set_cookie(app.config["VIEWER_COOKIE"], secret)
        with app.app_context(), change():
            """So that there is a connection of each kind which leads nowhere afterwards."""
        guest.get(THREAD)
        server.stop()
        for visitor, path in ((guest, THREAD), (guest, "/"), (member, THREAD)):
            answer = visitor.get(path)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
        assert guest.get("/readyz").status_code == 503
        server.start()
        assert member.post("/t/1/reply", data={"body": "After a while."}).status_code == 303
        assert "After a while." in guest.get(THREAD).text
        assert member.get("/").status_code == 200
        # Once the watch asks again.
        until(lambda: is_kept(guest.get(THREAD)))


def test_a_reader_whose_line_was_cut_ends_in_peace(on_server):
    names = Statement(sa.select(User.name))
    with on_server.app_context():
        held = on_server.extensions["transactions"].snapshot()
        assert names.scalar(held) == "Alice"
        with databases.elsewhere(on_server) as prompt:
            prompt.say("SELECT pg_terminate_backend(:pid)", {"pid": held.driver.info.backend_pid})
        with pytest.raises(OperationalError):
            names.scalar(held)
        held.end()
        assert names.scalar(snapshot()) == "Alice"


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_session_whose_line_was_cut_does_not_spoil_the_answer(on_server, is_finished):
    def page():
        names = reading().scalars(sa.select(User.name)).all()
        with databases.elsewhere(on_server) as prompt:
            pid = reading().connection().connection.driver_connection.info.backend_pid
            prompt.say("SELECT pg_terminate_backend(:pid)", {"pid": pid})
        return ", ".join(names if is_finished else reading().scalars(sa.select(User.name)))

    assert [app_of_one_page(on_server, page) for _ in range(2)] == [200 if is_finished else 503] * 2
    assert browser(on_server).get("/").status_code == 200


def app_of_one_page(app, page):
    """The status of a page that exists for this call alone."""
    app.view_functions["threads.new"], kept = page, app.view_functions["threads.new"]
    try:
        return browser(app).get("/new").status_code
    finally:
        app.view_functions["threads.new"] = kept


def test_what_the_database_refuses_is_logged_without_what_somebody_wrote(on_server):
    email = "alice@private.example"
    spoil = sa.text("UPDATE users SET role = 'x', email = :email")
    with on_server.app_context():
        for begin, act in (
            (write, lambda source: source.execute(spoil, {"email": email})),
            (change, lambda source: Statement(sa.update(User).values(role="x")).run(source)),
        ):
            with pytest.raises(DBAPIError, match="violates check constraint") as refused, begin() as source:
                act(source)
            told = "".join(traceback.format_exception(refused.value))
            assert "Alice" not in told
            assert email not in told


def test_a_server_that_only_reads_asks_writers_to_come_back(on_server):
    with on_server.app_context():
        db.engine.dispose()
        event.listen(
            db.engine, "connect", lambda driver, _: driver.execute("SET default_transaction_read_only = on")
        )
    answer = browser(on_server).post("/join", data=JOINING)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert browser(on_server).get(THREAD).status_code == 200


def test_a_writer_with_another_search_path_and_one_who_truncates_are_heard_of(on_server):
    guest = browser(on_server)
    with databases.elsewhere(on_server) as prompt:
        prompt.say("SET search_path = ''")
        prompt.say("UPDATE public.threads SET title = 'Another path'")
        until(lambda: "Another path" in guest.get(THREAD).text)
        prompt.say("INSERT INTO public.thread_locks VALUES (1, 1, 'Enough of this.', 0)")
        until(lambda: "Enough of this." in guest.get(THREAD).text)
        prompt.say("TRUNCATE public.thread_locks")
        until(lambda: "Enough of this." not in guest.get(THREAD).text)


def test_a_board_of_before_that_was_so_becomes_as_one_made_now(on_server):
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgname = 'page_versions_all'"
    paths = (
        "SELECT count(*) FROM pg_proc WHERE proconfig IS NOT NULL AND proname ~ '^page_versions_|_refuse$'"
    )
    with databases.elsewhere(on_server) as prompt:
        made_now = prompt.say(triggers).scalar(), prompt.say(paths).scalar()
        prompt.say("DROP FUNCTION page_versions_all() CASCADE")
        prompt.say("ALTER FUNCTION page_versions_tick() RESET search_path")
        prompt.say("UPDATE alembic_version SET version_num = '0009'")
        with on_server.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()
        assert (prompt.say(triggers).scalar(), prompt.say(paths).scalar()) == made_now
    assert all(count and count > 5 for count in made_now)


def test_many_changes_in_one_transaction_are_one_step_of_the_clock(on_server):
    asked = "SELECT version FROM page_versions WHERE topic = 'clock'"
    with databases.elsewhere(on_server) as prompt:
        prompt.begin()
        prompt.say("UPDATE threads SET title = 'First'")
        first = prompt.say(asked).scalar()
        prompt.say("SAVEPOINT part")
        prompt.say("UPDATE boards SET name = 'Never'")
        prompt.say("ROLLBACK TO part")
        prompt.say("UPDATE threads SET title = 'Second'")
        assert prompt.say(asked).scalar() == first
        prompt.say("COMMIT")
        prompt.say("UPDATE threads SET title = 'Third'")
        assert prompt.say(asked).scalar() > first


def test_what_readers_ask_is_prepared_once(on_server):
    count = Statement(sa.select(User.id))
    with on_server.app_context():
        transactions = on_server.extensions["transactions"]
        for _ in range(12):
            held = transactions.snapshot()
            count.all(held)
            held.end()
        held = transactions.snapshot()
        prepared = held.driver.execute("SELECT statement FROM pg_prepared_statements").fetchall()
        held.end()
    assert any("users.id" in statement for (statement,) in prepared)


@pytest.mark.parametrize(
    ("table", "statement", "values"),
    [
        (
            "screenings",
            gathering._COPIES,
            {"near": [3, 5], "bands": [7], "newest_id": 29_000, "mark": 0},
        ),
        ("link_hosts", gathering._SITES, {"sites": ["host5.example"]}),
        ("users", mentions._KNOWN, {"keys": ["name5"]}),
    ],
)
def test_what_is_listed_is_looked_up_and_not_searched_for(on_server, table, statement, values):
    with databases.elsewhere(on_server) as prompt:
        for sql in CROWD:
            prompt.say(sql)
        prompt.say("ANALYZE")
    with on_server.app_context():
        held = on_server.extensions["transactions"].snapshot()
        compiled = statement._for(held.engine, values)
        plan = held.driver.execute(f"EXPLAIN {compiled.sql}", compiled.given(values)).fetchall()
        held.end()
    assert not [line for (line,) in plan if f"Seq Scan on {table}" in line]


CROWD = (
    """INSERT INTO screenings
        (kind, author_id, text, fingerprint, outcome, probability, reasons, decision, created_at)
        SELECT 'reply', 1, 'Words.', n, 'published', 0.1, '[]', 'none', n FROM generate_series(1, 30000) n""",
    "INSERT INTO text_bands (band, screening_id) SELECT n % 9000, n FROM generate_series(1, 30000) n",
    """INSERT INTO link_hosts (host, approved, rejected, first_seen_at)
        SELECT 'host' || n || '.example', 0, 0, 0 FROM generate_series(1, 30000) n""",
    """INSERT INTO users (name, name_key, name_skeleton, display_name, credentials_version, role, joined_at, is_demo,
        bio, bio_html, hidden_parts, posts_count, approved_count, rejected_count)
        SELECT 'N' || n, 'name' || n, 'name' || n, '', 1, 'member', 0, false, '', '', '', 0, 0, 0
        FROM generate_series(1, 30000) n""",
)


def test_no_page_of_a_guest_reads_more_the_larger_the_board_is(on_server):
    """With plans that are made without values, as the board's are, and with the statistics that an import takes."""
    with databases.elsewhere(on_server) as prompt:
        for sql in ARCHIVE:
            prompt.say(sql)
        prompt.say("ANALYZE")
    read: dict[str, int] = {}
    with on_server.app_context():
        for name, address in pages.addresses(reading()).items():
            status, asked = pages.statements(on_server, address)
            assert status == 200, address
            read[name] = sum(rows_read(reads.plan(reading(), each.statement, each.values)) for each in asked)
    assert {name: n for name, n in read.items() if n > MOST_ROWS} == {}
    assert len(read) > 8


# A page shows 30 threads at most, with two names, a board, a lock and a pin each, and of five boards all is read.
MOST_ROWS = 1500
ARCHIVE = (
    """INSERT INTO boards
        (id, slug, name, name_ja, description, description_ja, lang, position, threads_count, posts_count)
        SELECT n + 1, 'b' || n, 'B', '', '', '', 'en', n, 4000, 4000 FROM generate_series(1, 5) n""",
    """INSERT INTO users (id, name, name_key, name_skeleton, display_name, credentials_version, role, joined_at,
        is_demo, bio, bio_html, hidden_parts, posts_count, approved_count, rejected_count)
        SELECT n + 1, 'Nora' || n, 'nora' || n, 'nora' || n, '', 1, 'member', 0, false, '', '', '', 40 + n, 0, 0
        FROM generate_series(1, 500) n""",
    """INSERT INTO threads (id, board_id, author_id, title, slug, lang, status, created_at, posts_count,
        last_number, last_post_at, last_author_id)
        SELECT n + 1, n % 5 + 2, n % 500 + 2, 'T', 't', 'en', 'public', n, 2, 2, n, n % 500 + 2
        FROM generate_series(1, 20000) n""",
    """INSERT INTO posts (thread_id, author_id, number, is_opening, status, body, html, lang, created_at,
        published_at, versions)
        SELECT n / 2 + 1, n % 500 + 2, n % 2 + 1, n % 2 = 0, 'public', 'x', '<p>x</p>', 'en', n, n, 1
        FROM generate_series(2, 40001) n""",
    # A long one, so that there are many numbers, and each is of few posts but for the first.
    """INSERT INTO posts (thread_id, author_id, number, is_opening, status, body, html, lang, created_at,
        published_at, versions) SELECT 2, 2, n, false, 'public', 'x', '<p>x</p>', 'en', n, n, 1
        FROM generate_series(3, 3000) n""",
    "UPDATE threads SET posts_count = 3000, last_number = 3000 WHERE id = 2",
)


def rows_read(plan):
    """How many rows of tables a plan has really read, those that it threw away too."""
    own = 0
    if "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        own = round((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    return own + sum(map(rows_read, plan.get("Plans", ())))


def test_after_an_import_the_planner_knows_how_large_the_tables_are(on_server, tmp_path):
    known = "SELECT reltuples FROM pg_class WHERE relname = 'posts'"
    path = write_lines(tmp_path / "corpus.jsonl", corpus())
    with databases.elsewhere(on_server) as prompt:
        assert prompt.say(known).scalar() == -1
        result = on_server.test_cli_runner().invoke(args=["forum", "import", path])
        assert result.exit_code == 0, result.output
        assert prompt.say(known).scalar() == prompt.say("SELECT count(*) FROM posts").scalar() == 7


def test_what_failed_within_is_never_taken_for_committed(on_server):
    """PostgreSQL takes back what it is told to commit after a statement that failed, and calls that no error."""
    add = Statement(sa.insert(LinkHost))
    with on_server.app_context():
        for begin in (write, change):
            with pytest.raises(OperationalError), begin() as source:
                add_twice(source)
        assert reading().scalar(sa.select(sa.func.count()).select_from(LinkHost)) == 0
        reading().rollback()
        with change() as source:
            add.run(source, {"host": "example.org", "first_seen_at": EPOCH})
        assert reading().scalar(sa.select(LinkHost.host)) == "example.org"


def add_twice(source):
    add = Statement(sa.insert(LinkHost))
    add.run(source, {"host": "example.org", "first_seen_at": EPOCH})
    with suppress(DBAPIError):
        add.run(source, {"host": "example.org", "first_seen_at": EPOCH})


def test_a_reader_never_writes(on_server):
    with on_server.app_context(), pytest.raises(DBAPIError, match="read-only"):
        reading().execute(sa.update(Post).values(body="x"))


def test_who_waits_for_a_writer_for_too_long_is_asked_to_come_back(on_server):
    with on_server.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda driver, _: driver.execute("SET lock_timeout = 100"))
    with databases.elsewhere(on_server) as prompt:
        prompt.begin()
        answer = browser(on_server).post("/join", data=JOINING)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        prompt.say("ROLLBACK")
    assert browser(on_server).post("/join", data=JOINING).status_code == 303


JOINING = {"username": "Carol", "email": "carol@example.org", "password": "a porch in the evening"}


@pytest.mark.parametrize("address", ["/b/alt%00", "/u/Alice%00", "/t/1-%00", "/p/2147483648", "/b/%00.atom"])
def test_an_address_that_the_database_can_not_be_asked_for_leads_nowhere(on_server, address):
    assert browser(on_server).get(address).status_code in (301, 404)


def test_a_form_with_what_is_no_text_is_refused_or_cleaned_and_never_our_fault(on_server):
    guest = browser(on_server)
    for path in ("/login", "/join", "/language", "/reset"):
        names = ("username", "email", "password", "next", "language", "website", "idempotency", "typing")
        answer = guest.post(path, data=dict.fromkeys(names, "a\0b" * 200))
        assert answer.status_code < 500, path


def test_another_encoding_is_refused_in_a_sentence(server, tmp_path):
    server.say("CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0")
    settings = load({"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": server.address("latin")})
    app = create_app(settings)
    with app.app_context(), pytest.raises(BadSettings, match="ENCODING 'UTF8'"):
        flask_migrate.upgrade()


def test_it_is_served_by_several_processes(start, boards):
    settings = boards.settings(is_bare=True)
    first = start("wsgi.py", WEB_CONCURRENCY="2", **settings)
    first.wait_until(first.is_open)
    assert "demo-admin" in first.said
    assert re.search(r"^Its database is board_\d+ on this machine$", first.said, re.MULTILINE)
    first.wait_until(lambda: len(first.workers) == 2)
    with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as other:
        for number in range(10):
            title = f"Winter {number}"
            other.execute("UPDATE threads SET title = %s WHERE id = 1", [title])
            # Each call may come to another process.
            first.wait_until(lambda title=title: all(title in first.read("/t/1") for _ in range(8)))
    assert first.stop() == 0
    second = start("wsgi.py", **settings)
    second.wait_until(second.is_open)
    assert "demo-admin" not in second.said
    assert second.stop() == 0


def test_a_server_that_is_not_there_is_named_without_the_password(start):
    server = start("wsgi.py", DATABASE_URL="postgresql://board:a-secret@127.0.0.1:9/porch")
    assert server.process.wait(PATIENCE_S) == 1
    assert server.said.startswith("The database porch on 127.0.0.1 can't be used: ")
    assert "a-secret" not in server.said
    assert "Traceback" not in server.said


@pytest.mark.parametrize(
    "command", [("seed",), ("create-board", "alt", "ALT"), ("doctor",), ("copy-from", "sqlite:///x")]
)
def test_a_command_says_in_a_sentence_that_nobody_answers(tmp_path, command):
    settings = load(
        {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://board:a-secret@127.0.0.1:9/porch"}
    )
    result = create_app(settings).test_cli_runner().invoke(args=["forum", *command])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "refused" in result.output
    assert "a-secret" not in result.output


def test_what_is_postgresqls_own_is_not_loaded_for_a_file(tmp_path):
    code = """
import sys
from forum import create_app
from forum.settings import load
create_app(load(), can_migrate=False)
print({"psycopg", "sqlalchemy.dialects.postgresql"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
