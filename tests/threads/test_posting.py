"""Threads and replies as people send them: taken, held, refused, and never twice."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from forum.access import GUEST
from forum.accounts.models import Suspension, User
from forum.db import db, reading, write
from forum.errors import Forbidden
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, Screening
from forum.spam.judging import Outcome, Submission, Verdict
from forum.text.rendering import render
from forum.threads import answering, posting, publishing
from forum.threads.models import Board, Lock, Post, Status, Thread
from tests import makers
from tests.databases import elsewhere
from tests.listening import begins_change
from tests.screening.outside import asking as asking_outside
from tests.screening.outside import serving
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("cast")
PAGE = "/t/1-first-winter-in-an-inaka-house"
REPLY = "/t/1/reply"
KOTATSU = {"body": "We heat one room only, and sit under the kotatsu."}
QUESTION = {
    "board": "alt",
    "title": "Snow tyres or chains?",
    "body": "I drive over a pass to my second school.",
}
LINKS = "See https://a.example.com/ and https://b.example.org/."
DOUBTED = "I found a cheap visa agent."
TRAPPED = {"website": "http://x.example"}


def test_a_reply_is_public_at_once(app, guest, sign_in):
    thread_of(app)
    answer = sign_in("Bob").post(REPLY, data=KOTATSU)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#p2")
    assert KOTATSU["body"] in guest.get(PAGE).text
    with app.app_context(), write() as session:
        assert session.get_one(Thread, 1).posts_count == 2
        assert session.get_one(User, 2).posts_count == 1


def test_the_next_page_says_once_that_it_is_public(app, sign_in):
    thread_of(app)
    bob = sign_in("Bob")
    first = bob.post(REPLY, data=KOTATSU, follow_redirects=True)
    assert "Your post is public." in first.text
    assert "Your post is public." not in bob.get(PAGE).text


def test_a_thread_is_public_at_once(app, guest, sign_in):
    answer = sign_in("Bob").post("/new", data=QUESTION)
    assert (answer.status_code, answer.location) == (303, "/t/1-snow-tyres-or-chains#p1")
    assert QUESTION["title"] in guest.get("/").text
    assert QUESTION["body"] in guest.get(answer.location).text
    with app.app_context(), write() as session:
        home = session.query(Board).one()
        assert (home.threads_count, home.posts_count) == (1, 1)


def test_a_held_reply_is_seen_by_its_author_with_the_reasons(app, guest, sign_in):
    thread_of(app)
    nana = sign_in("Nana")
    page = nana.post(REPLY, data=KOTATSU | TRAPPED, follow_redirects=True).text
    assert "Your post waits for a moderator" in page
    assert KOTATSU["body"] in page
    assert "Waiting for a moderator; nobody else sees it yet." in page
    assert KOTATSU["body"] not in guest.get(PAGE).text
    assert rows(app, Screening.outcome, Screening.decision, Screening.post_id) == [("held", "pending", 2)]


def test_a_held_thread_leads_its_author_to_it(app, guest, sign_in):
    nana = sign_in("Nana")
    answer = nana.post("/new", data=QUESTION | TRAPPED)
    assert QUESTION["body"] in nana.get(answer.location).text
    assert guest.get(answer.location).status_code == 404
    assert QUESTION["title"] not in guest.get("/").text


@pytest.mark.parametrize(("address", "form"), [(REPLY, KOTATSU), ("/new", QUESTION)])
def test_a_refused_text_stays_in_the_form_and_its_verdict_is_kept(app, sign_in, address, form):
    thread_of(app)
    rejected_before(app, form)
    answer = sign_in("Nana").post(address, data=form | TRAPPED)
    assert answer.status_code == 422
    assert kept(answer.text)["body"] == form["body"]
    assert "looks like spam in more than one way" in answer.text
    assert "The same text was rejected before." in answer.text
    assert rows(app, Screening.outcome, Screening.decision, Screening.post_id)[2:] == [
        ("refused", "none", None)
    ]
    assert rows(app, Post.id) == [(1,)]


@pytest.mark.parametrize(("address", "form"), [(REPLY, KOTATSU), ("/new", QUESTION)])
def test_a_form_that_is_sent_twice_makes_one_post(app, sign_in, address, form):
    thread_of(app)
    bob = sign_in("Bob")
    stamp = stamp_of(bob, address)
    answers = [bob.post(address, data=form | stamp) for _ in range(2)]
    assert len({(answer.status_code, answer.location) for answer in answers}) == 1
    assert len(rows(app, Post.id)) == 2


def test_a_held_form_that_is_sent_twice_waits_once(app, sign_in):
    thread_of(app)
    nana = sign_in("Nana")
    stamp = stamp_of(nana, REPLY)
    for _ in range(2):
        assert nana.post(REPLY, data=KOTATSU | TRAPPED | stamp).status_code == 303
    assert rows(app, Screening.decision) == [("pending",)]


def test_a_form_that_is_sent_twice_at_one_moment_makes_one_post(app, sign_in):
    thread_of(app)
    browsers = [sign_in("Bob") for _ in range(4)]
    form = KOTATSU | stamp_of(browsers[0], REPLY)
    start, answers = threading.Barrier(4), []

    def send(browser):
        start.wait()
        answers.append(browser.post(REPLY, data=form).location)

    senders = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert answers == [f"{PAGE}#p2"] * 4
    assert rows(app, Post.number) == [(1,), (2,)]


def test_two_people_at_one_moment_get_two_numbers(app, sign_in):
    thread_of(app)
    start = threading.Barrier(2)

    def send(browser, name):
        start.wait()
        browser.post(REPLY, data={"body": f"We all think so, says {name}."})

    senders = [threading.Thread(target=send, args=(sign_in(name), name)) for name in ("Bob", "Mori")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(rows(app, Post.number)) == [(1,), (2,), (3,)]
    assert rows(app, Thread.posts_count, Thread.last_number) == [(3, 3)]


def test_another_text_with_the_stamp_of_one_that_was_posted_is_a_post_of_its_own(app, guest, sign_in):
    thread_of(app)
    mori = sign_in("Mori")
    stamp = stamp_of(mori, REPLY)
    mori.post(REPLY, data=KOTATSU | stamp)
    for _ in range(2):
        assert mori.post(REPLY, data={"body": "And a hot-water bottle."} | stamp).location == f"{PAGE}#p3"
    assert "And a hot-water bottle." in guest.get(PAGE).text
    assert mori.post("/new", data=QUESTION | KOTATSU | stamp).location == "/t/2-snow-tyres-or-chains#p4"
    assert len(rows(app, Post.id)) == 4


@pytest.mark.parametrize("address", [REPLY, "/p/1/edit"])
def test_a_text_that_takes_long_to_render_keeps_no_other_writer_waiting(app, sign_in, address):
    thread_of(app)
    alice = sign_in("Alice")
    moments, begins = [], begins_change(app)
    with app.app_context():
        engine = db.engine

    def begin(connection, cursor, statement, *rest):
        if statement == begins or (moments and statement == "COMMIT"):
            moments.append(time.thread_time())

    def end(connection):
        if moments:
            moments.append(time.thread_time())

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "commit", end)
    body = "- a\n" * 4_900
    start = time.thread_time()
    render(body)
    rendering_s = time.thread_time() - start
    answer = alice.post(address, data={"title": "A long list of things", "body": body})
    event.remove(engine, "before_cursor_execute", begin)
    event.remove(engine, "commit", end)
    assert answer.status_code == 303
    assert moments[1] - moments[0] < rendering_s / 2


def test_the_stamp_of_another_member_is_free_for_oneself(app, sign_in):
    thread_of(app)
    stamp = stamp_of(sign_in("Bob"), REPLY)
    for name in ("Bob", "Mori"):
        sign_in(name).post(REPLY, data=KOTATSU | stamp)
    assert rows(app, Post.author_id)[1:] == [(2,), (3,)]


def test_the_stamp_of_a_form_that_came_back_with_errors_still_counts_once(app, sign_in):
    thread_of(app)
    bob = sign_in("Bob")
    stamp = stamp_of(bob, REPLY)
    back = bob.post(REPLY, data={"body": " "} | stamp)
    assert kept(back.text)["idempotency"] == stamp["idempotency"]
    for _ in range(2):
        bob.post(REPLY, data=KOTATSU | stamp)
    assert len(rows(app, Post.id)) == 2


def test_a_stamp_of_any_length_is_taken(app, sign_in):
    thread_of(app)
    bob = sign_in("Bob")
    for stamp in ("x" * 5000, "…", "a.b.c", "....", "\x00"):
        assert bob.post(REPLY, data={"body": " ", "idempotency": stamp}).status_code == 422
    assert bob.post(REPLY, data=KOTATSU | {"idempotency": "x" * 5000}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "   \n  "}, "body"),
        ({"body": "\u200b\u202e\x00"}, "body"),
        ({"body": "あ" * 20_001}, "body"),
        ({"title": "abc"}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "\u3000\u3000\u3000\u3000\u3000"}, "title"),
        ({"board": "nope"}, "board"),
        ({"board": ""}, "board"),
    ],
)
def test_a_thread_with_a_fault_comes_back_filled(app, sign_in, wrong, field):
    answer = sign_in("Bob").post("/new", data=QUESTION | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    whole = {name: text for name, text in (QUESTION | wrong).items() if name not in wrong}
    found = kept(answer.text)
    assert {name: found[name] for name in whole} == whole
    assert rows(app, Post.id) == []


def test_the_longest_and_the_shortest_text_are_taken(app, sign_in):
    thread_of(app)
    assert sign_in("Mori").post(REPLY, data={"body": "はい"}).status_code == 303
    assert sign_in("Mori").post(REPLY, data={"body": "雪" * 20_000}).status_code == 303


def test_fields_that_the_form_does_not_have_change_nothing(app, sign_in):
    thread_of(app)
    more = {"status": "public", "author_id": "3", "number": "7", "is_opening": "1", "title": "Mine"}
    assert sign_in("Nana").post(REPLY, data=KOTATSU | TRAPPED | more).status_code == 303
    row = rows(app, Post.status, Post.author_id, Post.number, Post.is_opening)[1]
    assert row == (Status.HELD, 4, None, False)


def test_a_field_that_is_sent_twice_is_read_once(app, sign_in):
    thread_of(app)
    assert sign_in("Bob").post(REPLY, data={"body": ["First words.", "Second words."]}).status_code == 303
    assert rows(app, Post.body)[1] == ("First words.",)


def test_a_guest_is_led_to_the_login_and_back(app, guest):
    thread_of(app)
    assert guest.get(f"{REPLY}?quote=1").status_code == 303
    assert guest.get(f"{REPLY}?quote=1").location == "/login?next=/t/1/reply?quote%3D1"
    assert guest.get("/new").location == "/login?next=/new"


@pytest.mark.parametrize("number", ["0", "99", "2147483648", "9" * 30, "x", "%00", "１"])
def test_what_can_not_be_quoted_leaves_the_form_empty(app, sign_in, number):
    thread_of(app)
    for name in ("Bob", "Mori"):
        answer = sign_in(name).get(f"{REPLY}?quote={number}")
        assert (answer.status_code, kept(answer.text)["body"]) == (200, "")


@pytest.mark.parametrize(("address", "form"), [(REPLY, KOTATSU), ("/new", QUESTION)])
def test_who_was_logged_out_while_writing_keeps_the_text(app, guest, address, form):
    thread_of(app)
    answer = guest.post(address, data=form)
    assert answer.status_code == 403
    assert kept(answer.text)["body"] == form["body"]
    assert rows(app, Post.id) == [(1,)]


def test_a_locked_thread_takes_replies_of_the_staff_only_and_gives_the_text_back(app, sign_in):
    thread_of(app)
    with app.app_context(), write() as session:
        session.add(Lock(thread_id=1, by_id=3, reason="Done.", created_at=makers.now()))
    answer = sign_in("Bob").post(REPLY, data=KOTATSU)
    assert answer.status_code == 423
    assert kept(answer.text)["body"] == KOTATSU["body"]
    assert sign_in("Mori").post(REPLY, data=KOTATSU).status_code == 303


def test_who_answers_a_thread_that_was_removed_meanwhile_keeps_the_text(app, sign_in):
    thread_of(app)
    with app.app_context(), write() as session:
        publishing.take_away(session, 1, Status.REMOVED, makers.now())
    answer = sign_in("Bob").post(REPLY, data=KOTATSU)
    assert answer.status_code == 404
    assert "This thread is no longer there." in answer.text
    assert kept(answer.text)["body"] == KOTATSU["body"]
    assert sign_in("Bob").get(REPLY).status_code == 404


@pytest.mark.parametrize(("address", "form"), [(REPLY, KOTATSU), ("/new", QUESTION)])
def test_a_suspended_member_is_told_why_and_keeps_the_text(app, sign_in, address, form):
    thread_of(app)
    with app.app_context(), write() as session:
        session.add(
            Suspension(user_id=2, by_id=3, reason="Cool down first.", created_at=makers.now(), until=None)
        )
    answer = sign_in("Bob").post(address, data=form)
    assert answer.status_code == 403
    assert "Cool down first." in answer.text
    assert kept(answer.text)["body"] == form["body"]
    assert rows(app, Post.id) == [(1,)]


@pytest.mark.parametrize(("address", "form"), [(REPLY, KOTATSU), ("/new", QUESTION)])
def test_a_member_without_a_confirmed_address_is_told_so_and_keeps_the_text(app, sign_in, address, form):
    thread_of(app)
    with app.app_context(), write() as session:
        session.get_one(User, 2).email_confirmed_at = None
    answer = sign_in("Bob").post(address, data=form)
    assert answer.status_code == 403
    assert "Please confirm your mail address first" in answer.text
    assert kept(answer.text)["body"] == form["body"]


FORMS = ("/new", REPLY, "/p/1/edit", "/p/1/delete", "/p/1/restore")


def test_forms_take_no_other_method(app, sign_in):
    thread_of(app)
    alice = sign_in("Alice")
    for path in FORMS:
        for answer in (alice.put(path), alice.patch(path), alice.delete(path)):
            assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)


def test_forms_take_nothing_from_another_site(app, sign_in):
    thread_of(app)
    alice = sign_in("Alice")
    alice.environ_base["HTTP_ORIGIN"] = "https://evil.example"
    assert [alice.post(path, data=QUESTION).status_code for path in FORMS] == [403] * 5
    assert rows(app, Post.status, Post.body) == [(Status.PUBLIC, "How do you keep the pipes from freezing?")]


def test_only_members_are_linked_as_mentions(app, guest, sign_in):
    thread_of(app)
    sign_in("Bob").post(
        REPLY, data={"body": "Ask @alice or @Nobody, or write to x@Alice.example; `@Mori` too."}
    )
    page = guest.get(PAGE).text
    assert re.findall(r'<a[^>]*class="mention"[^>]*>([^<]*)</a>', page) == ["@alice"]
    assert '<a href="/u/Alice"' in page


def test_ruby_is_ruby_and_a_remote_picture_is_a_link(app, guest, sign_in):
    thread_of(app)
    sign_in("Bob").post(REPLY, data={"body": "{縁側|えんがわ} ![my garden](https://pics.example/a.jpg)"})
    page = guest.get(PAGE).text
    assert "<ruby>縁側<rp>" in page
    assert '<a href="https://pics.example/a.jpg"' in page
    assert "<img" not in page


def test_who_may_not_answer_is_told_so_before_writing(app, sign_in):
    thread_of(app)
    with app.app_context(), write() as session:
        session.add(Lock(thread_id=1, by_id=3, reason="Done.", created_at=makers.now()))
        session.get_one(User, 4).email_confirmed_at = None
    assert sign_in("Bob").get(REPLY).status_code == 423
    assert [sign_in("Nana").get(path).status_code for path in (REPLY, "/new")] == [403, 403]


def test_a_reply_knows_the_post_that_it_quotes(app, sign_in):
    thread_of(app)
    page = sign_in("Bob").get(f"{REPLY}?quote=1").text
    assert kept(page)["body"].startswith("> [Alice](/p/1):\n>\n> How do you keep the pipes from freezing?\n")


@pytest.mark.parametrize("quoted", ["", "x", "0", "999", "-1", "1e3", "9" * 30, "１", "1 OR 1=1"])
def test_quoting_what_is_not_there_gives_an_empty_form(app, sign_in, quoted):
    thread_of(app)
    answer = sign_in("Bob").get(REPLY, query_string={"quote": quoted})
    assert (answer.status_code, kept(answer.text)["body"]) == (200, "")


def test_a_preview_shows_the_text_and_publishes_nothing(app, sign_in):
    thread_of(app)
    answer = sign_in("Bob").post("/new", data=QUESTION | {"body": "**Bold** @Alice", "preview": "1"})
    assert answer.status_code == 200
    assert "<strong>Bold</strong>" in answer.text
    assert 'class="mention"' in answer.text
    assert kept(answer.text)["title"] == QUESTION["title"]
    assert rows(app, Post.id) == [(1,)]


def test_a_preview_for_a_script_is_only_the_text(app, sign_in):
    thread_of(app)
    answer = sign_in("Bob").post(
        REPLY, data={"body": "<script>x</script>", "preview": "1"}, headers={"X-Fragment": "preview"}
    )
    assert (
        answer.text.strip() == '<div class="post-body" lang="en"><p>&lt;script&gt;x&lt;/script&gt;</p></div>'
    )


@pytest.mark.parametrize("headers", [{}, {"X-Fragment": "preview"}])
def test_a_preview_of_more_than_may_be_posted_is_refused_unrendered(app, sign_in, headers):
    thread_of(app)
    form = {"body": "[[[" * 50_000, "preview": "1"}
    answer = sign_in("Bob").post(REPLY, data=form, headers=headers)
    assert answer.status_code == 422
    assert "130000 characters too long." in answer.text


def test_a_preview_of_nothing_is_no_error(app, sign_in):
    thread_of(app)
    assert sign_in("Bob").post(REPLY, data={"preview": "1"}).status_code == 200


def thread_of(app):
    """A thread by Alice, a minute old."""
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1))


def rejected_before(app, form):
    """Let moderators have rejected the text of a form twice."""
    submission = Submission(
        kind=Kind.REPLY, body=form["body"], title=form.get("title", ""), author_name="Evil"
    )
    with app.app_context(), write() as session:
        for _ in range(2):
            verdict = Verdict(Outcome.HELD, 0.9, ())
            makers.kept(session, 1, unread(submission), verdict, makers.now()).decision = Decision.SPAM


def stamp_of(browser, address):
    """The one-time value of a form that is opened."""
    return {"idempotency": kept(browser.get(address).text)["idempotency"]}


def kept(page):
    """What stands in the fields of a page's form."""
    found = dict(re.findall(r'<input[^>]*name="(title|idempotency)"[^>]*value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]*name="(body)"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL))
    found |= dict(re.findall(r'<select[^>]*name="(board)".*?<option selected value="(\w+)"', page, re.DOTALL))
    return {name: text.replace("&gt;", ">").replace("&#39;", "'") for name, text in found.items()}


def rows(app, *columns):
    with app.app_context(), write() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).order_by(columns[0].class_.id))]


@pytest.mark.parametrize("address", [REPLY, "/new", "/p/1/edit"])
def test_who_is_suspended_while_they_wait_their_turn_is_refused_with_the_text(app, sign_in, address):
    thread_of(app)
    alice, answers = sign_in("Alice"), []
    turns, before = app.extensions["turns"], rows(app, Post.id, Post.body)
    sender = threading.Thread(target=lambda: answers.append(alice.post(address, data=QUESTION)))
    with turns.turn():
        sender.start()
        until(lambda: turns._line._waiting)
        with app.app_context(), Session(db.engine.execution_options(begin="change")) as session:
            session.add(Suspension(user_id=1, by_id=3, reason="Cool down first.", created_at=makers.now()))
            session.commit()
    sender.join()
    assert answers[0].status_code == 403
    assert "Cool down first." in answers[0].text
    assert QUESTION["body"] in answers[0].text
    assert rows(app, Post.id, Post.body) == before


@pytest.mark.parametrize("is_news", [False, True])
@pytest.mark.parametrize(("name", "links", "statements"), [("Bob", "", 10), ("Nana", LINKS, 13)])
def test_a_reply_keeps_other_writers_waiting_for_so_many_statements(
    app, sign_in, name, links, statements, is_news
):
    """A newcomer's links are looked up and noted, and their words are kept for later texts to be compared with.

    Who they are and what they answer is asked again where somebody committed since; else it is as it was, which only
    SQLite tells at once.
    """
    thread_of(app)
    member, answers = sign_in(name), []
    member.get(REPLY)
    turns, form = app.extensions["turns"], {"body": f"{KOTATSU['body']} {links}"}
    sender = threading.Thread(target=lambda: answers.append(member.post(REPLY, data=form)))
    with app.app_context():
        is_told = not is_news and db.engine.dialect.name == "sqlite"
    with inside(app) as asked:
        with turns.turn():
            sender.start()
            until(lambda: turns._line._waiting)
            if is_news:
                with elsewhere(app) as other:
                    other.say("UPDATE boards SET name = 'News'")
        sender.join()
    begun, *asked = asked
    assert answers[0].status_code == 303
    assert (begun.split()[0], len(asked)) == ("BEGIN", statements - 2 * is_told)


def test_it_is_kept_where_a_text_came_from_by_a_keyed_hash_alone(app, sign_in):
    thread_of(app)
    sign_in("Nana").post(REPLY, data=KOTATSU, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    sign_in("Bob").post(
        REPLY, data={"body": "And we go to bed."}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    ((first,), (second,)) = rows(app, Screening.network)
    assert first == second is not None


def test_pasted_text_is_told_to_the_filter(app, sign_in):
    thread_of(app)
    body = {"body": KOTATSU["body"] * 6, "typing": "10 290"}
    sign_in("Nana").post(REPLY, data=body)
    assert rows(app, Screening.signals)[0][0]["pasted"] == 0.967


def test_who_may_not_write_is_told_so_before_anything_is_found_out(app):
    thread_of(app)
    with app.test_request_context():
        thread = answering.find(reading(), GUEST, 1)
        with pytest.raises(Forbidden):
            posting.prepare_reply(reading(), GUEST, thread, posting.Draft("Hello there."), makers.now())


@pytest.mark.parametrize(
    ("name", "address", "form", "status"),
    [
        (
            "Nana",
            REPLY,
            {"body": f"{DOUBTED} x.example.com/1 x.example.com/2 x.example.com/3 x.example.com/4"},
            422,
        ),
        ("Nana", "/new", {"board": "nowhere", "title": "One more thing", "body": DOUBTED}, 422),
        ("Bob", REPLY, {"body": DOUBTED}, 429),
        ("Nana", "/t/2/reply", {"body": DOUBTED}, 423),
        ("Nana", "/t/9/reply", {"body": DOUBTED}, 404),
        ("Bob", "/p/2/edit", {"body": f"{DOUBTED} {'x.example.com ' * 31}"}, 422),
        ("Bob", "/p/2/edit", {"body": DOUBTED}, 303),
        ("Bob", "/p/4/edit", {"body": f"{DOUBTED} Again."}, 423),
    ],
)
def test_outside_services_hear_nothing_of_what_is_not_posted(app, sign_in, name, address, form, status):
    doubted_thread(app, bob_wrote_at=makers.now() if status == 429 else makers.NOW)
    assert sent_with_services_on(app, sign_in(name), address, form) == (status, False)


def test_outside_services_are_asked_about_what_is_posted(app, sign_in):
    doubted_thread(app, bob_wrote_at=makers.NOW)
    assert sent_with_services_on(app, sign_in("Nana"), REPLY, {"body": DOUBTED}) == (303, True)
    edit = {"body": "Call the visa agent in Osaka, best price."}
    assert sent_with_services_on(app, sign_in("Bob"), "/p/2/edit", edit) == (303, True)


def test_a_form_that_is_sent_twice_is_asked_about_once(app, sign_in):
    doubted_thread(app, bob_wrote_at=makers.NOW)
    nana = sign_in("Nana")
    form = {"body": DOUBTED} | stamp_of(nana, REPLY)
    assert sent_with_services_on(app, nana, REPLY, form) == (303, True)
    assert sent_with_services_on(app, nana, REPLY, form) == (303, False)


def doubted_thread(app, bob_wrote_at):
    """An open thread (post 2 is Bob's) and one that Mori locked (post 4); Bob is known, and no more."""
    with app.app_context(), write() as session:
        alice, bob, mori = (
            session.query(User).filter_by(name=name).one() for name in ("Alice", "Bob", "Mori")
        )
        bob.approved_count = 1
        for at in (bob_wrote_at, makers.NOW):
            thread = makers.thread(session, alice)
            makers.post(session, thread, bob, body=DOUBTED, at=at)
        session.add(Lock(thread_id=thread.id, by_id=mori.id, reason="", created_at=makers.NOW))


def sent_with_services_on(app, browser, address, form):
    """The status of the answer, and whether an outside service was asked."""
    with serving() as outside, asking_outside(app, outside.url):
        answer = browser.post(address, data=form, environ_base={"REMOTE_ADDR": "8.8.8.8"})
        return answer.status_code, outside.requests != []


@contextmanager
def inside(app):
    """The statements of the first transaction that writes, on any connection that it uses."""
    asked, commits, begins = [], [], begins_change(app)

    def note(connection, cursor, statement, *rest):
        is_ours = asked or statement == begins
        if statement == "COMMIT":
            end(connection)
        elif is_ours and not commits:
            asked.append(statement)

    def end(connection):
        if asked:
            commits.append(len(asked))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", end)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "commit", end)
