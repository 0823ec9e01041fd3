"""Starting and stopping the board as an operator does: real processes, real signals."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask

from forum.accounts import sessions
from forum.db import write
from forum.serving.keeper import STOP_WITHIN_S
from forum.serving.workers import READERS_THREADS, WRITERS_THREADS
from forum.web.bodies import MOST_BYTES_OF_ONE, WITHIN_AT_STOP_S
from tests import makers
from tests.served import PATIENCE_S, ROOT, Server

pytestmark = pytest.mark.sqlite

IDLE_CONNECTIONS = 300
SLOW_VISITORS = 20
SLOW_BODIES = 300
# Within which readers have their page when nothing holds them, on a busy machine.
QUICK_S = 5


def test_the_first_start_seeds_and_tells_the_logins_and_the_second_does_not(start):
    first = start("wsgi.py")
    first.wait_until(first.is_open)
    assert f"The board is open on {first.url}" in first.said
    assert "demo-admin" in first.said
    assert "mails are written to" in first.said
    assert "FORUM_LIMITS" not in first.said
    assert first.get("/") == 200
    assert first.stop() == 0

    second = start("wsgi.py", FORUM_LIMITS="off")
    second.wait_until(second.is_open)
    assert "demo-admin" not in second.said
    assert "flask forum create-user" in second.said
    assert "NO LIMITS HOLD" in second.said
    assert second.stop() == 0


def test_a_start_lets_the_shipped_text_model_decide_once(start, data_dir):
    for _ in range(2):
        server = start("wsgi.py")
        server.wait_until(server.is_open)
        assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3")) as database:
        assert database.execute("SELECT state FROM filter_models").fetchall() == [("live",)]


@pytest.mark.parametrize(
    ("settings", "status", "sentence"),
    [
        ({"PORT": "eighty"}, 2, "PORT must be a whole number from 1 to 65535, not 'eighty'.\n"),
        ({"HOST": "256.1.1.1"}, 1, "The board can't listen on 256.1.1.1, port "),
    ],
)
def test_a_setting_that_can_t_be_used_is_said_in_one_sentence(start, settings, status, sentence):
    server = start("wsgi.py", **settings)
    assert server.process.wait(PATIENCE_S) == status
    assert server.said.startswith(sentence)
    assert server.said.count("\n") == 1


def test_a_taken_port_is_said_in_one_sentence(start, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        server = start("wsgi.py")
        assert server.process.wait(PATIENCE_S) == 1
    assert server.said == (
        f"The board can't listen on 127.0.0.1, port {port}: address already in use. "
        f"Choose another port with PORT={port + 1}.\n"
    )


def test_a_database_that_another_writer_holds_is_said_in_one_sentence(start, data_dir):
    first = start("wsgi.py")
    first.wait_until(first.is_open)
    assert first.stop() == 0
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        server = start("wsgi.py")
        assert server.process.wait(PATIENCE_S) == 1
        assert (
            server.said == f"The database {data_dir / 'board.sqlite3'} can't be used: database is locked.\n"
        )


def test_a_folder_that_can_not_be_used_is_said_in_one_sentence(start, data_dir):
    data_dir.mkdir()
    (data_dir / "limits.sqlite3").write_text("These are not the limits that you are looking for.\n" * 100)
    server = start("wsgi.py")
    assert server.process.wait(PATIENCE_S) == 1
    assert server.said == f"The folder {data_dir} can't be used: file is not a database.\n"


def test_a_file_that_is_no_database_is_said_in_one_sentence(start, data_dir):
    data_dir.mkdir()
    (data_dir / "board.sqlite3").write_text("These are not the rows that you are looking for.\n" * 100)
    server = start("wsgi.py")
    assert server.process.wait(PATIENCE_S) == 1
    assert (
        server.said == f"The database {data_dir / 'board.sqlite3'} can't be used: file is not a database.\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:{port}"),
        ("-m", "flask", "run", "--port", "{port}"),
    ],
    ids=["gunicorn", "flask run"],
)
@pytest.mark.usefixtures("moderator_s_cookie")
def test_other_servers_serve_it_and_do_its_background_work(start, port, command):
    server = start(*(word.format(port=port) for word in command))
    server.wait_until(server.is_open)
    server.wait_until(lambda: "jobs run in this process" in server.said)


def test_no_acknowledged_post_is_lost_by_a_stop(start, data_dir, moderator_s_cookie):
    server = start("wsgi.py", FORUM_LIMITS="off")
    server.wait_until(server.is_open)
    headers = {"Origin": server.url, "Cookie": moderator_s_cookie}
    acknowledged: list[str] = []
    refused: list[int] = []
    writers = [
        threading.Thread(
            target=_write_replies, args=(server, headers, f"writer {number}", acknowledged, refused)
        )
        for number in range(4)
    ]
    for writer in writers:
        writer.start()
    server.wait_until(lambda: len(acknowledged) >= 20)
    assert server.stop() == 0
    for writer in writers:
        writer.join()
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3")) as database:
        stored = [body for (body,) in database.execute("SELECT body FROM posts WHERE body LIKE 'Reply %'")]
    assert refused == []
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)


@pytest.mark.parametrize(
    "command",
    [("wsgi.py",), ("-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:{port}")],
    ids=["wsgi.py", "gunicorn"],
)
@pytest.mark.parametrize("is_replaced", [False, True], ids=["", "replaced"])
def test_a_stop_writes_what_members_have_read(
    start, data_dir, port, moderator_s_cookie, command, is_replaced
):
    server = start(*(word.format(port=port) for word in command))
    server.wait_until(server.is_open)
    if is_replaced:
        first = server.workers
        server.process.send_signal(signal.SIGHUP)
        server.wait_until(lambda: server.workers and not set(first) & set(server.workers))
        server.wait_until(server.is_open)
    request = urllib.request.Request(f"{server.url}/t/1", headers={"Cookie": moderator_s_cookie})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        assert answer.status == 200
    assert server.stop() == 0
    log = data_dir / "board.sqlite3-wal"
    assert not log.exists() or log.stat().st_size == 0, "the database's file is not the whole board"
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3")) as database:
        assert database.execute("SELECT user_id, thread_id, number FROM read_marks").fetchall() == [(1, 1, 1)]


def test_idle_and_slow_visitors_keep_nobody_waiting(start):
    server = start("wsgi.py")
    server.wait_until(server.is_open)
    with contextlib.ExitStack() as open_connections:
        for _ in range(IDLE_CONNECTIONS):
            open_connections.enter_context(server.connect())
        for _ in range(SLOW_VISITORS):
            slow_head = open_connections.enter_context(server.connect())
            slow_head.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            slow_body = open_connections.enter_context(server.connect())
            slow_body.sendall(_post("/login", 1000) + b"username=")
            reader_with_body = open_connections.enter_context(server.connect())
            reader_with_body.sendall(_post("/login", 1000).replace(b"POST", b"GET"))
            slow_reader = open_connections.enter_context(server.connect(receives_bytes=1024))
            slow_reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        for path in ("/", "/login", "/healthz", "/t/1.atom") * 5:
            began_s = time.monotonic()
            assert server.get(path) == 200
            assert time.monotonic() - began_s < QUICK_S
        assert _status(server, LOGIN, source="127.0.0.2") == 422
    assert server.stop() == 0


def test_hundreds_of_slow_bodies_keep_nobody_from_writing_not_even_who_sends_them(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    with contextlib.ExitStack() as open_connections:
        for _ in range(SLOW_BODIES):
            slow = open_connections.enter_context(server.connect())
            slow.sendall(_post("/login", 1000) + b"username=")
        assert _status(server, LOGIN) == 422
        assert server.get("/login") == server.get("/") == 200
    assert server.stop() == 0


def test_readers_need_no_thread_that_writers_wait_on(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1", FORUM_LIMITS="off")
    server.wait_until(server.is_open)
    for _time in range(3):
        server.get("/")
    # A password takes so long that many are waiting by then.
    form, callers_number = b"username=nobody&password=not-the-one", 2 * (READERS_THREADS + WRITERS_THREADS)
    with contextlib.ExitStack() as open_connections:
        callers = [open_connections.enter_context(server.connect()) for _ in range(callers_number)]
        for caller in callers:
            caller.sendall(_post("/login", len(form)) + form)
        for path in ("/", "/boards", "/healthz", "/login", "/t/1.atom"):
            assert server.get(path) == 200
        answered, _, _ = select.select(callers, [], [], 0)
        assert len(answered) < callers_number - WRITERS_THREADS
        assert {caller.recv(12) for caller in callers} == {b"HTTP/1.1 422"}
    assert server.stop() == 0


def test_who_takes_more_room_than_there_is_for_one_is_asked_to_come_back(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    padded = _post("/login", 1000).replace(b"\r\n\r\n", b"\r\nX-Padding: %s\r\n\r\n" % (b"x" * 30_000))
    with contextlib.ExitStack() as open_connections:
        for _ in range(MOST_BYTES_OF_ONE // 60_000):
            slow = open_connections.enter_context(server.connect(source="127.0.0.2"))
            slow.sendall(padded + b"username=")
        refused = '"refused", "status": 503, "address": "127.0.0.2"'
        server.wait_until(lambda: refused in server.said)
        assert _status(server, LOGIN) == 422
    server.wait_until(lambda: _status(server, LOGIN, source="127.0.0.2") == 422)
    assert server.stop() == 0


def test_a_body_in_tiny_pieces_takes_no_more_memory_than_another(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    assert _status(server, LOGIN) == 422
    before_kib = _resident_kib(server.workers[0])
    with server.connect() as drop_by_drop:
        drop_by_drop.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        drop_by_drop.sendall(_post("/login", 4001))
        for _ in range(4000):
            drop_by_drop.sendall(b"x")
            time.sleep(0.0002)
        assert _resident_kib(server.workers[0]) - before_kib < 6_000
        drop_by_drop.sendall(b"x")
        assert b" 422 " in drop_by_drop.recv(1000)
    assert server.stop() == 0


def test_a_stop_waits_for_a_body_that_is_on_its_way(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    with server.connect() as slow:
        slow.sendall(LOGIN[:-5])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(2)
        slow.sendall(LOGIN[-5:])
        assert b" 422 " in slow.recv(1000)
    assert server.process.wait(PATIENCE_S) == 0


def test_a_stop_waits_a_few_seconds_and_no_longer_for_one_that_does_not_come(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    with server.connect() as slow:
        slow.sendall(_post("/login", 1000) + b"username=")
        time.sleep(0.5)
        began_s = time.monotonic()
        assert server.stop() == 0
        assert WITHIN_AT_STOP_S <= time.monotonic() - began_s < STOP_WITHIN_S
        assert b" 408 " in slow.recv(1000)


def test_a_worker_that_lost_its_keeper_ends_though_a_body_is_on_its_way(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    worker = Path(f"/proc/{server.workers[0]}")
    with server.connect() as slow:
        slow.sendall(_post("/login", 1000) + b"username=")
        time.sleep(0.5)
        server.process.kill()
        deadline = time.monotonic() + PATIENCE_S
        while worker.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert b" 408 " in slow.recv(1000)


def test_what_a_reader_sends_as_a_body_is_no_request_of_its_own(start):
    server = start("wsgi.py")
    server.wait_until(server.is_open)
    within = b"GET /nowhere HTTP/1.1\r\nHost: board\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(_post("/login", len(within)).replace(b"POST", b"GET") + within + last)
        answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"200"]
    assert server.stop() == 0


def test_half_a_text_is_never_published(start, data_dir, moderator_s_cookie):
    server = start("wsgi.py", FORUM_LIMITS="off")
    server.wait_until(server.is_open)
    body = urllib.parse.urlencode({"body": "Do not let the pipes freeze. " * 20}).encode()
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    whole = _post("/t/1/reply", len(body), moderator_s_cookie) + body
    in_chunks = _post("/t/1/reply", None, moderator_s_cookie) + chunk
    for request, refusal in ((whole[:-100], b"400"), (in_chunks[:-100], b"411"), (in_chunks, b"411")):
        with server.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(1000)
            assert answer == b"" or answer.split(b" ")[1] == refusal
        with server.connect() as connection:
            connection.sendall(request)
    assert _status(server, whole) == 303
    assert all(
        f'"refused", "status": {status}, "address": "127.0.0.1"' in server.said for status in (400, 411)
    )
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM posts WHERE NOT is_opening").fetchone() == (1,)


def test_a_stop_lets_the_request_in_flight_finish(start, data_dir, moderator_s_cookie):
    server = start("wsgi.py", FORUM_LIMITS="off")
    server.wait_until(server.is_open)
    with contextlib.closing(sqlite3.connect(data_dir / "board.sqlite3", isolation_level=None)) as other:
        # The reply waits for this writer, and the board is stopped meanwhile.
        other.execute("BEGIN IMMEDIATE")
        statuses: list[int] = []
        body = urllib.parse.urlencode({"body": "We heat one room only."}).encode()
        request = _post("/t/1/reply", len(body), moderator_s_cookie) + body
        reply = threading.Thread(target=lambda: statuses.append(_status(server, request)))
        reply.start()
        time.sleep(1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert server.process.poll() is None
        other.execute("ROLLBACK")
    assert server.process.wait(PATIENCE_S) == 0
    reply.join()
    assert statuses == [303]


def test_a_worker_that_is_killed_is_replaced(start):
    server = start("wsgi.py", WEB_CONCURRENCY="2")
    server.wait_until(server.is_open)
    server.wait_until(lambda: len(server.workers) == 2)
    for _ in range(2):
        killed = server.workers[0]
        os.kill(killed, signal.SIGKILL)
        server.wait_until(lambda gone=killed: len(set(server.workers) - {gone}) == 2)
        server.wait_until(server.is_open)
        assert server.get("/") == 200
    assert server.stop() == 0


def test_a_worker_in_the_place_of_another_listens_where_that_one_did_and_nowhere_else(start):
    server = start("wsgi.py", WEB_CONCURRENCY="2")
    server.wait_until(server.is_open)
    server.wait_until(lambda: len(server.workers) == 2)
    before = {worker: _listens_at(worker) for worker in server.workers}
    assert sorted(map(len, before.values())) == [1, 1]
    killed = server.workers[0]
    os.kill(killed, signal.SIGKILL)
    server.wait_until(lambda: len(set(server.workers) - {killed}) == 2)
    new = next(worker for worker in server.workers if worker not in before)
    server.wait_until(lambda: _listens_at(new) == before[killed])
    assert f"worker {killed} ended by signal 9 and is replaced" in server.said
    assert server.stop() == 0


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_each_worker_keeps_to_a_processor_of_its_own_and_so_does_who_takes_its_place(start):
    server = start("wsgi.py", WEB_CONCURRENCY="2")
    server.wait_until(server.is_open)
    server.wait_until(lambda: len(server.workers) == 2 and all(map(_processors, server.workers)))
    before = {worker: _processors(worker) for worker in server.workers}
    assert sorted(map(len, before.values())) == [1, 1]
    assert len(set.union(*before.values())) == 2
    killed = server.workers[0]
    os.kill(killed, signal.SIGKILL)
    server.wait_until(lambda: len(set(server.workers) - {killed}) == 2)
    new = next(worker for worker in server.workers if worker not in before)
    server.wait_until(lambda: _processors(new) == before[killed])
    server.wait_until(server.is_open)
    assert _processors(new) == before[killed]
    assert os.sched_getaffinity(server.process.pid) == os.sched_getaffinity(0)
    assert server.stop() == 0


def _processors(process):
    """Where the threads that serve may run; they are the ones that don't interrupt one another."""
    threads = [int(folder.name) for folder in Path(f"/proc/{process}/task").iterdir()]
    serving = [thread for thread in threads if os.sched_getscheduler(thread) == os.SCHED_BATCH]
    return set().union(*map(os.sched_getaffinity, serving))


@pytest.mark.parametrize("log", ["2>&-", ""], ids=["closed", "nobody reads it"])
def test_a_worker_is_replaced_though_the_log_can_t_be_written(data_dir, port, log):
    command = ["bash", "-c", f"exec {sys.executable} wsgi.py >/dev/null {log}"]
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(port)}
    reader, writer = os.pipe()
    server = Server.of(subprocess.Popen(command, cwd=ROOT, env=environ, stderr=writer), port)
    os.close(reader)
    os.close(writer)
    try:
        server.wait_until(server.is_open)
        [killed] = server.workers
        os.kill(killed, signal.SIGKILL)
        server.wait_until(lambda: len(server.workers) == 1 and server.workers != [killed])
        server.wait_until(server.is_open)
        assert server.stop() == 0
    finally:
        server.process.kill()
        server.process.wait()


def test_on_sighup_callers_are_served_though_a_body_is_on_its_way(start):
    server = start("wsgi.py", WEB_CONCURRENCY="1")
    server.wait_until(server.is_open)
    first = server.workers
    with server.connect() as slow:
        slow.sendall(_post("/login", 1000) + b"username=")
        time.sleep(0.5)
        server.process.send_signal(signal.SIGHUP)
        server.wait_until(lambda: len(set(server.workers) - set(first)) == 1)
        server.wait_until(server.is_open)
        assert server.get("/") == 200
        assert set(first) < set(server.workers)
    server.wait_until(lambda: not set(first) & set(server.workers))
    assert server.stop() == 0


def test_all_workers_are_replaced_on_sighup_and_end_with_their_keeper(start):
    server = start("wsgi.py", WEB_CONCURRENCY="2")
    server.wait_until(server.is_open)
    server.wait_until(lambda: len(server.workers) == 2)
    first = set(server.workers)
    server.process.send_signal(signal.SIGHUP)
    server.wait_until(lambda: len(server.workers) == 2 and not first & set(server.workers))
    server.wait_until(server.is_open)
    second = server.workers
    server.process.kill()
    deadline = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{worker}").exists() for worker in second):
        assert time.monotonic() < deadline, "a worker outlived its keeper"
        time.sleep(0.05)


@pytest.mark.usefixtures("moderator_s_cookie")
def test_gunicorn_listens_where_the_settings_say(start, port):
    server = start("-m", "gunicorn", "wsgi:app", HOST="127.0.0.1")
    server.wait_until(server.is_open)
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    places = {fields[1] for fields in map(str.split, lines) if fields[3] == "0A"}
    assert {place for place in places if place.endswith(f":{port:04X}")} == {f"0100007F:{port:04X}"}
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("stop_within_s", "on_sigterm"),
    [
        pytest.param(1, "pass", id="though a body is on its way"),
        pytest.param(PATIENCE_S, "len(seen) > 1 and os._exit(0)", id="though it overlooked the first signal"),
    ],
)
def test_a_worker_without_a_keeper_ends(stop_within_s, on_sigterm):
    """After as long as a keeper would give it, which is shortened here, or sooner."""
    code = f"""
import os, signal, time
keeping = os.getpid()
if os.fork() == 0:
    from forum.serving import keeper, workers
    keeper.STOP_WITHIN_S = {stop_within_s}
    seen = []
    def stop(*_):
        seen.append(1)
        {on_sigterm}
    signal.signal(signal.SIGTERM, stop)
    workers.end_with(keeping)
    print(os.getpid(), flush=True)
time.sleep({2 * PATIENCE_S})
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        worker = Path(f"/proc/{int(process.stdout.readline())}")
        time.sleep(0.5)
        assert worker.exists()
        process.kill()
        deadline = time.monotonic() + PATIENCE_S / 2
        while worker.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_reply_through_one_worker_is_seen_through_both(start, moderator_s_cookie):
    server = start("wsgi.py", WEB_CONCURRENCY="2", FORUM_LIMITS="off")
    server.wait_until(server.is_open)
    server.wait_until(lambda: len(server.workers) == 2)
    for number in range(1, 6):
        _ = [server.read("/t/1.atom") for _ in range(10)]
        body = urllib.parse.urlencode({"body": f"Reply {number} to whoever reads this far."}).encode()
        assert _status(server, _post("/t/1/reply", len(body), moderator_s_cookie) + body) == 303
        pages = [server.read("/t/1-first-winter-in-an-inaka-house") for _ in range(50)]
        assert {page.count("to whoever reads this far") for page in pages} == {number}
        assert server.read("/t/1.atom").count("<entry>") == number + 1
    assert server.stop() == 0


@pytest.fixture
def moderator_s_cookie(app: Flask, data_dir: Path) -> str:
    """A data folder whose board has a thread, and the cookie of a moderator who is signed in there."""
    with app.app_context(), write() as session:
        mori = makers.moderator(session)
        makers.thread(session, mori)
        now = datetime.now(UTC)
        secret, _ = sessions.open_session(session, mori.id, is_remembered=True, browser="Test", now=now)
    data_dir.mkdir()
    source = sqlite3.connect(app.config["SETTINGS"].database_path)
    target = sqlite3.connect(data_dir / "board.sqlite3")
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
    return f"{app.config['VIEWER_COOKIE']}={secret}"


def _write_replies(
    server: Server, headers: dict[str, str], name: str, acknowledged: list[str], refused: list[int]
) -> None:
    """Write one reply after the other until the server is gone."""
    opener = urllib.request.build_opener(_NoRedirect)
    for number in range(10_000):
        body = f"Reply {number} of {name} to whoever reads this far."
        data = urllib.parse.urlencode({"body": body}).encode()
        request = urllib.request.Request(f"{server.url}/t/1/reply", data, headers)
        try:
            opener.open(request, timeout=PATIENCE_S)
        except urllib.error.HTTPError as answer:
            if answer.code == HTTPStatus.SEE_OTHER:
                acknowledged.append(body)
            else:
                refused.append(answer.code)
        except OSError:
            return


def _listens_at(process: int) -> set[str]:
    """The sockets of a process in which callers wait, by their inodes."""
    lines = Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]
    listening = {fields[9] for fields in map(str.split, lines) if fields[3] == "0A"}
    held = {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}
    return {inode for inode in listening if f"socket:[{inode}]" in held}


def _post(path: str, length: int | None, cookie: str = "") -> bytes:
    """The head of a form that is sent; `length` is None for a body in chunks."""
    how = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: board",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        how,
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


# A whole form, which is answered by 422 when it is let in, for it lacks the password.
LOGIN = _post("/login", 14) + b"username=Alice"


def _resident_kib(process: int) -> int:
    """What a process has in memory."""
    [size] = re.findall(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return int(size)


def _status(server: Server, request: bytes, source: str = "127.0.0.1") -> int:
    with server.connect(source=source) as connection:
        connection.sendall(request)
        return int(connection.recv(1000).split(b" ")[1])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None
