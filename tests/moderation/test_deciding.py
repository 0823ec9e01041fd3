"""Decisions and their undo."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from forum.db import db
from forum.screening import textmodel
from tests import makers
from tests.databases import elsewhere
from tests.listening import begins_change
from tests.moderation import scenes
from tests.moderation.scenes import decide, dump, newest_act, staged, value

WAITING = (scenes.held_thread, scenes.held_reply, scenes.held_edit, scenes.held_profile)
PROFILES = (scenes.held_profile, scenes.public_profile)
ROUNDS = [
    *((scene, act) for scene in WAITING for act in ("approve", "remove", "spam")),
    *((scenes.reported_reply, act) for act in ("dismiss", "remove", "spam")),
    *((scene, act) for scene in (scenes.public_reply, scenes.public_profile) for act in ("remove", "spam")),
]


def address(scene, thing: int) -> str:
    return "/u/Alice/moderate" if scene in PROFILES else f"/p/{thing}/moderate"


@pytest.mark.parametrize(("scene", "act"), ROUNDS)
def test_an_undo_brings_everything_back_and_the_same_can_be_decided_again(app, mori, scene, act):
    url = address(scene, staged(app, scene))
    before = dump(app)
    assert decide(mori, url, act).status_code == 303
    after = dump(app)
    assert after != before
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 303
    assert dump(app) == before
    assert value(app, "SELECT coalesce(sum(step), 0) FROM lessons") == 0
    assert decide(mori, url, act).status_code == 303
    again = dump(app)
    # Closed reports name the act that closed them, and that is another one now.
    assert again | {"reports": ()} == after | {"reports": ()}


def test_an_approved_thread_is_public_for_guests(app, mori, guest):
    post = staged(app, scenes.held_thread)
    assert guest.get(f"/p/{post}").status_code == 404
    decide(mori, f"/p/{post}/moderate", "approve")
    assert "Visas, cheap and quick" in guest.get("/").text


def test_a_removed_reply_is_gone_for_guests(app, mori, guest):
    post = staged(app, scenes.reported_reply)
    assert guest.get(f"/p/{post}").status_code < 400
    decide(mori, f"/p/{post}/moderate", "remove")
    assert guest.get(f"/p/{post}").status_code == 404


def test_an_approved_edit_becomes_the_public_version(app, mori):
    post = staged(app, scenes.held_edit)
    decide(mori, f"/p/{post}/moderate", "approve")
    assert "cheap visas" in value(app, "SELECT body FROM posts WHERE id = :id", id=post)


@pytest.mark.parametrize("act", ["remove", "spam"])
def test_a_rejected_edit_leaves_the_public_version_alone(app, mori, act):
    post = staged(app, scenes.held_edit)
    decide(mori, f"/p/{post}/moderate", act)
    assert value(app, "SELECT body FROM posts WHERE id = :id", id=post) == "Let the tap drip at night."
    assert value(app, "SELECT status FROM posts WHERE id = :id", id=post) == "public"


def test_an_approved_profile_text_is_shown(app, mori, guest):
    staged(app, scenes.held_profile)
    decide(mori, "/u/Alice/moderate", "approve")
    assert "Visa shop" in guest.get("/u/Alice").text


@pytest.mark.parametrize(("act", "lessons"), [("approve", [0]), ("spam", [1]), ("remove", [])])
def test_approving_and_spam_teach_the_filter_and_removing_does_not(app, mori, act, lessons):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", act)
    count = value(app, "SELECT count(*) FROM lessons")
    assert count == len(lessons)
    if lessons:
        assert value(app, "SELECT is_spam FROM lessons") == lessons[0]


def test_a_reported_post_called_spam_teaches_the_text_that_was_public(app, mori):
    post = staged(app, scenes.reported_reply)
    decide(mori, f"/p/{post}/moderate", "spam")
    assert "tap drip" in value(app, "SELECT text FROM lessons")
    assert value(app, "SELECT rejected_count FROM users WHERE name = 'Alice'") == 1


def test_an_imported_post_that_was_never_screened_can_be_called_spam(app, mori):
    def imported(session, author):
        return makers.post(session, makers.thread(session, author), author)

    post = staged(app, imported)
    assert decide(mori, f"/p/{post}/moderate", "spam").status_code == 303
    assert value(app, "SELECT count(*) FROM lessons WHERE is_spam") == 1
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 303
    assert value(app, "SELECT status FROM posts WHERE id = :id", id=post) == "public"


def test_reports_are_closed_by_the_act_and_opened_by_its_undo(app, mori):
    post = staged(app, scenes.reported_reply)
    decide(mori, f"/p/{post}/moderate", "dismiss")
    assert value(app, "SELECT closed_by_id FROM reports") == newest_act(app)
    mori.post(f"/mod/acts/{newest_act(app)}/undo")
    assert value(app, "SELECT count(*) FROM reports WHERE closed_by_id IS NULL") == 1


def test_a_decision_about_an_edit_leaves_the_reports_open(app, mori):
    def edited_and_reported(session, author):
        post = scenes.held_edit(session, author)
        scenes.report(session, post, scenes.someone(session))
        return post

    post = staged(app, edited_and_reported)
    decide(mori, f"/p/{post}/moderate", "spam")
    assert value(app, "SELECT count(*) FROM reports WHERE closed_by_id IS NULL") == 1
    decide(mori, f"/p/{post}/moderate", "remove")
    assert value(app, "SELECT status FROM posts WHERE id = :id", id=post) == "removed"


@pytest.mark.parametrize("scene", [*WAITING, scenes.reported_reply, scenes.public_profile])
def test_the_second_of_two_moderators_is_told_who_was_first(app, mori, sign_in, scene):
    url = address(scene, staged(app, scene))
    mark = scenes.seen(mori.get(url).text, url)
    assert mori.post(url, data={"act": "remove", "seen": mark}).status_code == 303
    before = dump(app)
    second = sign_in("Rin").post(url, data={"act": "spam", "seen": mark})
    assert second.status_code == 409
    assert "already decided by Mori" in second.text
    assert dump(app) == before
    assert "You have already decided this" in mori.post(url, data={"act": "remove", "seen": mark}).text


def test_a_report_that_came_after_the_page_is_not_dismissed_unseen(app, mori):
    post = staged(app, scenes.reported_reply)
    url = f"/p/{post}/moderate"
    mark = scenes.seen(mori.get(url).text, url)

    def again(session, author):
        return scenes.report(session, session.get_one(scenes.Post, post), author, "personal")

    staged(app, again, author="Carol")
    answer = mori.post(url, data={"act": "dismiss", "seen": mark})
    assert (answer.status_code, "look at it again" in answer.text) == (409, True)


def test_an_edit_after_the_approval_stands_in_the_way_of_its_undo(app, mori):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", "approve")
    act = newest_act(app)

    def edited(session, author):
        return scenes.screened(session, author, "edit", "Better words.", scenes.GOOD, post_id=post)

    staged(app, edited)
    answer = mori.post(f"/mod/acts/{act}/undo")
    assert (answer.status_code, "author has changed" in answer.text) == (409, True)


def test_a_post_that_its_author_deleted_is_not_brought_back_by_an_undo(app, mori, sign_in):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", "approve")
    assert sign_in("Alice").post(f"/p/{post}/delete").status_code == 303
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 409
    assert value(app, "SELECT status FROM posts WHERE id = :id", id=post) == "deleted"


def test_an_edit_of_a_post_that_its_author_deleted_does_not_wait_again(app, mori, sign_in):
    post = staged(app, scenes.held_edit)
    decide(mori, f"/p/{post}/moderate", "remove")
    assert sign_in("Alice").post(f"/p/{post}/delete").status_code == 303
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 409
    assert value(app, "SELECT count(*) FROM revisions WHERE status = 'held'") == 0


def test_a_moderator_takes_a_public_profile_text_back(app, mori, guest):
    staged(app, scenes.public_profile)
    assert 'href="/u/Alice/moderate"' in mori.get("/u/Alice").text
    assert "/u/Alice/moderate" not in guest.get("/u/Alice").text
    assert "Mori is an idiot." in mori.get("/u/Alice/moderate").text
    assert decide(mori, "/u/Alice/moderate", "remove", why="unkind").status_code == 303
    page = guest.get("/u/Alice").text
    assert "idiot" not in page
    assert "I teach in Chiba." in page


def test_a_profile_that_came_by_import_is_taken_back_and_comes_back(app, mori, guest):
    def imported(session, author):
        author.bio, author.bio_html = "Cheap visas!", "<p>Cheap visas!</p>"
        return author

    staged(app, imported)
    assert decide(mori, "/u/alice/moderate", "spam").status_code == 303
    assert "Cheap visas" not in guest.get("/u/Alice").text
    assert "nothing to decide" in mori.get("/u/Alice/moderate").text
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo").status_code == 303
    assert "Cheap visas" in guest.get("/u/Alice").text


def test_the_words_before_are_not_taken_away_by_a_page_that_did_not_show_them(app, mori, sign_in):
    staged(app, scenes.public_profile)
    mark = scenes.seen(mori.get("/u/Alice/moderate").text, "/u/Alice/moderate")
    decide(mori, "/u/Alice/moderate", "remove")
    answer = sign_in("Rin").post("/u/Alice/moderate", data={"act": "remove", "seen": mark})
    assert (answer.status_code, "already decided by Mori" in answer.text) == (409, True)


def test_whoever_lost_the_office_while_the_form_waited_its_turn_decides_nothing(app, mori):
    post = staged(app, scenes.held_reply)
    mark = scenes.seen(mori.get(f"/p/{post}/moderate").text, f"/p/{post}/moderate")
    with elsewhere(app) as other, ThreadPoolExecutor(1) as threads:
        other.begin()
        other.say("UPDATE users SET role = 'member' WHERE name = 'Mori'")
        answer = threads.submit(mori.post, f"/p/{post}/moderate", data={"act": "approve", "seen": mark})
        wait([answer], timeout=0.5)
        other.say("COMMIT")
        assert answer.result().status_code == 404
    assert value(app, "SELECT status FROM posts WHERE id = :id", id=post) == "held"


def test_an_act_that_a_later_one_rests_on_is_not_undone(app, mori):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", "approve")
    first = newest_act(app)
    decide(mori, f"/p/{post}/moderate", "remove")
    answer = mori.post(f"/mod/acts/{first}/undo")
    assert (answer.status_code, "Undo that one first" in answer.text) == (409, True)
    mori.post(f"/mod/acts/{first + 1}/undo")
    assert mori.post(f"/mod/acts/{first}/undo").status_code == 303


def test_nothing_is_undone_twice(app, mori, sign_in):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", "approve")
    act = newest_act(app)
    mori.post(f"/mod/acts/{act}/undo")
    answer = sign_in("Rin").post(f"/mod/acts/{act}/undo")
    assert (answer.status_code, "already decided by Mori" in answer.text) == (409, True)
    assert mori.post(f"/mod/acts/{act + 1}/undo").status_code == 404


def test_an_old_act_stays(app, mori):
    post = staged(app, scenes.held_reply)
    decide(mori, f"/p/{post}/moderate", "approve")
    month_us = 31 * 24 * 3600 * 1_000_000
    with elsewhere(app) as other:
        other.say(
            "INSERT INTO moderation_acts (kind, actor_id, user_id, reason, detail, created_at)"
            " SELECT 'lift', actor_id, user_id, '', '{\"target\": \"member\", \"names\": []}', created_at - :month"
            " FROM moderation_acts",
            {"month": month_us},
        )
    answer = mori.post(f"/mod/acts/{newest_act(app)}/undo")
    assert (answer.status_code, "30 days" in answer.text) == (409, True)


@pytest.mark.parametrize("change", ["UPDATE moderation_acts SET reason = 'x'", "DELETE FROM moderation_acts"])
def test_acts_are_never_changed(app, mori, change):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "approve")
    with elsewhere(app) as other, pytest.raises(IntegrityError, match="append-only"):
        other.say(change)


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "burn"},
        {"act": "approve", "seen": ""},
        {"act": "remove", "why": "because"},
        {"act": "remove", "reason": "x" * 301},
    ],
)
def test_bad_input_decides_nothing(app, mori, fields):
    post = staged(app, scenes.held_reply)
    before = dump(app)
    assert mori.post(f"/p/{post}/moderate", data={"seen": "1.0", **fields}).status_code == 422
    assert dump(app) == before


def test_what_is_not_there_is_404(mori):
    for url in ("/p/99/moderate", "/u/Nobody/moderate", "/mod/acts/99/undo"):
        assert mori.post(url, data={"act": "approve", "seen": "1.0"}).status_code == 404


def test_a_decision_leads_back_to_where_it_was_made_and_nowhere_else(app, mori):
    post = staged(app, scenes.held_reply)
    answer = decide(mori, f"/p/{post}/moderate", "spam", next=f"/p/{post}")
    assert answer.location == f"/p/{post}"
    assert mori.post(f"/mod/acts/{newest_act(app)}/undo", data={"next": "//evil.example"}).location == "/"


def test_what_the_filter_missed_is_taken_in_before_other_writers_wait(app, mori):
    url = address(scenes.held_reply, staged(app, scenes.held_reply))
    begun, waited, begins = [], [], begins_change(app)

    def note(connection, cursor, statement, *rest):
        if statement == begins:
            begun.append(statement)
        if begun and "FROM filter_snapshots" in statement:
            waited.append(statement)

    with app.app_context():
        textmodel.init(app)
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert decide(mori, url, "spam").status_code == 303
    event.remove(engine, "before_cursor_execute", note)
    assert begun
    assert waited == []
