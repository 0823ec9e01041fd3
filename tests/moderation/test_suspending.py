"""Members are suspended and let in again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from forum.accounts.models import Suspension
from forum.db import write
from tests import makers
from tests.moderation import scenes
from tests.moderation.scenes import dump, newest_act, staged, value

DATA = {"reason": "Three unkind posts in a day.", "term": "week"}


@pytest.fixture
def post(app, staff) -> int:
    return staged(app, scenes.public_reply)


def test_a_suspended_member_reads_but_does_not_write_and_learns_why(app, post, mori, sign_in):
    assert mori.post("/u/Alice/suspend", data=DATA).status_code == 303
    alice = sign_in("Alice")
    assert alice.get("/").status_code == 200
    answer = alice.post("/t/1/reply", data={"body": "But I meant it kindly."})
    assert answer.status_code == 403
    assert DATA["reason"] in answer.text


@pytest.mark.parametrize(("term", "days"), [("day", 1), ("three_days", 3), ("week", 7), ("month", 30)])
def test_a_suspension_ends(app, post, mori, term, days):
    mori.post("/u/Alice/suspend", data=DATA | {"term": term})
    length_us = value(app, "SELECT until - created_at FROM suspensions")
    assert length_us == days * 24 * 3600 * 1_000_000


def test_for_good_has_no_end(app, post, mori):
    mori.post("/u/Alice/suspend", data=DATA | {"term": "forever"})
    assert value(app, "SELECT until FROM suspensions") is None
    page = mori.get("/u/Alice/suspend").text
    assert "For good." in page
    # What the staff reads of the member's suspension is no sentence for the staff itself.
    assert page.count(DATA["reason"]) == 1
    assert "object at" not in page


def test_suspending_and_lifting_are_undone_exactly(app, post, mori):
    nobody = dump(app)
    mori.post("/u/Alice/suspend", data=DATA)
    suspended, first = dump(app), newest_act(app)
    assert mori.post("/u/Alice/suspend/lift").status_code == 303
    assert mori.post(f"/mod/acts/{first}/undo").status_code == 409
    assert mori.post(f"/mod/acts/{first + 1}/undo").status_code == 303
    assert dump(app) == suspended
    assert mori.post(f"/mod/acts/{first}/undo").status_code == 303
    assert dump(app) == nobody


def test_the_second_of_two_moderators_is_told_who_was_first(post, mori, sign_in):
    mori.post("/u/Alice/suspend", data=DATA)
    answer = sign_in("Rin").post("/u/Alice/suspend", data=DATA)
    assert (answer.status_code, "already decided by Mori" in answer.text) == (409, True)


def test_there_is_nothing_to_lift_where_nobody_is_suspended(post, mori):
    assert mori.post("/u/Alice/suspend/lift").status_code == 409


@pytest.mark.parametrize(
    ("who", "whom"), [("Mori", "Mori"), ("Mori", "Rin"), ("Mori", "Ando"), ("Ando", "Ando")]
)
def test_staff_is_beyond_the_reach_of_moderators(staff, sign_in, who, whom):
    browser = sign_in(who)
    assert browser.get(f"/u/{whom}/suspend").status_code == 403
    assert browser.post(f"/u/{whom}/suspend", data=DATA).status_code == 403


def test_an_admins_suspension_of_a_moderator_is_not_undone_by_another_moderator(app, mori, sign_in):
    assert sign_in("Ando").post("/u/Rin/suspend", data=DATA).status_code == 303
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 403


@pytest.mark.parametrize(
    "data", [DATA | {"reason": ""}, DATA | {"term": "year"}, DATA | {"reason": "x" * 301}]
)
def test_bad_input_comes_back(app, post, mori, data):
    answer = mori.post("/u/Alice/suspend", data=data)
    assert (answer.status_code, data["reason"] in answer.text) == (422, True)
    assert value(app, "SELECT count(*) FROM suspensions") == 0


def test_names_are_found_in_any_spelling_and_unknown_ones_not(post, mori):
    assert mori.get("/u/ALICE/suspend").status_code == 200
    assert mori.get("/u/Nobody/suspend").status_code == 404
    assert mori.post("/u/Nobody/suspend/lift").status_code == 404


def test_for_a_spammer_the_form_is_filled_in(post, mori):
    page = mori.get("/u/Alice/suspend?for=spam").text
    assert 'value="Spam or advertising."' in page
    assert re.search(r'<input[^>]*\bchecked\b[^>]*value="forever"', page)


def test_a_suspended_member_is_told_so_on_every_page(app, sign_in):
    with app.app_context(), write() as session:
        uma = makers.member(session, "Uma")
        session.add(Suspension(user_id=uma.id, by_id=uma.id, reason="Rest a while.", created_at=makers.now()))
    page = sign_in("Uma").get("/").text
    assert "You are suspended for good" in page
    assert "Rest a while." in page


@pytest.mark.parametrize("longest", [timedelta(days=30), None])
def test_of_several_suspensions_the_longest_is_told(app, sign_in, longest):
    until = {
        "Short.": timedelta(days=1),
        "Long.": longest,
        "Over.": timedelta(days=-1),
        "Middling.": timedelta(days=9),
    }
    with app.app_context(), write() as session:
        uma = makers.member(session, "Uma")
        for reason, lasts in until.items():
            ends = makers.now() + lasts if lasts else None
            row = Suspension(user_id=uma.id, by_id=uma.id, reason=reason, created_at=makers.now(), until=ends)
            session.add(row)
    page = sign_in("Uma").get("/").text
    assert [reason for reason in until if reason in page] == ["Long."]
    assert ("You are suspended for good" in page) == (longest is None)
