"""One shape for whatever goes wrong: a page for people, JSON for programs, the same status."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from forum.db import write
from forum.errors import Conflict, Forbidden, Invalid, Locked, NotFound, TooFast

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/", "POST", 405), ("/p/1/edit", "GET", 403), ("/t/999", "GET", 404)],
)
def test_a_page_and_json_tell_the_same(guest, thread, path, method, status):
    page, told = guest.open(path, method=method), guest.open(path, method=method, headers=JSON)
    assert (page.status_code, told.status_code, told.json["status"]) == (status, status, status)
    assert page.mimetype == "text/html"
    assert told.json["detail"] in page.text.replace("&#39;", "'")
    assert f"<h1>{told.json['title']}</h1>" in page.text


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*", "", "text/plain", "application/json;q=0.1, text/html", "nonsense"]
)
def test_who_does_not_prefer_json_gets_a_page(guest, accept):
    assert guest.get("/nothing", headers={"Accept": accept}).mimetype == "text/html"


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (NotFound(), 404),
        (Forbidden("Not you."), 403),
        (Conflict("Too late."), 409),
        (Locked("Closed."), 423),
        (Invalid(body="Too short."), 422),
        (TooFast("Slowly.", 7), 429),
        (ZeroDivisionError("secret"), 500),
    ],
)
def test_each_problem_has_its_status_and_its_sentence(board_with, problem, status):
    def fail():
        raise problem

    board = board_with()
    board.add_url_rule("/fail", view_func=fail)
    for headers in ({}, JSON):
        answer = board.test_client().get("/fail", headers=headers)
        assert answer.status_code == status
        assert "secret" not in answer.text
        assert str(problem) in answer.text or status == 500
        assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_method_that_an_address_does_not_take_names_those_that_it_does(guest):
    for method in ("POST", "PUT", "DELETE", "TRACE", "CONNECT"):
        answer = guest.open("/", method=method)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (
            405,
            {"GET", "HEAD", "OPTIONS"},
        )


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_too_large_is_refused(guest, content_type):
    body = b"language=" + b"x" * 600_000
    answer = guest.post("/language", data=body, content_type=content_type)
    assert answer.status_code == 413
    assert "larger than this board takes" in answer.text


def test_a_form_of_too_many_parts_is_refused(guest):
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="a{k}"\r\n\r\nv\r\n' for k in range(99))
    answer = guest.post("/language", data=f"{parts}--x--", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


@pytest.mark.parametrize(("count", "status"), [(61, 303), (62, 413), (100_000, 413)])
def test_a_form_of_too_many_fields_is_refused_before_it_is_taken_apart(guest, count, status):
    body = b"language=ja" + b"&a=" * (count - 1)
    answer = guest.post(
        "/language", data=body, content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert answer.status_code == status


@pytest.mark.parametrize("body", [b"\xff\xfe=%", b"a=%zz&%00=%00", b"&&&==", b"", b"language=%ff"])
def test_a_form_that_is_no_form_is_no_fault_of_ours(guest, body):
    answer = guest.post("/language", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["/%ff", "/%00", "/t/%ff", "/b/%F0%9F%8E%8C", "/u/%00", "/..%2f..%2fetc", "/?%ff=%00", "//"]
)
def test_an_address_that_is_none_is_no_fault_of_ours(guest, path):
    assert guest.get(path).status_code < 500


def test_without_a_database_a_guest_is_asked_to_come_back(board_with):
    answer = board_with().test_client().get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing that you wrote is lost" in answer.text


@pytest.mark.sqlite
def test_without_a_database_a_member_is_asked_to_come_back(app, sign_in, thread):
    bob = sign_in("Bob")
    with app.app_context(), write() as session:
        session.execute(sa.text("ALTER TABLE login_sessions RENAME TO gone"))
    for path in ("/", thread):
        answer = bob.get(path)
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert "X-Request-Id" in answer.headers


def test_a_problem_while_another_is_told_is_told_too(board_with):
    board = board_with()
    board.add_url_rule("/boom", view_func=lambda: 1 / 0)
    browser = board.test_client()
    browser.set_cookie(board.config["VIEWER_COOKIE"], "a member's")
    answer = browser.get("/boom")
    assert answer.status_code == 500
    assert "This is our fault" in answer.text
