"""Members report posts."""

from __future__ import annotations

import pytest

from forum.db import write
from tests import makers
from tests.moderation import scenes
from tests.moderation.scenes import staged, value


@pytest.fixture
def post(app, staff) -> int:
    return staged(app, scenes.public_reply)


def test_a_member_reports_a_post_with_a_reason_and_a_note(app, post, sign_in, mori):
    bob = sign_in("Bob")
    assert "Let the tap drip" in bob.get(f"/p/{post}/report").text
    answer = bob.post(f"/p/{post}/report", data={"reason": "unkind", "note": "He laughs at me."})
    assert (answer.status_code, answer.location) == (303, f"/p/{post}")
    assert "He laughs at me." in mori.get("/mod").text


def test_the_second_time_one_is_thanked(app, post, sign_in):
    bob = sign_in("Bob")
    for status in (303, 409):
        assert bob.post(f"/p/{post}/report", data={"reason": "spam"}).status_code == status
    assert "already reported" in bob.get(f"/p/{post}/report").text
    assert value(app, "SELECT count(*) FROM reports") == 1


def test_after_the_moderators_answer_one_can_report_again(app, post, sign_in, mori):
    bob, url = sign_in("Bob"), f"/p/{post}/moderate"
    bob.post(f"/p/{post}/report", data={"reason": "spam", "note": "The first time."})
    old = scenes.seen(mori.get(url).text, url)
    scenes.decide(mori, url, "dismiss")
    assert "already reported" not in bob.get(f"/p/{post}/report").text
    answer = bob.post(f"/p/{post}/report", data={"reason": "unkind", "note": "It is worse now."})
    assert answer.status_code == 303
    page = mori.get("/mod").text
    assert "It is worse now." in page
    assert "The first time." not in page
    # A page that shows the first report does not answer the second.
    assert mori.post(url, data={"act": "dismiss", "seen": old}).status_code == 409
    assert scenes.decide(mori, url, "dismiss").status_code == 303


def test_guests_are_asked_to_log_in(post, guest):
    assert guest.get(f"/p/{post}/report").status_code == 403
    assert guest.post(f"/p/{post}/report", data={"reason": "spam"}).status_code == 403


def test_nobody_reports_themselves(post, sign_in):
    assert sign_in("Alice").post(f"/p/{post}/report", data={"reason": "spam"}).status_code == 403


@pytest.mark.parametrize("scene", [scenes.held_reply, scenes.held_thread])
def test_what_one_can_not_see_can_not_be_reported(app, staff, sign_in, scene):
    post = staged(app, scene)
    with app.app_context(), write() as session:
        scenes.someone(session)
    assert sign_in("Bob").get(f"/p/{post}/report").status_code == 404
    assert sign_in("Bob").get("/p/99/report").status_code == 404


def test_a_suspended_member_reports_nothing(app, post, mori, sign_in):
    mori.post("/u/Bob/suspend", data={"reason": "A rest.", "term": "day"})
    assert sign_in("Bob").post(f"/p/{post}/report", data={"reason": "spam"}).status_code == 403


@pytest.mark.parametrize("fields", [{"reason": "ugly"}, {"reason": "other", "note": "x" * 1001}])
def test_bad_input_comes_back_with_nothing_lost(app, post, sign_in, fields):
    answer = sign_in("Bob").post(f"/p/{post}/report", data=fields)
    assert answer.status_code == 422
    assert fields.get("note", "") in answer.text
    assert value(app, "SELECT count(*) FROM reports") == 0


def test_twenty_reports_a_day_are_enough(app, staff, sign_in):
    def many(session, author):
        return makers.thread(session, author, replies=21)

    staged(app, many)
    ids = range(1, 22)
    with app.app_context(), write() as session:
        scenes.someone(session)
    bob = sign_in("Bob")
    codes = [bob.post(f"/p/{post}/report", data={"reason": "spam"}).status_code for post in ids]
    assert codes == [303] * 20 + [429]
