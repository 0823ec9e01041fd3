"""How much and how fast: what holds for newcomers, for everybody, for nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum import create_app
from forum.accounts.models import User
from forum.db import db, write
from forum.settings import load
from forum.threads.models import Thread
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
REPLY = "/t/1/reply"


@pytest.mark.parametrize(
    ("name", "links", "status"), [("Nana", 3, 303), ("Nana", 4, 422), ("Bob", 30, 303), ("Bob", 31, 422)]
)
def test_a_text_has_as_many_links_as_its_author_may_place(app, sign_in, name, links, status):
    thread_of(app)
    answer = sign_in(name).post(REPLY, data={"body": listed(links)})
    assert answer.status_code == status
    if status == 422:
        assert f"Yours has {links}." in answer.text
        assert "https://x1.example" in answer.text


@pytest.mark.parametrize(
    "trick",
    [
        "https://x.example/a ",
        "<https://x.example/b> ",
        "[a](https://x.example/c) ",
        "![a](https://x.example/d) ",
        "x.example.com ",
    ],
)
def test_links_count_however_they_are_written(app, sign_in, trick):
    thread_of(app)
    assert sign_in("Nana").post(REPLY, data={"body": trick * 4}).status_code == 422


def test_two_posts_within_seconds_are_too_fast_and_nothing_is_lost(app, sign_in):
    thread_of(app)
    bob = sign_in("Bob")
    assert bob.post(REPLY, data={"body": "One thing first."}).status_code == 303
    answer = bob.post(REPLY, data={"body": "And another thing."})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "8")
    assert "And another thing." in answer.text


def test_a_held_post_counts_for_the_pace_as_well(app, sign_in):
    thread_of(app)
    nana = sign_in("Nana")
    assert nana.post(REPLY, data={"body": "One thing first.", "website": "x"}).status_code == 303
    assert nana.post(REPLY, data={"body": "And another thing."}).status_code == 429


def test_the_staff_may_be_fast(app, sign_in):
    thread_of(app)
    mori = sign_in("Mori")
    assert [mori.post(REPLY, data={"body": f"Answer {k}"}).status_code for k in range(3)] == [303] * 3


def test_on_the_first_day_there_are_three_threads(app, sign_in):
    write_before(app, 4, threads=3)
    nana = sign_in("Nana")
    question = {"board": "alt", "title": "One more thing", "body": "How do I get a phone?"}
    answer = nana.post("/new", data=question)
    assert answer.status_code == 429
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert "How do I get a phone?" in answer.text
    assert nana.post(REPLY, data={"body": "Thank you all!"}).status_code == 303


def test_the_next_thread_is_awaited_from_the_oldest_thread_and_not_from_a_reply(app, sign_in):
    write_before(app, 4, threads=3)
    with app.app_context(), write() as session:
        nana, thread = session.get_one(User, 4), session.get_one(Thread, 1)
        makers.post(session, thread, nana, at=makers.now() - timedelta(hours=12))
    question = {"board": "alt", "title": "One more thing", "body": "How do I get a phone?"}
    answer = sign_in("Nana").post("/new", data=question)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 80_000


def test_on_the_first_day_there_are_fifteen_posts(app, sign_in):
    write_before(app, 4, threads=1, replies=14)
    assert sign_in("Nana").post(REPLY, data={"body": "Thank you all!"}).status_code == 429


def test_later_there_is_room_for_more(app, sign_in):
    write_before(app, 2, threads=3, replies=14)
    assert sign_in("Bob").post(REPLY, data={"body": "Thank you all!"}).status_code == 303


def test_the_form_tells_a_newcomer_the_limits(app, sign_in):
    page = sign_in("Nana").get("/new").text
    assert "Up to 3 links while you are new here." in page
    assert "On your first day: 3 threads and 15 posts." in page
    page = sign_in("Bob").get("/new").text
    assert "while you are new" not in page
    assert "On your first day" not in page


def test_limits_that_the_operator_lifted_hold_nobody(app, sign_in, data_dir):
    thread_of(app)
    settings = {"DATA_DIR": str(data_dir), "DATABASE_URL": app.config["SETTINGS"].database_url}
    free = create_app(load(settings | {"BASE_URL": "http://localhost", "FORUM_LIMITS": "off"}))
    nana = free.test_client()
    secret = sign_in("Nana").get_cookie(app.config["VIEWER_COOKIE"])
    nana.set_cookie(app.config["VIEWER_COOKIE"], secret.value)
    bodies = [listed(4), *(f"Question number {k}" for k in range(20))]
    answers = [
        nana.post(REPLY, data={"body": body}, headers={"Origin": "http://localhost"}) for body in bodies
    ]
    assert {answer.status_code for answer in answers} <= {303, 422}
    assert all("Too" not in answer.text and "At most" not in answer.text for answer in answers)
    with free.app_context():
        db.engine.dispose()


def thread_of(app):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1))


def write_before(app, user_id, *, threads, replies=0):
    """Let a member have written a minute ago."""
    at = makers.now() - timedelta(minutes=1)
    with app.app_context(), write() as session:
        author = session.get_one(User, user_id)
        rows = [makers.thread(session, author, at=at) for _ in range(threads)]
        for _ in range(replies):
            makers.post(session, rows[0], author, at=at)


def listed(links):
    return "Offices that may help: " + " ".join(f"https://x{number}.example/" for number in range(links))
