"""The log: a line of JSON for each request, and nothing in it that is nobody's business."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
import sqlalchemy as sa

from forum.db import write
from forum.web.journal import JsonLines


def test_a_request_is_one_line_with_its_id(guest, journal):
    answer = guest.get("/boards?page=2")
    (line,) = journal()
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert line["request"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/boards", 200)
    assert (line["level"], line["address"]) == ("info", "127.0.0.1")
    assert line["time"].endswith("+00:00")
    assert line["ms"] >= 0


def test_each_request_has_an_id_of_its_own(guest):
    given = {
        guest.get("/healthz", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] for _ in range(3)
    }
    assert len(given) == 3
    assert "mine" not in given


def test_bodies_cookies_passwords_and_queries_are_not_logged(app, sign_in, thread, journal):
    bob = sign_in("Bob")
    secret = bob.get_cookie(app.config["VIEWER_COOKIE"]).value
    bob.post("/t/1/reply?q=kakurega1", data={"body": "My kakurega2 is here."})
    bob.post("/login", data={"username": "kakurega3", "password": "kakurega4"})
    bob.get("/search?q=kakurega5", headers={"Authorization": "kakurega6", "Referer": "/kakurega7"})
    text = json.dumps(journal())
    assert "kakurega" not in text
    assert secret not in text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("path", ["/confirm/{}", "/email/{}", "/reset/{}", "/reset/{}/", "/reset/{}/x"])
def test_the_secret_of_a_mailed_link_is_not_logged(guest, journal, method, path):
    guest.open(path.format("kakurega" * 5), method=method)
    assert "kakurega" not in json.dumps(journal())
    assert journal()[-1]["path"] == path.partition("{}")[0] + "<token>"


def test_a_line_is_one_line_and_a_long_value_is_cut(guest, journal):
    guest.get("/a%0a%0d{fake}" + "x" * 5000)
    (line,) = journal()
    assert line["path"].startswith("/a\n\r{fake}xxx")
    assert len(line["path"]) == 1025


@pytest.mark.parametrize("value", ["x" * 5000, {"a": "x" * 5000}, ["x" * 5000]])
def test_every_value_is_cut(app, journal, value):
    logging.getLogger("forum.test").warning("long %s", value, extra={"more": value})
    (line,) = journal()
    assert len(line["message"]) == 1025
    assert len(json.dumps(line["more"])) < 1100


def test_the_story_of_an_error_is_cut_before_its_end(app, journal):
    try:
        {}["x" * 50_000 + "the end"]
    except KeyError:
        logging.getLogger("forum.test").exception("failed")
    (line,) = journal()
    assert line["error"].endswith("the end'")
    assert len(line["error"]) == 16 * 1024


def test_nothing_in_a_line_speaks_to_a_terminal(app):
    record = logging.makeLogRecord({"msg": "/\x1b[2J\x9b2J\x7f\u202e\ud800縁側"})
    line = JsonLines().format(record)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == record.msg


def test_an_error_has_its_story_in_the_log_and_not_in_the_answer(board_with):
    board = board_with()
    board.add_url_rule("/boom", view_func=lambda: {}["boom"])
    written = io.StringIO()
    board.extensions["journal"].setStream(written)
    answer = board.test_client().get("/boom")
    told, request = [json.loads(line) for line in written.getvalue().splitlines()]
    assert "KeyError" in told["error"]
    assert told["request"] == request["request"] == answer.headers["X-Request-Id"]
    assert request["status"] == 500


@pytest.mark.sqlite
def test_a_statement_that_fails_is_logged_without_what_was_written(app, sign_in, thread, journal):
    bob = sign_in("Bob")
    with app.app_context(), write() as session:
        session.execute(
            sa.text("CREATE TRIGGER full BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    answer = bob.post("/t/1/reply", data={"body": "My kakurega is here."})
    assert answer.status_code == 500
    assert "IntegrityError" in json.dumps(journal())
    assert "kakurega" not in json.dumps(journal())


def test_a_line_from_outside_a_request_has_no_id(app, journal):
    logging.getLogger("forum.test").info("started")
    (line,) = journal()
    assert (line["message"], "request" in line) == ("started", False)


class Broken(io.StringIO):
    """A stream that nobody reads any more."""

    def __init__(self, fault):
        super().__init__()
        self._fault = fault

    def write(self, _text):
        raise self._fault


@pytest.mark.parametrize("fault", [BrokenPipeError(), ValueError("I/O operation on closed file")])
def test_where_nobody_reads_the_log_requests_are_answered(app, guest, fault):
    before = app.extensions["journal"].setStream(Broken(fault))
    assert guest.get("/boards").status_code == 200
    app.extensions["journal"].setStream(before)
