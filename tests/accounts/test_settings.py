"""The settings: profile, password, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import LoginSession, ProfileChange, Suspension, User
from forum.db import reading, write
from forum.screening.models import Screening
from forum.text.moments import in_japan
from tests import makers
from tests.conftest import browser

NEW = {"old_password": makers.PASSWORD, "password": "sunny engawa afternoon"}
CARD = {"jet_role": "alt", "prefecture": "tottori", "place": "inaka", "year_from": "2019", "year_to": "2022"}


@pytest.fixture(autouse=True)
def cast(app):
    with app.app_context(), write() as session:
        makers.member(session, "Alice", approved_count=50)
        makers.member(session, "Bob")
        makers.moderator(session)


@pytest.fixture
def alice(sign_in):
    return sign_in("Alice")


def column(app, what, name="Alice"):
    with app.app_context():
        return reading().scalar(sa.select(what).where(User.name == name))


@pytest.mark.parametrize("path", ["/settings", "/settings/password", "/settings/email", "/settings/sessions"])
def test_a_guest_logs_in_first_and_then_comes_back(guest, alice, path):
    assert guest.get(path).location == f"/login?next={path}"
    assert alice.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/settings", "/settings/password", "/settings/email", "/settings/sessions/1/end"]
)
def test_a_guest_and_another_site_change_nothing(app, guest, alice, path):
    assert guest.post(path, data=NEW | {"bio": "x"}).status_code == 303
    assert (
        alice.post(path, data=NEW | {"bio": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    assert column(app, User.password_hash) == makers.PASSWORD_HASH
    assert column(app, User.bio) == ""
    assert alice.get("/settings").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(app, alice, sign_in):
    other = sign_in("Alice")
    assert alice.post("/settings/password", data=NEW).location == "/settings/password"
    assert alice.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 303
    for password, status in ((makers.PASSWORD, 422), (NEW["password"], 303)):
        assert (
            browser(app).post("/login", data={"username": "Alice", "password": password}).status_code
            == status
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"old_password": "not the password"}, "This is not your password."),
        ({"old_password": ""}, "Please fill this in."),
        ({"password": "short"}, "At least 10 characters."),
        ({"password": "alice-alice"}, "It is built from your name"),
    ],
)
def test_a_new_password_needs_the_old_one_and_has_to_be_good(app, alice, change, sentence):
    answer = alice.post("/settings/password", data=NEW | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert column(app, User.password_hash) == makers.PASSWORD_HASH


def test_sessions_are_listed_and_one_can_be_ended(app, alice, sign_in):
    other = sign_in("Alice")
    page = alice.get("/settings/sessions").text
    assert page.count("last seen") == 2
    assert page.count("This browser") == 1
    with app.app_context():
        newest = reading().scalar(sa.select(sa.func.max(LoginSession.id)))
    assert alice.post(f"/settings/sessions/{newest}/end").location == "/settings/sessions"
    assert other.get("/settings").status_code == 303
    assert alice.get("/settings").status_code == 200
    assert alice.post(f"/settings/sessions/{newest}/end").status_code == 404


def test_all_other_sessions_can_be_ended_and_ones_own_too(app, alice, sign_in):
    others = [sign_in("Alice"), sign_in("Alice")]
    assert alice.post("/settings/sessions/end-others").location == "/settings/sessions"
    assert [other.get("/settings").status_code for other in others] == [303, 303]
    with app.app_context():
        own = reading().scalar(sa.select(LoginSession.id))
    assert alice.post(f"/settings/sessions/{own}/end").location == "/"
    assert alice.get("/settings").status_code == 303


def test_somebody_elses_session_can_not_be_ended(app, alice, sign_in):
    bob = sign_in("Bob")
    with app.app_context():
        of_bob = reading().scalar(sa.select(sa.func.max(LoginSession.id)))
    assert alice.post(f"/settings/sessions/{of_bob}/end").status_code == 404
    alice.post("/settings/sessions/end-others")
    assert bob.get("/settings").status_code == 200


def test_a_known_members_profile_is_public_at_once(app, alice, guest):
    words = {"display_name": "Alice in Tottori", "bio": "I teach in the **dunes**.\n\n日本語も少し。"}
    assert alice.post("/settings", data=CARD | words).location == "/settings"
    page = guest.get("/u/Alice").text
    assert '<h1 translate="no">Alice in Tottori</h1>' in page
    for shown in ("I teach in the", "<dd>ALT</dd>", "<dd>Tottori</dd>", "<dd>Inaka</dd>", "<dd>2019–22</dd>"):
        assert shown in page
    form = alice.get("/settings").text
    assert "I teach in the **dunes**." in form
    assert '<option selected value="tottori">' in form


def test_hidden_parts_are_on_no_page_of_others(alice, guest):
    alice.post("/settings", data=CARD | {"hide_prefecture": "y", "hide_years": "y"})
    page = guest.get("/u/Alice").text
    assert "<dd>ALT</dd>" in page
    assert "Tottori" not in page
    assert "2019" not in page


@pytest.mark.parametrize(
    "bad",
    [
        {"year_from": "1986"},
        {"year_from": "2023"},
        {"year_to": "2999"},
        {"prefecture": "atlantis"},
        {"jet_role": "boss"},
        {"display_name": "x" * 41},
        {"bio": "x" * 2001},
        {"display_name": "Moderator"},
        {"display_name": "M o r i"},
        {"display_name": "Mоri"},  # with a Cyrillic o
        {"bio": " ".join(f"https://example.org/{number}" for number in range(6))},
    ],
)
def test_bad_input_comes_back_with_everything_that_was_written(app, alice, bad):
    data = {"bio": "Something that took an evening."} | CARD | bad
    answer = alice.post("/settings", data=data)
    assert answer.status_code == 422
    assert data["bio"][:30] in answer.text
    assert column(app, User.jet_role) is None
    assert column(app, User.bio) == ""


def test_a_form_that_changes_no_words_is_not_screened(app, alice):
    alice.post("/settings", data=CARD)
    with app.app_context():
        assert reading().scalar(sa.select(sa.func.count()).select_from(Screening)) == 0
    assert column(app, User.prefecture) == "tottori"


def test_a_suspended_member_can_change_the_password_but_not_the_profile(app, alice):
    with app.app_context(), write() as session:
        alice_id = session.scalar(sa.select(User.id).where(User.name == "Alice"))
        mori_id = session.scalar(sa.select(User.id).where(User.name == "Mori"))
        session.add(Suspension(user_id=alice_id, by_id=mori_id, reason="Shouting", created_at=makers.NOW))
    assert alice.post("/settings", data={"bio": "LISTEN!"}).status_code == 403
    assert alice.post("/settings/password", data=NEW).status_code == 303


def test_changes_of_a_profile_leave_a_trail(app, alice):
    alice.post("/settings", data={"bio": "First."})
    alice.post("/settings", data={"bio": "Second."})
    with app.app_context():
        rows = (
            reading().execute(sa.select(ProfileChange.old_bio, ProfileChange.bio, ProfileChange.status)).all()
        )
    assert [tuple(row) for row in rows] == [("", "First.", "published"), ("First.", "Second.", "published")]


@pytest.mark.parametrize(
    "name",
    [
        "Аdmin",  # with a Cyrillic A
        "Мoderator",  # with a Cyrillic M
        "Moderator!",
        "Admin✓",
        "管理人★",
        "The Moderator",
        "M o d e r a t o r",
        "Moderator 2",
        "Mori★",
        "[Mori]",
        "Bob",
        "B-o-b",
        "ВОВ",
        "Kaori, at the desk",
        "KAORI AT THE DESK!",
    ],
)
def test_no_member_stands_under_the_name_of_somebody_else_or_of_the_board(app, alice, name):
    with app.app_context(), write() as session:
        makers.moderator(session, "Kaori", display_name="Kaori at the desk")
    answer = alice.post("/settings", data={"display_name": name})
    assert answer.status_code == 422
    assert column(app, User.display_name) == ""


@pytest.mark.parametrize("name", ["Alice", "ÁLICE ✦", "Alice in Tottori", "Bobby", "★★", "鳥取のアリス"])
def test_ones_own_name_and_free_ones_are_taken(app, alice, name):
    with app.app_context(), write() as session:
        makers.moderator(session, "Kaori", display_name="✿")
    assert alice.post("/settings", data={"display_name": name}).status_code == 303
    assert column(app, User.display_name) == name


def test_the_user_name_stands_by_a_display_name(app, alice, guest):
    with app.app_context(), write() as session:
        makers.thread(session, session.scalars(sa.select(User).where(User.name == "Alice")).one())
    alice.post("/settings", data={"display_name": "Alice in Tottori"})
    assert "@Alice" in guest.get("/u/Alice").text
    assert 'title="@Alice"' in guest.get("/t/1-first-winter-in-an-inaka-house").text


def test_a_profile_is_saved_twenty_times_a_day(app, alice):
    answers = [alice.post("/settings", data={"bio": f"Edition {number}."}) for number in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {303}
    assert (answers[20].status_code, "Retry-After" in answers[20].headers) == (429, True)


def test_a_suspended_member_is_told_until_when(app, alice):
    until = makers.now() + timedelta(days=3)
    with app.app_context(), write() as session:
        ids = dict(session.execute(sa.select(User.name, User.id)).all())
        row = Suspension(
            user_id=ids["Alice"], by_id=ids["Mori"], reason="Shouting.", created_at=makers.NOW, until=until
        )
        session.add(row)
    assert f"until {in_japan(until, 'en')}: Shouting." in alice.post("/settings", data={"bio": "x"}).text
    with app.app_context(), write() as session:
        session.execute(sa.update(Suspension).values(until=None))
    assert "suspended for good" in alice.post("/settings", data={"bio": "x"}).text
