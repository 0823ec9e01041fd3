"""A form on a line is answered as it is in a browser, in however many pieces the answer comes."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from tools.board_bench.browsers import Browser, Line, Receipt
from tools.board_bench.servers import HOST, Failed, Server

THERE = b"HTTP/1.1 302 FOUND\r\nContent-Length: 6\r\nLocation: http://127.0.0.1/t/1?page=2#post-7\r\n"


@contextmanager
def answering(*connections):
    """A server that gives on each connection, one after another, the answers in their pieces; tells what it got."""
    received = []

    def serve(listening):
        for answers in connections:
            line, _ = listening.accept()
            with line:
                for pieces in answers:
                    received.append(line.recv(65536))
                    for piece in pieces:
                        line.sendall(piece)
                        time.sleep(0.02)

    with socket.create_server((HOST, 0)) as listening:
        worker = threading.Thread(target=serve, args=(listening,))
        worker.start()
        yield Server(listening.getsockname()[1], os.getpid()), received
        worker.join()


def test_an_answer_ends_where_its_length_says():
    slow = [THERE[:30], THERE[30:], b"\r", b"\nmo", b"ved."]
    quick = [b"HTTP/1.1 422 UNPROCESSABLE ENTITY\r\ncontent-length: 0\r\n\r\n"]
    with answering([slow, quick]) as (server, _):
        line = Line(server)
        assert line.send(b"one") == Receipt(302, "/t/1?page=2")
        assert line.send(b"two") == Receipt(422, "")
        line.close()


def test_a_line_that_was_closed_as_announced_is_opened_again():
    last = [THERE + b"Connection: close\r\n\r\nmoved."]
    with answering([last], [last]) as (server, received):
        line = Line(server)
        assert [line.send(b"one").is_redirect, line.send(b"two").is_redirect] == [True, True]
        line.close()
        assert received == [b"one", b"two"]


def test_an_answer_without_its_length_is_a_failure():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with answering([[head]]) as (server, _):
        line = Line(server)
        with pytest.raises(Failed, match="without its length"):
            line.send(b"one")
        line.close()


def test_an_answer_that_breaks_off_is_a_failure():
    with answering([[THERE]]) as (server, _), pytest.raises(Failed, match="closed in the middle"):
        Line(server).send(b"one")


def test_a_letter_is_the_form_as_a_browser_sends_it():
    page = b"HTTP/1.1 200 OK\r\nSet-Cookie: secret=1\r\nContent-Length: 0\r\n\r\n"
    with answering([[page], [page]], [[page]]) as (server, received):
        browser, line = Browser(server), Line(server)
        browser.get("/")
        browser.post("/reply", "body=%E9%9B%AA")
        line.send(browser.letter("/reply", "body=%E9%9B%AA"))
        browser._connection.close()
        line.close()
    _, *parts = received
    # The browser may send the head and the body in two pieces.
    letter, posted = parts[-1], b"".join(parts[:-1])
    assert b"Cookie: secret=1\r\n" in letter
    assert sorted(letter.split(b"\r\n")) == sorted(posted.split(b"\r\n"))
