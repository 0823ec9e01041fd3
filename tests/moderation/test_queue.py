"""The one line of what waits, and what it shows of each thing."""

from __future__ import annotations

import pytest

from forum.db import reading, write
from forum.moderation import queue
from tests import makers
from tests.moderation import scenes
from tests.moderation.scenes import counted, decide, newest_act, staged

ALL = (
    scenes.held_thread,
    scenes.held_reply,
    scenes.held_edit,
    scenes.held_profile,
    scenes.reported_reply,
)


def everything(app, times=1) -> None:
    """One thing of each kind, each by a member of its own."""
    for number in range(times):
        for scene in ALL:
            staged(app, scene, author=f"{scene.__name__.replace('_', '.')}{number}")


@pytest.mark.parametrize(
    "url",
    ["/mod", "/mod/decided", "/p/1/moderate", "/t/1/moderate", "/u/Alice/moderate", "/u/Alice/suspend"],
)
def test_the_moderators_rooms_do_not_exist_for_others(app, staff, guest, sign_in, url):
    staged(app, scenes.held_reply)
    for browser in (guest, sign_in("Alice"), sign_in("Bob")):
        assert browser.get(url).status_code == 404
    assert sign_in("Mori").get(url).status_code == 200
    assert sign_in("Ando").get(url).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/p/1/moderate",
        "/u/Alice/moderate",
        "/mod/acts/1/undo",
        "/t/1/moderate",
        "/u/Alice/suspend",
        "/u/Alice/suspend/lift",
    ],
)
def test_others_can_not_send_forms_there(app, staff, guest, sign_in, url):
    staged(app, scenes.held_reply)
    before = scenes.dump(app)
    for browser in (guest, sign_in("Alice"), sign_in("Bob")):
        assert (
            browser.post(url, data={"act": "remove", "seen": "1.1.0", "reason": "Because."}).status_code
            == 404
        )
    assert scenes.dump(app) == before


@pytest.mark.parametrize(
    ("method", "url"),
    [("PUT", "/mod"), ("GET", "/mod/acts/1/undo"), ("PATCH", "/u/Alice/suspend"), ("OPTIONS", "/mod")],
)
def test_no_method_tells_that_the_rooms_are_there(app, staff, guest, sign_in, method, url):
    staged(app, scenes.held_reply)
    for browser in (guest, sign_in("Alice")):
        answer = browser.open(url, method=method)
        assert (answer.status_code, answer.headers.get("Allow")) == (404, None)
    assert sign_in("Mori").open(url, method=method).status_code in (200, 405)
    assert guest.put("/p/1/report").status_code == 405


def test_a_suspended_moderator_is_a_member_like_others(app, mori, sign_in):
    staged(app, scenes.held_reply)
    data = {"reason": "Asked for a rest.", "term": "week"}
    assert sign_in("Ando").post("/u/Mori/suspend", data=data).status_code == 303
    assert mori.get("/mod").status_code == 404


def test_what_waited_longest_comes_first(app, mori):
    first = staged(app, scenes.held_reply)
    second = staged(app, scenes.reported_reply, author="Carol")
    staged(app, scenes.held_profile, author="Dan")
    page = mori.get("/mod").text
    dan = scenes.value(app, "SELECT id FROM users WHERE name = 'Dan'")
    places = [page.index(f'id="{name}"') for name in (f"p{first}", f"p{second}", f"u{dan}")]
    assert places == sorted(places)


def test_one_post_is_one_thing_whatever_is_open_about_it(app, mori):
    def edited_and_reported_twice(session, author):
        post = scenes.held_edit(session, author)
        scenes.report(session, post, scenes.someone(session), "unkind")
        scenes.report(session, post, makers.member(session, "Carol"), "personal", "My address!")
        return post

    post = staged(app, edited_and_reported_twice)
    with app.app_context():
        assert queue.waiting_count(reading()) == 1
    page = mori.get("/mod").text
    assert page.count("data-item") == 1
    assert "It is unkind or threatening." in page
    assert "My address!" in page
    decide(mori, f"/p/{post}/moderate", "approve")
    with app.app_context():
        assert queue.waiting_count(reading()) == 1


def test_the_queue_tells_what_a_decision_needs(app, mori):
    staged(app, scenes.held_reply)
    page = mori.get("/mod").text
    assert "Alice" in page
    assert "First winter in an inaka house" in page
    assert "How do you keep the pipes from freezing?" in page
    assert "https://cheap.example/visa" in page
    assert "cheap.example (+0.9)" in page
    assert "Spam: 83 %" in page


def test_an_edit_is_shown_as_what_it_changes(app, mori):
    staged(app, scenes.held_edit)
    page = mori.get("/mod").text
    assert "diff-line--added" in page
    assert "Let the tap drip at night." in page


def test_an_answer_to_a_quoted_post_shows_that_post(app, mori):
    def answer(session, author):
        thread = makers.thread(session, scenes.someone(session))
        quoted = makers.post(session, thread, scenes.someone(session), body="Ask your BOE about it.")
        return scenes.held_reply(
            session, author, thread, f"> [Bob](/p/{quoted.id}):\n>\n> Ask your BOE.\n\nNo!"
        )

    staged(app, answer)
    page = mori.get("/mod").text
    assert "Ask your BOE about it." in page
    assert "How do you keep the pipes" not in page


def test_earlier_decisions_about_the_author_are_counted_until_they_are_undone(app, mori):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "spam")
    act = newest_act(app)
    staged(app, scenes.held_reply)
    assert "1 removal" in mori.get("/mod").text
    mori.post(f"/mod/acts/{act}/undo")
    assert "1 removal" not in mori.get("/mod").text


def test_other_things_of_the_same_author_are_one_click_away(app, mori):
    for scene in (scenes.held_reply, scenes.held_thread, scenes.held_profile):
        staged(app, scene)
    staged(app, scenes.held_reply, author="Carol")
    assert "2 more of this author wait" in mori.get("/mod").text
    page = mori.get("/mod?by=alice").text
    assert page.count("data-item") == 3
    assert mori.get("/mod?by=Nobody").status_code == 404


def test_the_line_goes_on_where_the_page_ended(app, mori):
    everything(app, times=4)
    with app.app_context():
        first = queue.line(reading())
        assert first.later
        second = queue.line(reading(), first.later)
    keys = [place.key for place in first.places + second.places]
    assert len(keys) == len(set(keys)) == 20
    assert second.later is None
    assert mori.get(f"/mod?after={first.later}").text.count("data-item") == 5


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "1.x", "9" * 60 + ".1", "1.2.3", "1." + "9" * 30, "1.٣", "9" * 18 + ".1", "-1.1", "1.--1"],
)
def test_a_cursor_that_we_did_not_make_is_404(mori, cursor):
    assert mori.get(f"/mod?after={cursor}").status_code == 404


def test_the_cost_of_the_queue_does_not_grow_with_it(app, mori):
    everything(app)
    mori.get("/mod")
    with counted(app) as few:
        mori.get("/mod")
    everything(app, times=3)
    with counted(app) as many:
        mori.get("/mod")
    assert len(many) == len(few) <= 9


def test_the_count_in_the_header_is_one_statement(app, staff):
    everything(app)
    with app.app_context(), write() as session, counted(app) as statements:
        assert queue.waiting_count(session) == len(ALL)
    assert len(statements) == 1


def test_reports_on_a_post_that_its_author_deleted_wait_for_its_return(app, mori, sign_in):
    post = staged(app, scenes.reported_reply)
    alice = sign_in("Alice")
    alice.post(f"/p/{post}/delete")
    assert "data-item" not in mori.get("/mod").text
    alice.post(f"/p/{post}/restore")
    assert f'id="p{post}"' in mori.get("/mod").text


def test_an_empty_queue_says_so_kindly(mori):
    assert "Nothing waits." in mori.get("/mod").text


def test_the_last_decision_stands_on_top_with_its_undo_and_after_spam_a_way_to_suspend(app, mori):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "spam")
    page = mori.get("/mod").text
    assert f'action="/mod/acts/{newest_act(app)}/undo"' in page
    assert 'data-key="u"' in page
    assert "/u/Alice/suspend?for=spam" in page


def test_the_last_decisions_of_all_stand_on_one_page(app, mori, sign_in):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "spam")
    decide(sign_in("Rin"), f"/p/{staged(app, scenes.held_thread)}/moderate", "approve")
    page = mori.get("/mod/decided").text
    assert page.count("/undo") == 2
    assert page.count('data-key="u"') == 1


def test_a_title_that_is_a_script_stays_text(app, mori):
    staged(app, scenes.held_thread, title="<script>alert(1)</script>")
    page = mori.get("/mod").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
