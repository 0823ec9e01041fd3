"""Threads are locked, pinned and moved; all of it can be undone."""

from __future__ import annotations

import pytest

from tests import makers
from tests.moderation import scenes
from tests.moderation.scenes import dump, newest_act, staged, value

URL = "/t/1/moderate"


@pytest.fixture
def thread(app, staff) -> None:
    """Alice's thread 1 with two answers, on the first of two boards."""

    def scene(session, author):
        made = makers.thread(session, author, replies=2)
        makers.board(session, "inaka")
        return made

    staged(app, scene)


STEPS = [
    ([], {"act": "lock", "reason": "It goes in circles."}),
    ([{"act": "lock", "reason": "It goes in circles."}], {"act": "unlock"}),
    ([], {"act": "pin"}),
    ([{"act": "pin"}], {"act": "unpin"}),
    ([], {"act": "move", "board": "inaka"}),
]


@pytest.mark.parametrize(("before", "step"), STEPS)
def test_an_undo_brings_everything_back(app, thread, mori, before, step):
    for data in before:
        mori.post(URL, data=data)
    rows = dump(app)
    assert mori.post(URL, data=step).status_code == 303
    assert dump(app) != rows
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 303
    assert dump(app) == rows


def test_a_locked_thread_takes_no_replies_of_members_and_says_why(app, thread, mori, sign_in):
    mori.post(URL, data={"act": "lock", "reason": "It goes in circles."})
    answer = sign_in("Alice").post("/t/1/reply", data={"body": "One more word about the pipes."})
    assert answer.status_code == 423
    assert "It goes in circles." in sign_in("Alice").get("/t/1-first-winter-in-an-inaka-house").text


def test_a_moved_thread_takes_its_counts_along(app, thread, mori):
    mori.post(URL, data={"act": "move", "board": "inaka"})
    counts = "SELECT threads_count || ' ' || posts_count FROM boards WHERE slug = :slug"
    assert value(app, counts, slug="inaka") == "1 3"
    assert value(app, counts, slug="alt") == "0 0"


@pytest.mark.parametrize("step", [{"act": "lock", "reason": "Enough."}, {"act": "pin"}])
def test_the_second_of_two_moderators_is_told_who_was_first(thread, mori, sign_in, step):
    mori.post(URL, data=step)
    answer = sign_in("Rin").post(URL, data=step)
    assert (answer.status_code, "already decided by Mori" in answer.text) == (409, True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "burn"},
        {"act": "lock", "reason": ""},
        {"act": "move", "board": "nowhere"},
        {"act": "move", "board": "alt"},
    ],
)
def test_bad_input_changes_nothing(app, thread, mori, data):
    rows = dump(app)
    assert mori.post(URL, data=data).status_code == 422
    assert dump(app) == rows


def test_unlocking_what_is_open_is_refused(thread, mori):
    assert mori.post(URL, data={"act": "unlock"}).status_code == 409
    assert mori.post(URL, data={"act": "unpin"}).status_code == 409


def test_an_earlier_lock_is_not_undone_under_a_later_act(app, thread, mori):
    mori.post(URL, data={"act": "lock", "reason": "Enough."})
    first = newest_act(app)
    mori.post(URL, data={"act": "unlock"})
    assert mori.post(f"/mod/acts/{first}/undo").status_code == 409
    mori.post(URL, data={"act": "pin"})
    assert mori.post(f"/mod/acts/{first + 1}/undo").status_code == 303


def test_a_thread_that_is_not_there_is_404(mori):
    assert mori.get("/t/99/moderate").status_code == 404


def test_the_page_offers_what_fits(app, thread, mori):
    page = mori.get(URL).text
    assert ">Lock</button>" in page
    mori.post(URL, data={"act": "lock", "reason": "Enough."})
    page = mori.get(URL).text
    assert ">Unlock</button>" in page
    assert scenes.value(app, "SELECT reason FROM moderation_acts") == "Enough."
