"""Joining: names, passwords, addresses."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from forum.accounts import pace
from forum.accounts.models import LoginSession, User
from forum.db import reading, write
from tests import makers
from tests.conftest import browser

GOOD = {"username": "Kenji", "email": "kenji@example.org", "password": "kotatsu mikan winter"}


def members(app) -> list[str]:
    with app.app_context():
        return list(reading().scalars(sa.select(User.name).order_by(User.id)))


def test_a_guest_joins_and_is_signed_in(app, guest):
    answer = guest.post("/join", data=GOOD)
    assert (answer.status_code, answer.location) == (303, "/")
    page = guest.get("/settings").text
    assert 'data-user="Kenji"' in page
    assert "Welcome! You can post right away." in page


def test_the_page_asks_for_what_browsers_can_fill_in_and_sets_no_cookie(guest):
    answer = guest.get("/join")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    for name, filled_in_as in (("username", "username"), ("email", "email"), ("password", "new-password")):
        assert f'autocomplete="{filled_in_as}"' in answer.text
        assert f'name="{name}"' in answer.text


def test_a_member_needs_not_join(app, sign_in):
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
    assert sign_in("Alice").get("/join").location == "/"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "", "Please fill this in."),
        ("username", "a", "At least 3 characters."),
        ("username", "k" * 31, "At most 30 characters."),
        ("username", "Ken ji", "Please use letters and digits"),
        ("username", "Ken\u200bji", "Please use letters and digits"),
        ("username", "Kenjі", "Please keep to one script"),  # the last letter is Cyrillic
        ("username", "moderator", "as if the board itself were speaking"),
        ("username", "kenji@example.org", "please don&#39;t use a mail address"),
        ("email", "kenji", "This does not look like a mail address."),
        ("email", "kenji@localhost", "This does not look like a mail address."),
        ("email", "kenji@example.org\r\nBcc: x@example.com", "This does not look like a mail address."),
        ("password", "short", "At least 10 characters."),
        ("password", "x" * 129, "1 character too long."),
        ("password", "password1234", "close to a password that many people use"),
        ("password", "mikan7mikan7", "Repeating something"),
        ("password", "4567892345678", "Rows such as abc or 123"),
        ("website", "https://spam.example", "A field that people don&#39;t see was filled in."),
    ],
)
def test_bad_input_is_refused_with_advice_and_nothing_but_the_password_is_lost(
    app, guest, field, value, sentence
):
    answer = guest.post("/join", data=GOOD | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert GOOD["password"] not in answer.text
    if field != "username":
        assert 'value="Kenji"' in answer.text
    assert members(app) == []


@pytest.mark.parametrize("name", ["Kenji", "kenji", "ＫＥＮＪＩ", "KENJI"])
def test_a_name_is_taken_in_all_its_spellings(app, guest, name):
    with app.app_context(), write() as session:
        makers.member(session, "Kenji", email="other@example.org")
    answer = guest.post("/join", data=GOOD | {"username": name})
    assert answer.status_code == 422
    assert "Somebody has this name already." in answer.text


@pytest.mark.parametrize("name", ["KenjI", "Kenj1", "K.enji", "Kénji"])
def test_a_name_that_looks_like_anothers_is_refused(app, guest, name):
    with app.app_context(), write() as session:
        makers.member(session, "Kenji", email="other@example.org")
    answer = guest.post("/join", data=GOOD | {"username": name})
    assert answer.status_code == 422
    assert "name" in answer.text
    assert members(app) == ["Kenji"]


@pytest.mark.parametrize("name", ["田中", "ゆき", "Zoë", "김민준", "Ольга"])
def test_names_come_in_any_script(app, guest, name):
    assert guest.post("/join", data=GOOD | {"username": name}).status_code == 303
    assert members(app) == [name]


def test_without_mail_a_taken_address_is_told_plainly(app, guest):
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
    answer = guest.post("/join", data=GOOD | {"email": "Alice@Example.org"})
    assert answer.status_code == 422
    assert "There is an account with this address already." in answer.text


def test_another_site_can_not_make_a_browser_join(app, guest):
    assert guest.post("/join", data=GOOD, headers={"Origin": "https://evil.example"}).status_code == 403
    assert members(app) == []


def test_too_many_tries_from_one_network_are_put_off(app, guest):
    with app.app_context():
        for _ in range(59):
            pace.count_join("127.0.0.1")
    answers = [guest.post("/join", data=GOOD | {"password": "password1234"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 429]
    assert 0 < int(answers[1].headers["Retry-After"]) <= 3600


def test_with_mail_a_known_and_an_unknown_address_get_the_same_answer(postal, outbox):
    with postal.app_context(), write() as session:
        makers.member(session, "Alice")
    bodies = []
    for name, email in (("Kenji", "kenji@example.org"), ("Yumi", "alice@example.org")):
        client = browser(postal)
        answer = client.post("/join", data=GOOD | {"username": name, "email": email})
        pages = [client.get(path).text for path in ("/settings", f"/u/{name}", "/settings/email")]
        bodies.append(
            [text.replace(name, "NAME").replace(email, "ADDRESS") for text in (answer.text, *pages)]
        )
        assert client.get("/settings").status_code == 200
        assert (answer.status_code, answer.location) == (303, "/")
        again = browser(postal).post("/login", data={"username": name, "password": GOOD["password"]})
        assert again.status_code == 303
    assert [_unstamped(text) for text in bodies[0]] == [_unstamped(text) for text in bodies[1]]
    to_new, to_owner = outbox(postal)
    assert (to_new.recipient, to_owner.recipient) == ("kenji@example.org", "alice@example.org")
    assert "/confirm/" in to_new.text
    assert "/confirm/" not in to_owner.text
    assert "its name is Alice" in to_owner.text


def test_with_mail_an_address_is_nobodys_before_its_link_is_opened(postal, outbox, link_in):
    first, second = browser(postal), browser(postal)
    first.post("/join", data=GOOD)
    second.post("/join", data=GOOD | {"username": "Yumi"})
    to_first, to_second = outbox(postal)
    assert second.post(link_in(to_second)).location == "/"
    late = first.post(link_in(to_first))
    assert late.status_code == 409
    with postal.app_context():
        owners = reading().scalars(sa.select(User.name).where(User.email_key == GOOD["email"])).all()
    assert owners == ["Yumi"]


def test_a_mailbox_is_not_flooded_by_people_who_join_with_it(postal, outbox):
    for number, name in enumerate(("Kenji", "Yumi", "Sora", "Haru")):
        answer = browser(postal).post("/join", data=GOOD | {"username": name})
        assert answer.status_code == (303 if number < 3 else 429)
    assert len(outbox(postal)) == 3


def test_the_session_names_the_browser(app, guest):
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
    guest.post("/join", data=GOOD, headers={"User-Agent": agent})
    with app.app_context():
        assert reading().scalar(sa.select(LoginSession.browser)) == "Firefox · Android"


def _unstamped(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "idempotency" not in line and "<time" not in line)
