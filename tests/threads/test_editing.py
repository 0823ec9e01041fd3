"""Edits and their versions; deleting and bringing back."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.access import Viewer
from forum.accounts.models import Suspension, User
from forum.db import reading, write
from forum.errors import Conflict
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, Screening
from forum.spam.judging import Outcome, Submission, Verdict
from forum.threads import editing, limits, publishing
from forum.threads.models import Board, Lock, Post, Revision, Status, Thread
from forum.threads.posting import Draft
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
PAGE = "/t/1-first-winter-in-an-inaka-house"
OLD = "How do you keep the pipes from freezing?"
NEW = "How do you keep the pipes from freezing at night?"
TITLE = "First winter in an inaka house"
TRAPPED = {"website": "http://x.example"}


def test_an_edit_is_public_at_once_and_leaves_a_history(app, guest, sign_in):
    thread_by(app, "Alice")
    answer = sign_in("Alice").post("/p/1/edit", data={"title": TITLE, "body": NEW})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#p1")
    page = guest.get(PAGE).text
    assert f"<p>{NEW}</p>" in page
    assert 'href="/p/1/history"' in page
    history = guest.get("/p/1/history").text
    assert re.findall(r"<h2>Version (\d)", history) == ["2", "1"]
    assert re.search(r"<ins>[^<]*night", history)


def test_an_edit_form_holds_the_present_text(app, sign_in):
    thread_by(app, "Alice", replies=1)
    alice = sign_in("Alice")
    assert f'value="{TITLE}"' in alice.get("/p/1/edit").text
    page = alice.get("/p/2/edit").text
    assert "Reply number 2.</textarea>" in page
    assert 'name="title"' not in page


def test_a_new_title_moves_the_thread_and_the_old_address_leads_there(app, guest, sign_in):
    thread_by(app, "Alice")
    answer = sign_in("Alice").post("/p/1/edit", data={"title": "雪国の冬支度", "body": OLD})
    assert guest.get(PAGE).location == answer.location.split("#")[0]
    assert (
        '<h1 class="thread-title" lang="ja">雪国の冬支度</h1>' in guest.get(PAGE, follow_redirects=True).text
    )
    assert "雪国の冬支度" in guest.get("/").text
    assert "New title: 雪国の冬支度" in guest.get("/p/1/history").text


def test_a_reply_cannot_change_the_title(app, guest, sign_in):
    thread_by(app, "Alice", replies=1)
    sign_in("Alice").post("/p/2/edit", data={"title": "Mine now", "body": "Another reply."})
    assert f">{TITLE}</h1>" in guest.get(PAGE).text


def test_an_edit_that_changes_nothing_is_no_version(app, guest, sign_in):
    thread_by(app, "Alice")
    page = sign_in("Alice").post(
        "/p/1/edit", data={"title": TITLE, "body": f"{OLD}  \r\n"}, follow_redirects=True
    )
    assert "Nothing was changed." in page.text
    assert rows(app, Revision.id) == []
    assert guest.get("/p/1/history").status_code == 404


def test_an_edit_that_looks_bad_waits_and_the_old_version_stays_everywhere(app, guest, sign_in):
    thread_by(app, "Nana")
    nana = sign_in("Nana")
    form = {"title": "Cheap kakurega visas", "body": "Buy a kakurega now."}
    page = nana.post("/p/1/edit", data=form | TRAPPED, follow_redirects=True).text
    assert "Your change waits for a moderator" in page
    assert "A newer version waits for a moderator; others see this one." in page
    places = ["/", "/b/alt", PAGE, "/feed.atom", "/b/alt.atom", "/t/1.atom", "/u/Nana", "/t/1/reply?quote=1"]
    assert [at for at in places if "kakurega" in guest.get(at).text + sign_in("Bob").get(at).text] == []
    assert f"<p>{OLD}</p>" in guest.get(PAGE).text
    assert [browser.get("/p/1/history").status_code for browser in (guest, sign_in("Bob"))] == [404, 404]
    for browser in (nana, sign_in("Mori")):
        assert "Buy a kakurega now." in re.sub(r"</?(ins|del)>", "", browser.get("/p/1/history").text)


def test_a_version_that_waits_is_in_nobodys_history_but_its_authors(app, guest, sign_in):
    thread_by(app, "Nana")
    nana = sign_in("Nana")
    edit_publicly(app, 1, NEW)
    nana.post("/p/1/edit", data={"title": TITLE, "body": "A kakurega."} | TRAPPED)
    assert "kakurega" not in guest.get("/p/1/history").text
    assert "kakurega" in nana.get("/p/1/history").text


def test_an_edit_of_a_waiting_post_goes_on_waiting_even_when_it_is_good(app, guest, sign_in):
    thread_by(app, "Bob")
    nana = sign_in("Nana")
    nana.post("/t/1/reply", data={"body": "My words, at first."} | TRAPPED)
    with app.app_context(), write() as session:
        session.get_one(User, 4).approved_count = 30
        session.get_one(User, 4).joined_at -= timedelta(days=99)
    nana.post("/p/2/edit", data={"body": "My words, at second thought."})
    assert "My words" not in guest.get(PAGE).text
    assert "My words, at second thought." in nana.get(PAGE).text
    assert rows(app, Screening.decision) == [("withdrawn",), ("pending",)]
    assert rows(app, Post.status, Post.number) == [("public", 1), ("held", None)]


def test_a_second_waiting_edit_takes_the_place_of_the_first(app, sign_in):
    thread_by(app, "Nana")
    nana = sign_in("Nana")
    for body in ("Second try.", "Third try."):
        nana.post("/p/1/edit", data={"title": TITLE, "body": body} | TRAPPED)
    assert rows(app, Revision.status, Revision.body) == [
        ("public", OLD),
        ("replaced", "Second try."),
        ("held", "Third try."),
    ]
    assert rows(app, Screening.decision) == [("withdrawn",), ("pending",)]


def test_the_form_holds_the_version_that_waits_and_sending_it_again_changes_nothing(app, sign_in):
    thread_by(app, "Nana")
    nana = sign_in("Nana")
    waiting = {"title": "Second title", "body": "Second try."}
    nana.post("/p/1/edit", data=waiting | TRAPPED)
    page = nana.get("/p/1/edit").text
    assert 'value="Second title"' in page
    assert "Second try.</textarea>" in page
    assert "Nothing was changed." in nana.post("/p/1/edit", data=waiting, follow_redirects=True).text
    assert rows(app, Screening.decision) == [("pending",)]


@pytest.mark.parametrize("form", [{"title": TITLE, "body": OLD}, {"take_back": "1"}])
def test_an_author_takes_a_waiting_version_back(app, sign_in, form):
    thread_by(app, "Nana")
    nana = sign_in("Nana")
    nana.post("/p/1/edit", data={"title": TITLE, "body": "Second try."} | TRAPPED)
    assert "take_back" in nana.get("/p/1/edit").text
    page = nana.post("/p/1/edit", data=form, follow_redirects=True).text
    assert "Your change is taken back" in page
    assert "A newer version waits" not in page
    assert rows(app, Revision.status) == [("public",), ("replaced",)]
    assert rows(app, Screening.decision) == [("withdrawn",)]
    assert "take_back" not in nana.get("/p/1/edit").text


@pytest.mark.parametrize("name", ["Bob", "Mori"])
def test_nobody_else_sees_a_waiting_version_or_takes_it_back(app, guest, sign_in, name):
    thread_by(app, "Nana")
    sign_in("Nana").post("/p/1/edit", data={"title": TITLE, "body": "Second try."} | TRAPPED)
    assert sign_in(name).post("/p/1/edit", data={"take_back": "1"}).status_code == 403
    answers = [browser.post("/p/1/edit", data={"body": ""}) for browser in (guest, sign_in(name))]
    assert [("Second try." in answer.text, "take_back" in answer.text) for answer in answers] == [
        (False, False)
    ] * 2
    assert rows(app, Screening.decision) == [("pending",)]


def test_in_a_locked_thread_only_the_staff_changes_what_it_said(app, sign_in):
    thread_by(app, "Alice", replies=1)
    alice, mori = sign_in("Alice"), sign_in("Mori")
    with app.app_context(), write() as session:
        makers.post(session, session.get_one(Thread, 1), session.query(User).filter_by(name="Mori").one())
        session.add(Lock(thread_id=1, by_id=3, reason="Enough.", created_at=makers.now()))
    answer = alice.post("/p/1/edit", data={"title": TITLE, "body": NEW})
    assert (answer.status_code, NEW in answer.text) == (423, True)
    assert "This thread is locked" in answer.text
    assert alice.get("/p/1/edit").status_code == 423
    assert "/p/1/edit" not in alice.get(PAGE).text
    assert mori.post("/p/3/edit", data={"body": "Let the tap drip, slowly."}).status_code == 303
    assert rows(app, Post.body)[0] == (OLD,)


def test_nothing_comes_back_into_a_locked_thread(app, sign_in):
    thread_by(app, "Alice", replies=1)
    alice = sign_in("Alice")
    alice.post("/p/2/delete")
    with app.app_context(), write() as session:
        session.add(Lock(thread_id=1, by_id=3, reason="Enough.", created_at=makers.now()))
    assert "/p/2/restore" not in alice.get(PAGE).text
    answer = alice.post("/p/2/restore")
    assert (answer.status_code, "This thread is locked." in answer.text) == (423, True)
    assert rows(app, Post.status) == [("public",), ("deleted",)]


def test_the_latest_versions_of_many_keep_their_numbers(app, guest):
    thread_by(app, "Alice")
    with app.app_context(), write() as session:
        post = session.get_one(Post, 1)
        makers.versions(session, post, *(f"Try {number}." for number in range(2, 30)))
    numbers = re.findall(r"<h2>Version (\d+)", guest.get("/p/1/history").text)
    assert numbers == [str(number) for number in range(30, 10, -1)]


def test_a_page_of_long_versions_without_a_common_line_costs_one_comparison(app, guest):
    thread_by(app, "Alice")
    bodies = ["\n".join(f"v{version} {line} word word" for line in range(480)) for version in range(21)]
    with app.app_context(), write() as session:
        makers.versions(session, session.get_one(Post, 1), *bodies)
    start = time.thread_time()
    assert guest.get("/p/1/history").status_code == 200
    assert time.thread_time() - start < 2


def test_a_good_edit_after_a_waiting_one_takes_it_out_of_the_queue(app, guest, sign_in):
    thread_by(app, "Alice")
    rejected_before(app, "Buy it.")
    alice = sign_in("Alice")
    alice.post("/p/1/edit", data={"title": TITLE, "body": "Buy it."})
    assert rows(app, Revision.status) == [("public",), ("held",)]
    alice.post("/p/1/edit", data={"title": TITLE, "body": NEW})
    assert f"<p>{NEW}</p>" in guest.get(PAGE).text
    assert rows(app, Revision.status) == [("public",), ("replaced",), ("public",)]
    assert "pending" not in {row[0] for row in rows(app, Screening.decision)}


def test_a_refused_edit_stays_in_the_form_and_changes_nothing(app, guest, sign_in):
    thread_by(app, "Nana")
    rejected_before(app, "Buy this visa today, all of you.")
    rejected_before(app, "Buy this visa today, all of you.")
    form = {"title": TITLE, "body": "Buy this visa today, all of you."}
    answer = sign_in("Nana").post("/p/1/edit", data=form | TRAPPED)
    assert answer.status_code == 422
    assert "Buy this visa today, all of you.</textarea>" in answer.text
    assert f"<p>{OLD}</p>" in guest.get(PAGE).text
    assert rows(app, Revision.id) == []


def test_a_mended_comma_is_no_repetition(app, sign_in):
    thread_by(app, "Alice")
    long = "Wrap the pipes let a tap drip and heat the room below the bath."
    sign_in("Alice").post("/t/1/reply", data={"body": long})
    sign_in("Alice").post("/p/2/edit", data={"body": long.replace("pipes", "pipes,")})
    codes = {reason["code"] for (reasons,) in rows(app, Screening.reasons) for reason in reasons}
    assert "repeated" not in codes


def test_an_edit_that_brings_links_in_says_so(app, sign_in):
    thread_by(app, "Nana")
    sign_in("Nana").post(
        "/p/1/edit", data={"title": TITLE, "body": f"{OLD} See https://x.example/ for more."}
    )
    assert "added_links" in {
        reason["code"] for (reasons,) in rows(app, Screening.reasons) for reason in reasons
    }


@pytest.mark.parametrize("wrong", [{"body": ""}, {"title": "abc"}, {"body": "x" * 20_001}, {"title": ""}])
def test_an_edit_with_a_fault_comes_back_filled(app, guest, sign_in, wrong):
    thread_by(app, "Alice")
    answer = sign_in("Alice").post("/p/1/edit", data={"title": "A changed title", "body": NEW} | wrong)
    assert answer.status_code == 422
    assert ("A changed title" in answer.text) == ("title" not in wrong)
    assert (f"{NEW}</textarea>" in answer.text) == ("body" not in wrong)
    assert f"<p>{OLD}</p>" in guest.get(PAGE).text


@pytest.mark.parametrize("path", ["/p/1/edit", "/p/1/delete", "/p/1/restore"])
def test_only_the_author_changes_a_post(app, guest, sign_in, path):
    thread_by(app, "Alice")
    form = {"title": "Changed title", "body": "Changed."}
    assert [
        browser.post(path, data=form).status_code for browser in (guest, sign_in("Bob"), sign_in("Mori"))
    ] == [403] * 3
    if not path.endswith("restore"):
        assert [browser.get(path).status_code for browser in (guest, sign_in("Bob"), sign_in("Mori"))] == [
            403
        ] * 3
    assert rows(app, Post.status, Post.body) == [(Status.PUBLIC, OLD)]


@pytest.mark.parametrize("act", ["edit", "delete", "restore"])
def test_a_suspended_author_changes_nothing(app, sign_in, act):
    thread_by(app, "Alice")
    with app.app_context(), write() as session:
        session.add(Suspension(user_id=1, by_id=3, reason="Rest.", created_at=makers.now(), until=None))
    answer = sign_in("Alice").post(f"/p/1/{act}", data={"title": TITLE, "body": NEW})
    assert answer.status_code == 403
    assert rows(app, Post.status, Post.body) == [(Status.PUBLIC, OLD)]


def test_after_thirty_days_a_post_stands_as_it_is(app, guest, sign_in):
    thread_by(app, "Alice", at=makers.now() - timedelta(days=31))
    assert sign_in("Alice").post("/p/1/edit", data={"title": TITLE, "body": NEW}).status_code == 403
    assert "/p/1/edit" not in sign_in("Alice").get(PAGE).text


def test_a_removed_post_is_changed_by_nobody(app, sign_in):
    thread_by(app, "Bob")
    with app.app_context(), write() as session:
        row = makers.post(session, session.get_one(Thread, 1), session.get_one(User, 1))
        publishing.take_away(session, row.id, Status.REMOVED, makers.now())
    alice = sign_in("Alice")
    answers = [
        alice.post(f"/p/2/{act}", data={"body": "Changed."}).status_code
        for act in ("edit", "delete", "restore")
    ]
    assert answers == [403] * 3


def test_a_deleted_reply_is_gone_and_comes_back(app, guest, sign_in):
    thread_by(app, "Alice", replies=1)
    alice = sign_in("Alice")
    assert "Delete this post?" in alice.get("/p/2/delete").text
    assert "Your post is deleted." in alice.post("/p/2/delete", follow_redirects=True).text
    assert "Reply number 2." not in guest.get(PAGE).text
    assert counts(app) == (1, 1, 1, 1)
    assert "Your post is deleted." in alice.post("/p/2/delete", follow_redirects=True).text
    assert counts(app) == (1, 1, 1, 1)
    assert "Your post is back." in alice.post("/p/2/restore", follow_redirects=True).text
    assert "Reply number 2." in guest.get(PAGE).text
    assert counts(app) == (2, 2, 1, 2)
    assert "Your post is back." in alice.post("/p/2/restore", follow_redirects=True).text
    assert counts(app) == (2, 2, 1, 2)


def test_a_deleted_thread_is_gone_and_comes_back(app, guest, sign_in):
    thread_by(app, "Alice")
    alice = sign_in("Alice")
    alice.post("/p/1/delete")
    assert guest.get(PAGE).status_code == 404
    assert counts(app) == (0, 0, 0, 0)
    alice.post("/p/1/restore")
    assert guest.get(PAGE).status_code == 200
    assert counts(app) == (1, 1, 1, 1)


def test_an_opening_post_with_answers_stays(app, sign_in):
    thread_by(app, "Alice")
    with app.app_context(), write() as session:
        makers.post(session, session.get_one(Thread, 1), session.get_one(User, 2))
    alice = sign_in("Alice")
    assert [alice.get("/p/1/delete").status_code, alice.post("/p/1/delete").status_code] == [403, 403]
    assert rows(app, Post.status) == [("public",), ("public",)]


def test_a_waiting_post_that_is_deleted_waits_again_when_it_comes_back(app, guest, sign_in):
    thread_by(app, "Alice")
    nana = sign_in("Nana")
    nana.post("/t/1/reply", data={"body": "My words, at first."} | TRAPPED)
    for _click in range(2):
        assert "Your post is withdrawn." in nana.post("/p/2/delete", follow_redirects=True).text
        assert rows(app, Screening.decision) == [("withdrawn",)]
    for _click in range(2):
        assert "waits for a moderator" in nana.post("/p/2/restore", follow_redirects=True).text
        assert rows(app, Screening.decision) == [("pending",)]
    assert "My words" not in guest.get(PAGE).text


def test_a_waiting_post_that_was_edited_comes_back_waiting_too(app, guest, sign_in):
    thread_by(app, "Alice")
    nana = sign_in("Nana")
    nana.post("/t/1/reply", data={"body": "My words, at first."} | TRAPPED)
    nana.post("/p/2/edit", data={"body": "My words, at second thought."})
    nana.post("/p/2/delete")
    nana.post("/p/2/restore")
    assert rows(app, Screening.decision) == [("withdrawn",), ("pending",)]
    assert "My words" not in guest.get(PAGE).text


def test_a_deleted_post_with_a_waiting_edit_comes_back_as_it_was_public(app, guest, sign_in):
    thread_by(app, "Nana", replies=1)
    nana = sign_in("Nana")
    nana.post("/p/2/edit", data={"body": "Buy a kakurega."} | TRAPPED)
    nana.post("/p/2/delete")
    nana.post("/p/2/restore")
    assert "Reply number 2." in guest.get(PAGE).text
    assert "kakurega" not in guest.get(PAGE).text
    assert "pending" not in {row[0] for row in rows(app, Screening.decision)}


def test_edits_earn_no_standing(app, sign_in):
    thread_by(app, "Alice", replies=1)
    alice = sign_in("Alice")
    for body in ("One.", "Two.", "Three."):
        alice.post("/p/2/edit", data={"body": body})
    with app.app_context(), write() as session:
        assert session.get_one(User, 1).approved_count == 20


def test_a_history_speaks_of_the_title_only_where_it_changed(app, guest, sign_in):
    thread_by(app, "Alice")
    alice = sign_in("Alice")
    alice.post("/p/1/edit", data={"title": "Another title", "body": OLD})
    alice.post("/p/1/edit", data={"title": "Another title", "body": NEW})
    page = guest.get("/p/1/history").text
    assert page.count("New title:") == 1
    assert re.findall(r"<h2>Version (\d)", page) == ["3", "2", "1"]


def test_a_history_shows_markup_as_text(app, guest, sign_in):
    thread_by(app, "Alice")
    sign_in("Alice").post(
        "/p/1/edit", data={"title": "<b>Bold</b> title", "body": "<script>alert(1)</script>"}
    )
    page = guest.get("/p/1/history").text
    assert "<script>alert" not in page
    assert "<b>Bold" not in page


def test_the_feed_of_a_thread_notes_the_edit(app, guest, sign_in):
    thread_by(app, "Alice", at=makers.now() - timedelta(days=2))
    before = guest.get("/t/1.atom").text
    sign_in("Alice").post("/p/1/edit", data={"title": TITLE, "body": NEW})
    after = guest.get("/t/1.atom").text
    assert f"<updated>{makers.now():%Y-%m-%d}" not in before
    assert f"<updated>{makers.now():%Y-%m-%d}" in after


def thread_by(app, name, **facts):
    """A thread by somebody, numbered 1 as its opening post is."""
    with app.app_context(), write() as session:
        makers.thread(session, session.query(User).filter_by(name=name).one(), **facts)


def edit_publicly(app, post_id, body):
    """Let a post have a second public version."""
    with app.app_context(), write() as session:
        post = session.get_one(Post, post_id)
        facts = {"post_id": post_id, "editor_id": post.author_id, "created_at": makers.now(), "title": TITLE}
        session.add(Revision(body=post.body, status="public", **facts))
        session.flush()
        second = Revision(body=body, status="held", **facts)
        session.add(second)
        session.flush()
        publishing.publish_revision(session, second.id, makers.now())


def rejected_before(app, body):
    """Let moderators have rejected a text, as a reply and with the thread's title."""
    with app.app_context(), write() as session:
        for title in ("", TITLE):
            submission = Submission(kind=Kind.REPLY, title=title, body=body)
            row = makers.kept(session, 2, unread(submission), Verdict(Outcome.HELD, 0.9, ()), makers.now())
            row.decision = Decision.SPAM


def counts(app):
    """Public posts of the thread and the board, public threads of the board, public posts of Alice."""
    with app.app_context(), write() as session:
        home = session.query(Board).one()
        return (
            session.get_one(Thread, 1).posts_count if home.threads_count else 0,
            home.posts_count,
            home.threads_count,
            session.get_one(User, 1).posts_count,
        )


def rows(app, *columns):
    with app.app_context(), write() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).order_by(columns[0].class_.id))]


def test_the_staff_may_hold_a_question_but_its_author_can_not_take_it_from_its_answers(app, cast, sign_in):
    with app.app_context(), write() as session:
        thread = makers.thread(session, session.query(User).filter_by(name="Alice").one(), replies=1)
        opening = session.query(Post).filter_by(thread_id=thread.id, is_opening=True).one().id
        publishing.hold_again(session, opening, makers.now())
    assert sign_in("Alice").post(f"/p/{opening}/delete").status_code == 403


def test_who_is_suspended_while_editing_gets_the_text_back(app, cast, sign_in):
    alice = sign_in("Alice")
    with app.app_context(), write() as session:
        user = session.query(User).filter_by(name="Alice").one()
        makers.thread(session, user)
        post = session.query(Post).filter_by(author_id=user.id).one().id
        session.add(Suspension(user_id=user.id, by_id=user.id, reason="Rest.", created_at=makers.now()))
    answer = alice.post(f"/p/{post}/edit", data={"title": "A new title", "body": "Half an hour of work."})
    assert answer.status_code == 403
    assert "Half an hour of work." in answer.text


def test_edits_have_an_end_for_one_day(app, cast, sign_in):
    alice = sign_in("Alice")
    with app.app_context(), write() as session:
        user = session.query(User).filter_by(name="Alice").one()
        makers.thread(session, user)
        post = session.query(Post).filter_by(author_id=user.id).one().id
        for _ in range(limits.DAY_EDITS):
            verdict = Verdict(Outcome.PUBLISHED, 0.1, ())
            makers.kept(session, user.id, unread(Submission(Kind.EDIT, "More.")), verdict, makers.now())
    answer = alice.post(f"/p/{post}/edit", data={"title": "A new title", "body": "Once more."})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Once more." in answer.text


def test_a_sleeper_who_edits_an_advertisement_into_an_old_good_post_has_to_wait(app, cast, guest, sign_in):
    good = (
        "We lived in Tottori for three years. The winters are cold, so that a kotatsu is worth its price. "
        * 8
    )
    with app.app_context(), write() as session:
        sleeper = makers.member(
            session, "Sora", approved_count=2, joined_at=makers.now() - timedelta(days=20)
        )
        thread = makers.thread(session, session.get_one(User, 1))
        post = makers.post(session, thread, sleeper, body=good, at=makers.now() - timedelta(days=7)).id
    offer = "Cheap Louis Vuitton bags, best price, visit http://bags-outlet.example.com now."
    sign_in("Sora").post(f"/p/{post}/edit", data={"body": f"{good}\n\n{offer}"})
    assert rows(app, Screening.kind, Screening.outcome) == [("edit", "held")]
    assert {"added_links", "site_unknown"} <= rows(app, Screening.signals)[0][0].keys()
    assert "bags-outlet" not in guest.get("/t/1-first-winter-in-an-inaka-house").text


def test_a_text_that_the_filter_did_not_read_since_nothing_was_new_is_not_published_later(app):
    thread_by(app, "Alice")
    with app.app_context():
        alice = Viewer(id=1, name="Alice", is_confirmed=True, approved_count=1)
        same = editing.prepare(reading(), alice, 1, Draft(OLD, TITLE), makers.now())
        with write() as session:
            session.get_one(Post, 1).body = NEW
        with pytest.raises(Conflict), write() as session:
            editing.edit(session, alice, 1, same, makers.now())
