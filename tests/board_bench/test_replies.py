"""Replies go through the board's own forms, and count when a guest can read them."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from forum.db import reading
from forum.importers import formats, importing
from forum.threads.models import Thread
from tools.board_bench import corpus, replies
from tools.board_bench.servers import HOST, Failed, Server


@pytest.fixture
def server(app, tmp_path):
    """The board with a small archive, served by this process."""
    corpus.write(tmp_path / "corpus.jsonl", corpus.SMALLEST)
    with app.app_context():
        importing.load(formats.items([str(tmp_path / "corpus.jsonl")]), datetime.now(UTC))
    serving = make_server(HOST, 0, app, threaded=True)
    worker = threading.Thread(target=serving.serve_forever)
    worker.start()
    yield Server(serving.server_port, os.getpid())
    serving.shutdown()
    worker.join()
    serving.server_close()


@pytest.fixture
def length(app):
    """How many posts a thread has."""

    def count(thread):
        with app.app_context():
            return reading().scalar(sa.select(Thread.posts_count).filter_by(id=thread))

    return count


def test_a_reply_becomes_a_post_and_one_that_is_refused_an_error(server, length):
    """The board has its limits on here, so that the second comes too fast."""
    found = replies.write(server, replies.OURS, 2, replies.ONE_AFTER_ANOTHER)
    assert (found.requests, found.errors, length(corpus.SINGLE)) == (1, 1, 2)
    assert found.p99_ms >= found.p50_ms > 0
    assert found.processor_ms > 0


def test_what_no_guest_can_read_is_a_failure(server, length):
    with replies.replying(server, replies.OURS, corpus.PAGE):
        pass
    assert length(corpus.PAGE) == 21
    nowhere = replace(replies.OURS, action="/logout?of={thread}")
    with pytest.raises(Failed, match="no reply became public"):
        replies.write(server, nowhere, 1, replies.ONE_AFTER_ANOTHER)
    with pytest.raises(Failed, match="still taken for a guest"):
        replies.sign_in(server, replace(replies.OURS, member_mark="no such mark"))
