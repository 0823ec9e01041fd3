"""What is held, removed or deleted exists on no surface for those who may not know of it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from forum.accounts.models import Suspension, User
from forum.db import write
from forum.screening.models import Screening
from forum.threads import publishing
from forum.threads.models import Post, Revision, Status, Thread
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")

SECRET = "kakurega"
HIDDEN = [Status.HELD, Status.REMOVED, Status.DELETED]
PUBLIC_PLACES = ("/", "/b/alt", "/boards", "/feed.atom", "/b/alt.atom", "/t/1.atom", "/u/Nana", "/log")
THREAD = "/t/1-first-winter-in-an-inaka-house"


@pytest.fixture(params=HIDDEN)
def hidden_post(app, request):
    """The number of a reply by Nana in Alice's thread, which is not public, or no longer."""
    with app.app_context(), write() as session:
        thread = makers.thread(session, session.get_one(User, 1), replies=1)
        status = Status.HELD if request.param == Status.HELD else Status.PUBLIC
        row = makers.post(
            session, thread, session.get_one(User, 4), body=f"My {SECRET} is here.", status=status
        )
        publishing.take_away(session, row.id, request.param, makers.now())
        return row.id


@pytest.fixture(params=HIDDEN)
def hidden_thread(app, request):
    """The number of a thread by Nana with an answer by Bob, which is not public, or no longer."""
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1))
        title, body = f"A {SECRET} in the hills", f"It is a {SECRET}."
        row = makers.thread(session, session.get_one(User, 4), title=title, body=body)
        makers.post(session, row, session.get_one(User, 2), body=f"Which {SECRET}?")
        publishing.take_away(session, opening_of(session, row.id), request.param, makers.now())
        return row.id


@pytest.mark.parametrize("viewer", ["", "Bob"])
def test_a_hidden_post_is_nowhere_for_a_stranger(guest, sign_in, hidden_post, viewer):
    browser = sign_in(viewer) if viewer else guest
    places = [*PUBLIC_PLACES, THREAD, f"/t/1/reply?quote={hidden_post}"]
    assert [place for place in places if SECRET in browser.get(place, follow_redirects=True).text] == []


@pytest.mark.parametrize("viewer", ["", "Bob"])
def test_a_hidden_post_has_no_address_for_a_stranger(guest, sign_in, hidden_post, viewer):
    browser = sign_in(viewer) if viewer else guest
    places = [f"/p/{hidden_post}", f"/p/{hidden_post}/history"]
    assert [browser.get(place).status_code for place in places] == [404, 404]


def test_a_hidden_post_takes_nothing_from_a_stranger(sign_in, hidden_post):
    bob = sign_in("Bob")
    places = [f"/p/{hidden_post}/{act}" for act in ("edit", "delete", "report")]
    assert [bob.get(place).status_code for place in places] == [404] * 3
    places.append(f"/p/{hidden_post}/restore")
    assert [bob.post(place, data={"body": "Mine now"}).status_code for place in places] == [404] * 4


def test_a_hidden_post_is_counted_nowhere(app, guest, hidden_post):
    assert 'data-replies="1"' in guest.get(THREAD).text
    assert "2 posts" in guest.get("/boards").text
    with app.app_context(), write() as session:
        assert session.get_one(User, 4).posts_count == 0


@pytest.mark.parametrize("viewer", ["Nana", "Mori"])
def test_a_hidden_post_is_shown_with_a_note_to_its_author_and_the_staff(sign_in, hidden_post, viewer):
    browser = sign_in(viewer)
    page = browser.get(f"/p/{hidden_post}", follow_redirects=True).text
    assert SECRET in page
    assert re.search(r'<p class="post-note">[^<]*nobody else sees it', page)


def test_a_hidden_post_is_quoted_by_nobody(sign_in, hidden_post):
    places = f"/t/1/reply?quote={hidden_post}"
    assert [SECRET in sign_in(name).get(places).text for name in ("Mori", "Nana")] == [False, False]


def test_nobody_quotes_from_a_thread_into_another(app, sign_in, hidden_thread):
    with app.app_context(), write() as session:
        reply = session.query(Post).filter_by(thread_id=hidden_thread, number=2).one().id
    for name in ("Bob", "Mori"):
        assert SECRET not in sign_in(name).get(f"/t/1/reply?quote={reply}").text


@pytest.mark.parametrize("viewer", ["", "Alice", "Bob"])
def test_a_hidden_thread_is_nowhere_for_a_stranger(guest, sign_in, hidden_thread, viewer):
    browser = sign_in(viewer) if viewer else guest
    places = [*PUBLIC_PLACES, "/u/Bob"]
    assert [place for place in places if SECRET in browser.get(place).text] == []


@pytest.mark.parametrize("viewer", ["", "Alice", "Bob"])
def test_a_hidden_thread_and_what_stands_in_it_have_no_address_for_a_stranger(
    app, guest, sign_in, hidden_thread, viewer
):
    browser = sign_in(viewer) if viewer else guest
    with app.app_context(), write() as session:
        posts = [row.id for row in session.query(Post).filter_by(thread_id=hidden_thread)]
    places = [f"/t/{hidden_thread}", f"/t/{hidden_thread}-x", f"/t/{hidden_thread}.atom"]
    places += [f"/p/{post}{tail}" for post in posts for tail in ("", "/history")]
    assert {browser.get(place).status_code for place in places} == {404}


def test_a_hidden_thread_takes_no_answer(sign_in, hidden_thread):
    address, form = f"/t/{hidden_thread}/reply", {"body": "Hello there"}
    assert sign_in("Bob").post(address, data=form).status_code == 404
    assert [sign_in(name).post(address, data=form).status_code for name in ("Nana", "Mori")] == [403, 403]


def test_a_hidden_thread_is_counted_nowhere(app, guest, hidden_thread):
    page = guest.get("/boards").text
    assert "1 thread<" in page
    assert "1 post<" in page
    with app.app_context(), write() as session:
        assert [session.get_one(User, number).posts_count for number in (2, 4)] == [0, 0]


@pytest.mark.parametrize("viewer", ["Nana", "Mori"])
def test_a_hidden_thread_is_shown_with_a_note_to_its_author_and_the_staff(sign_in, hidden_thread, viewer):
    page = sign_in(viewer).get(f"/t/{hidden_thread}", follow_redirects=True).text
    assert SECRET in page
    assert "This thread w" in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("viewer", ["Nana", "Mori"])
def test_a_hidden_thread_stands_in_no_list_and_no_feed_even_for_those_who_may_see_it(
    sign_in, hidden_thread, viewer
):
    browser = sign_in(viewer)
    places = ["/", "/b/alt", "/boards", "/feed.atom", "/b/alt.atom"]
    assert [place for place in places if SECRET in browser.get(place).text] == []
    assert browser.get(f"/t/{hidden_thread}.atom").status_code == 404


def test_a_stranger_learns_no_reason_and_no_verdict(app, guest, sign_in):
    with app.app_context(), write() as session:
        thread = makers.thread(session, session.get_one(User, 1))
        row = makers.post(session, thread, session.get_one(User, 4))
        screened(session, row)
        session.add(
            Revision(post_id=row.id, editor_id=4, body=SECRET, status="held", created_at=makers.now())
        )
    for browser in (guest, sign_in("Bob")):
        page = browser.get(THREAD).text
        assert SECRET not in page
        assert "newer version" not in page
    for name in ("Nana", "Mori"):
        assert "A newer version waits" in sign_in(name).get(THREAD).text


def test_a_moderator_sees_the_words_that_spoke_and_the_author_does_not(app, sign_in):
    with app.app_context(), write() as session:
        thread = makers.thread(session, session.get_one(User, 1))
        row = makers.post(session, thread, session.get_one(User, 4), status=Status.HELD)
        screened(session, row)
    assert f"The words are like spam: {SECRET} (+3.0)" in sign_in("Mori").get(THREAD).text
    page = sign_in("Nana").get(THREAD).text
    assert "Its words are like those of advertisements." in page
    assert SECRET not in page


def test_a_suspended_moderator_sees_the_thread_as_staff_but_is_offered_nothing(app, sign_in, hidden_thread):
    page = sign_in("Mori").get(f"/t/{hidden_thread}", follow_redirects=True).text
    assert f"/t/{hidden_thread}/moderate" in page
    with app.app_context(), write() as session:
        session.add(Suspension(user_id=3, by_id=3, reason="Rest.", created_at=makers.now(), until=None))
    page = sign_in("Mori").get(f"/t/{hidden_thread}", follow_redirects=True).text
    assert "/moderate" not in page


def opening_of(session, thread_id):
    assert session.get_one(Thread, thread_id)
    return session.query(Post).filter_by(thread_id=thread_id, is_opening=True).one().id


def screened(session, post):
    """A verdict on a post that waits, with a word that only moderators may read."""
    session.add(
        Screening(
            kind="reply",
            author_id=post.author_id,
            post_id=post.id,
            text="",
            fingerprint=1,
            outcome="held",
            probability=0.9,
            reasons=[{"code": "text", "weight": 3.0, "detail": SECRET}],
            decision="pending",
            created_at=makers.now(),
        )
    )


def test_a_statement_that_is_kept_shows_to_each_viewer_what_is_theirs(app, sign_in):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 4), status=Status.HELD)
        bob = session.get_one(User, 2).name
    nana, mori, other = sign_in("Nana"), sign_in("Mori"), sign_in(bob)
    for _ in range(2):
        for browser, status in (
            (nana, 200),
            (other, 404),
            (mori, 200),
            (other, 404),
            (app.test_client(), 404),
        ):
            assert browser.get(THREAD).status_code == status
            expected = 403 if browser is nana or browser is mori else 404
            if browser in (nana, mori, other):
                assert browser.get("/t/1/reply").status_code == expected
    with app.app_context(), write() as session:
        mori_id = session.scalars(sa.select(User.id).where(User.name == "Mori")).one()
        session.add(Suspension(user_id=mori_id, reason="x", by_id=mori_id, created_at=makers.now()))
    assert mori.get(THREAD).status_code == 404
