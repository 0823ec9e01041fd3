"""Profiles: what is waiting, what a moderator decides, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from forum.accounts import profiles
from forum.accounts.models import ProfileChange, Suspension, User
from forum.db import reading, write
from forum.screening.models import Decision, Screening
from forum.threads.models import Status
from tests import makers

# The hidden field and the words together are what the filter holds of anybody's.
SPAM = {
    "display_name": "Cheap pills",
    "bio": "Buy cheap viagra casino bonus now https://pills.example https://casino.example",
    "website": "https://pills.example",
}


@pytest.fixture
def nana(app, sign_in):
    """A newcomer, signed in."""
    with app.app_context(), write() as session:
        makers.newcomer(session)
        makers.moderator(session)
        makers.member(session, "Bob")
    return sign_in("Nana")


def change(app, decide, *statuses):
    """Apply a moderator's decision to the newest change."""
    with app.app_context(), write() as session:
        newest = session.scalar(sa.select(sa.func.max(ProfileChange.id)))
        decide(session, newest)
    with app.app_context():
        user = reading().scalars(sa.select(User).where(User.name == "Nana")).one()
        row = reading().scalars(sa.select(ProfileChange).order_by(ProfileChange.id.desc())).first()
        return user.bio, row and row.status


@pytest.fixture
def held(app, nana):
    """Nana's page waits for a moderator."""
    with app.app_context(), write() as session:
        user = session.scalars(sa.select(User).where(User.name == "Nana")).one()
        session.add(
            ProfileChange(
                user_id=user.id,
                display_name="Nana K.",
                bio="New words.",
                old_display_name="",
                old_bio="",
                status="held",
                created_at=makers.NOW,
            )
        )
    return nana


def test_suspicious_words_wait_or_are_refused_and_never_show(app, nana, guest):
    answer = nana.post("/settings", data=SPAM)
    assert answer.status_code in (303, 422)
    assert "casino" not in guest.get("/u/Nana").text
    assert "casino" in nana.get("/settings").text if answer.status_code == 303 else "casino" in answer.text
    with app.app_context():
        row = reading().scalars(sa.select(Screening)).one()
    assert row.outcome in ("held", "refused")
    assert (row.profile_change_id is not None) == (row.outcome == "held")


def test_waiting_words_show_to_nobody_but_are_announced_to_their_author_and_the_staff(held, guest, sign_in):
    for client, is_told in ((held, True), (sign_in("Mori"), True), (guest, False), (sign_in("Bob"), False)):
        page = client.get("/u/Nana").text
        assert ("waits for a moderator" in page) is is_told
        assert "New words." not in page
    assert "New words." in held.get("/settings").text


def test_decisions_about_words_can_be_undone(app, held):
    assert change(app, profiles.publish_change) == ("New words.", "published")
    assert change(app, profiles.hold_change_again) == ("", "held")
    assert change(app, profiles.reject_change) == ("", "rejected")
    assert change(app, profiles.hold_change_again) == ("", "held")
    assert change(app, profiles.publish_change) == ("New words.", "published")
    assert change(app, profiles.reject_change) == ("", "rejected")


def test_newer_words_take_the_place_of_waiting_ones(app, held):
    with app.app_context(), write() as session:
        user = session.scalars(sa.select(User).where(User.name == "Nana")).one()
        row = session.scalars(sa.select(ProfileChange)).one()
        session.add(
            Screening(
                kind="profile",
                author_id=user.id,
                profile_change_id=row.id,
                text="New words.",
                fingerprint=1,
                outcome="held",
                probability=0.6,
                reasons=[],
                decision=Decision.PENDING,
                created_at=makers.NOW,
            )
        )
    held.post("/settings", data={"display_name": "Nana", "bio": "Better words."})
    with app.app_context():
        first = reading().scalars(sa.select(ProfileChange).order_by(ProfileChange.id)).first()
        decision = reading().scalar(sa.select(Screening.decision).order_by(Screening.id))
    assert first is not None
    assert (first.status, decision) == ("replaced", Decision.WITHDRAWN)


def test_a_page_is_found_in_any_spelling_and_has_one_address(app, nana, guest):
    assert guest.get("/u/nana").location == "/u/Nana"
    assert guest.get("/u/ＮＡＮＡ?before=3&_external=1").status_code in (301, 404)
    assert guest.get("/u/Nana").status_code == 200
    assert guest.get("/u/Nobody").status_code == 404
    assert guest.post("/u/Nana").status_code == 405


def test_a_profile_without_posts_is_no_place_for_links(app, guest, sign_in):
    bio = "My [shop](https://shop.example)"
    with app.app_context(), write() as session:
        makers.newcomer(
            session, "Nana", bio=bio, bio_html='<p>My <a href="https://shop.example">shop</a></p>'
        )
        makers.moderator(session)
    for_guests = guest.get("/u/Nana").text
    assert "shop.example" not in for_guests
    assert "My shop" in for_guests
    assert '<meta name="robots" content="noindex">' in for_guests
    assert 'href="https://shop.example"' in sign_in("Nana").get("/u/Nana").text
    assert 'href="https://shop.example"' in sign_in("Mori").get("/u/Nana").text


def test_a_profile_with_posts_is_listed_and_its_links_work(app, guest):
    with app.app_context(), write() as session:
        bio_html = '<p>My <a href="https://blog.example" rel="nofollow ugc noopener">blog</a></p>'
        makers.thread(session, makers.member(session, "Alice", bio="My blog", bio_html=bio_html))
    page = guest.get("/u/Alice").text
    assert 'href="https://blog.example"' in page
    assert "noindex" not in page
    assert "1 post<" in page


def test_only_public_posts_in_public_threads_stand_on_a_profile(app, guest, sign_in):
    with app.app_context(), write() as session:
        alice = makers.member(session, "Alice")
        makers.member(session, "Bob")
        makers.moderator(session)
        thread = makers.thread(session, alice, title="Public thread", body="Public body.")
        for status in (Status.HELD, Status.REMOVED, Status.DELETED):
            makers.post(session, thread, alice, body=f"Body {status}.", status=status)
        hidden = makers.thread(session, alice, title="Removed thread", body="Gone.", status=Status.REMOVED)
        makers.post(session, hidden, alice, body="Public post in a removed thread.")
    for client, sees_held in (
        (guest, False),
        (sign_in("Bob"), False),
        (sign_in("Alice"), True),
        (sign_in("Mori"), True),
    ):
        page = client.get("/u/Alice").text
        assert "Public body." in page
        assert ("Body held." in page) is sees_held
        for hidden_words in ("Body removed.", "Body deleted.", "Gone.", "Public post in a removed thread."):
            assert hidden_words not in page


def test_older_posts_follow_page_by_page_without_gap_or_double(app, guest):
    with app.app_context(), write() as session:
        thread = makers.thread(session, makers.member(session, "Alice"), replies=44)
        same = makers.NOW
        posts = [
            makers.post(session, thread, thread_author(session), body=f"Twin {n}.", at=same) for n in range(3)
        ]
        assert len(posts) == 3
    seen, address, pages = [], "/u/Alice", []
    while address and len(pages) < 5:
        page = guest.get(address).text
        pages.append(page)
        seen += [part.split('"')[0] for part in page.split('href="/p/')[1:]]
        address = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
    assert ["← Newest" in page for page in pages] == [False, True, True]
    assert len(seen) == len(set(seen)) == 48


def thread_author(session):
    return session.scalars(sa.select(User).where(User.name == "Alice")).one()


@pytest.mark.parametrize("before", ["x", "-1", "999999", "9" * 40, "１"])
def test_a_made_up_place_in_the_list_is_not_found(app, nana, guest, before):
    assert guest.get("/u/Nana", query_string={"before": before}).status_code == 404


def test_a_suspension_is_told_to_the_member_and_the_staff_only(app, nana, guest, sign_in):
    with app.app_context(), write() as session:
        ids = dict(session.execute(sa.select(User.name, User.id)).all())
        until = makers.NOW + timedelta(days=36500)
        session.add(
            Suspension(
                user_id=ids["Nana"], by_id=ids["Mori"], reason="Flooding", created_at=makers.NOW, until=until
            )
        )
    for client, is_told in ((nana, True), (sign_in("Mori"), True), (guest, False), (sign_in("Bob"), False)):
        assert ("Flooding" in client.get("/u/Nana").text) is is_told


def test_a_profile_page_costs_few_statements(app, guest, sign_in):
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session, "Alice"), replies=30)
        makers.moderator(session)
    for client, most in ((guest, 2), (sign_in("Mori"), 7)):
        assert statements(app, lambda client=client: client.get("/u/Alice")) <= most


def statements(app, act) -> int:
    count = 0

    def note(_connection, _cursor, statement, *_rest) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))

    with app.app_context():
        engine = reading().get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return count


def test_words_that_wait_still_wait_when_the_form_is_sent_twice(held):
    answer = held.post(
        "/settings", data={"display_name": "Nana K.", "bio": "New words."}, follow_redirects=True
    )
    assert "Your profile text waits for a moderator" in answer.text


def test_a_post_that_waits_in_a_removed_thread_of_somebody_else_is_gone_for_its_author(app, sign_in):
    with app.app_context(), write() as session:
        alice, bob = makers.member(session, "Alice"), makers.member(session, "Bob")
        makers.moderator(session)
        gone = makers.thread(session, bob, title="Removed thread", status=Status.REMOVED)
        makers.post(session, gone, alice, body="Still waiting.", status=Status.HELD)
    assert "Removed thread" not in sign_in("Alice").get("/u/Alice").text
    assert "Removed thread" in sign_in("Mori").get("/u/Alice").text


def test_a_suspended_moderator_sees_what_members_see(app, sign_in):
    with app.app_context(), write() as session:
        alice, mori = makers.member(session, "Alice"), makers.moderator(session)
        thread = makers.thread(session, alice)
        makers.post(session, thread, alice, body="Body held.", status=Status.HELD)
        makers.thread(session, alice, title="Held thread", status=Status.HELD)
        session.add(Suspension(user_id=mori.id, by_id=mori.id, reason="Rest.", created_at=makers.NOW))
    client = sign_in("Mori")
    assert client.get("/t/2-held-thread").status_code == 404
    for path in ("/u/Alice", "/t/1-first-winter-in-an-inaka-house", "/"):
        page = client.get(path).text
        assert not any(hidden in page for hidden in ("Body held.", "Held thread", "/mod"))
