"""Logging in and out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import extract_parameters

from forum.accounts import hashing, pace, sessions, tidying
from forum.accounts.models import LoginSession, User
from forum.db import reading, write
from tests import makers
from tests.conftest import browser


@pytest.fixture
def alice(app):
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
    return {"username": "Alice", "password": makers.PASSWORD}


def live_sessions(app) -> int:
    with app.app_context():
        return reading().scalar(sa.select(sa.func.count()).select_from(LoginSession)) or 0


@pytest.mark.parametrize(
    "account", ["Alice", "alice", " ＡＬＩＣＥ ", "alice@example.org", "Alice@EXAMPLE.org"]
)
def test_a_member_logs_in_by_name_or_address(guest, alice, account):
    answer = guest.post("/login", data=alice | {"username": account})
    assert (answer.status_code, answer.location) == (303, "/")
    assert 'data-user="Alice"' in guest.get("/settings").text


def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser_unless_asked_to_stay(app, alice):
    short = browser(app).post("/login", data=alice).headers.getlist("Set-Cookie")
    long = browser(app).post("/login", data=alice | {"remember": "y"}).headers.getlist("Set-Cookie")
    for cookies, is_lasting in ((short, False), (long, True)):
        cookie = next(cookie for cookie in cookies if cookie.startswith("engawa="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Max-Age" in cookie) is is_lasting


def test_log_in_leads_on_to_where_one_wanted_to_go(guest, alice):
    assert 'value="/t/12?page=3"' in guest.get("/login?next=/t/12?page=3").text
    assert guest.post("/login", data=alice | {"next": "/t/12?page=3"}).location == "/t/12?page=3"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_log_in_leads_nobody_to_another_site(guest, alice, target):
    assert guest.post("/login", data=alice | {"next": target}).location == "/"


def test_an_unknown_name_an_account_without_password_and_a_wrong_password_get_the_same_answer(
    app, guest, alice
):
    with app.app_context(), write() as session:
        makers.member(session, "Imported", password_hash=None, email=None)
    bodies = set()
    for name in ("Alice", "Nobody", "Imported", "nobody@example.org", "alice@example.org"):
        answer = guest.post("/login", data={"username": name, "password": "not the password"})
        assert answer.status_code == 422
        assert "Set-Cookie" not in answer.headers
        bodies.add(answer.text.replace(name, "NAME"))
    assert len(bodies) == 1
    assert "The name or the password is wrong." in bodies.pop()


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one():
    known, unknown = hashing.hash_password("something"), hashing._decoy()
    assert extract_parameters(known) == extract_parameters(unknown)
    assert not hashing.is_right(None, "what is compared when there is nobody to compare with")


def test_guesses_are_put_off_per_account_whoever_makes_them(app, guest, alice):
    wrong = alice | {"password": "not the password"}
    with app.app_context():
        for number in range(19):
            pace.count_login(f"198.51.100.{number}", "alice")
    assert [guest.post("/login", data=wrong).status_code for _ in range(2)] == [422, 429]
    answer = browser(app).post("/login", data=alice | {"username": "aLiCe"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_guesses_are_put_off_per_network_whomever_they_aim_at(app):
    with app.app_context():
        for number in range(29):
            pace.count_login(f"2001:db8:1:2::{number}", f"name{number}")
    for address, status in (("2001:db8:1:2::a", 422), ("2001:db8:1:2::b", 429), ("2001:db8:1:3::a", 422)):
        client = browser(app)
        client.environ_base["REMOTE_ADDR"] = address
        assert client.post("/login", data={"username": "Alice", "password": "x"}).status_code == status


def test_logging_in_again_renews_the_session_and_ends_the_old_one(app, guest, alice):
    guest.post("/login", data=alice)
    old = guest.get_cookie("engawa")
    guest.post("/login", data=alice)
    assert guest.get_cookie("engawa").value != old.value
    assert live_sessions(app) == 1
    thief = browser(app)
    thief.set_cookie("engawa", old.value)
    assert thief.get("/settings").status_code == 303


def test_a_hash_with_old_parameters_is_renewed_at_log_in(app, guest, alice):
    guest.post("/login", data=alice)
    with app.app_context():
        kept = reading().scalar(sa.select(User.password_hash)) or ""
    assert kept != makers.PASSWORD_HASH
    assert not hashing.is_outdated(kept)
    assert browser(app).post("/login", data=alice).status_code == 303


def test_a_password_is_the_same_however_a_keyboard_composes_it():
    assert hashing.is_right(hashing.hash_password("caf\u00e9 \u304c"), "cafe\u0301 \u304b\u3099")


def test_the_log_out_page_asks_and_only_its_button_acts(app, guest, alice):
    guest.post("/login", data=alice)
    assert guest.get("/logout").status_code == 200
    assert live_sessions(app) == 1
    answer = guest.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert live_sessions(app) == 0
    assert guest.get("/settings").status_code == 303
    assert guest.post("/logout").status_code == 303


def test_another_site_can_not_log_a_browser_in_or_out(app, guest, alice):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert guest.post("/login", data=alice, headers=elsewhere).status_code == 403
    guest.post("/login", data=alice)
    assert guest.post("/logout", headers=elsewhere).status_code == 403
    assert live_sessions(app) == 1


def test_an_expired_session_is_nobodys_and_is_forgotten(app, alice):
    late = datetime.now(UTC) + sessions.UNREMEMBERED_FOR + timedelta(minutes=1)
    client = browser(app)
    client.post("/login", data=alice)
    with app.app_context():
        cookie = client.get_cookie("engawa")
        assert cookie is not None
        assert sessions.find(reading(), cookie.value, late) is None
        tidying.tidy(late)
    assert live_sessions(app) == 0
    assert client.get("/settings").status_code == 303


@pytest.mark.parametrize("path", ["/login", "/logout", "/reset", "/join"])
def test_pages_for_guests_set_no_cookie(guest, path):
    answer = guest.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
