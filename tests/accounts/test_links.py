"""One-time links: confirming an address, changing it, a forgotten password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from forum.accounts import tidying, tokens
from forum.accounts.letters import PATHS
from forum.accounts.models import LoginSession, Purpose, Token, User
from forum.db import reading, write
from forum.errors import NotFound
from tests import makers
from tests.conftest import browser

JOIN = {"username": "Kenji", "email": "kenji@example.org", "password": "kotatsu mikan winter"}


@pytest.fixture
def member(postal):
    """Alice on the board with mail, signed in."""
    with postal.app_context(), write() as session:
        makers.member(session, "Alice")
    client = browser(postal)
    assert client.post("/login", data={"username": "Alice", "password": makers.PASSWORD}).status_code == 303
    return client


def column(app, what, name="Alice"):
    with app.app_context():
        return reading().scalar(sa.select(what).where(User.name == name))


def test_a_newcomer_confirms_the_address_by_the_button_behind_the_link(postal, outbox, link_in):
    client = browser(postal)
    assert (
        "open its link to confirm your address" in client.post("/join", data=JOIN, follow_redirects=True).text
    )
    link = link_in(outbox(postal)[0])
    page = client.get(link)
    assert page.status_code == 200
    assert "kenji@example.org" in page.text
    assert column(postal, User.email, "Kenji") is None
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, "/")
    assert column(postal, User.email, "Kenji") == "kenji@example.org"
    assert client.get("/settings").status_code == 200


def test_a_link_works_once(postal, outbox, link_in):
    client = browser(postal)
    client.post("/join", data=JOIN)
    link = link_in(outbox(postal)[0])
    assert client.post(link).status_code == 303
    for again in (client.post(link), client.get(link)):
        assert again.status_code == 404
        assert "This link has been used or has run out." in again.text


def test_a_first_address_is_confirmed_on_another_device_too(postal, outbox, link_in):
    browser(postal).post("/join", data=JOIN)
    assert browser(postal).post(link_in(outbox(postal)[0])).location == "/login"
    assert column(postal, User.email_confirmed_at, "Kenji") is not None


def test_the_mail_is_sent_again_when_asked_for(postal, outbox, link_in):
    client = browser(postal)
    client.post("/join", data=JOIN)
    assert "that we sent to kenji@example.org" in client.get("/settings/email").text
    answer = client.post("/settings/email", data={"email": JOIN["email"], "password": JOIN["password"]})
    assert answer.status_code == 303
    assert "We sent you a mail" in client.get(answer.location).text
    first, second = outbox(postal)
    assert client.post(link_in(second)).status_code == 303
    assert client.post(link_in(first)).status_code == 404


@pytest.mark.parametrize("used_for", [purpose for purpose in Purpose if purpose != Purpose.RESET_PASSWORD])
def test_a_link_serves_its_own_purpose_only(app, guest, used_for):
    with app.app_context(), write() as session:
        alice = makers.member(session, "Alice")
        secret = tokens.issue(session, alice, Purpose.RESET_PASSWORD, "alice@example.org", datetime.now(UTC))
    with app.app_context(), write() as session, pytest.raises(NotFound):
        tokens.redeem(session, used_for, secret, datetime.now(UTC))
    assert guest.get(f"/reset/{secret}").status_code == 200


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_runs_out_and_is_forgotten(app, purpose):
    now = datetime.now(UTC)
    with app.app_context(), write() as session:
        secret = tokens.issue(session, makers.member(session, "Alice"), purpose, "alice@example.org", now)
    late = now + tokens.LIVES_FOR[purpose]
    with app.app_context():
        assert tokens.find(reading(), purpose, secret, late - timedelta(seconds=1)).name == "Alice"
        with pytest.raises(NotFound):
            tokens.find(reading(), purpose, secret, late)
        tidying.tidy(late)
        assert reading().scalar(sa.select(sa.func.count()).select_from(Token)) == 0


def test_the_table_does_not_hold_the_secret(app):
    with app.app_context(), write() as session:
        alice = makers.member(session, "Alice")
        secret = tokens.issue(session, alice, Purpose.RESET_PASSWORD, "alice@example.org", datetime.now(UTC))
        session.flush()
        row = session.execute(sa.select(Token.__table__)).one()
    assert len(secret) == 43
    assert secret not in [str(value) for value in row]


def test_a_forgotten_password_is_set_anew_and_all_sessions_end(postal, member, outbox, link_in):
    guest = browser(postal)
    answer = guest.post("/reset", data={"email": "Alice@example.org"})
    assert answer.status_code == 303
    link = link_in(outbox(postal)[-1])
    assert "A new password for Alice" in guest.get(link).text
    assert guest.post(link, data={"password": "short"}).status_code == 422
    assert guest.post(link, data={"password": "sunny engawa afternoon"}).location == "/"
    assert 'data-user="Alice"' in guest.get("/settings").text
    assert member.get("/settings").status_code == 303
    assert guest.get(link).status_code == 404
    for password, status in ((makers.PASSWORD, 422), ("sunny engawa afternoon", 303)):
        answer = browser(postal).post("/login", data={"username": "Alice", "password": password})
        assert answer.status_code == status
    assert outbox(postal)[-1].subject == "Your password was changed"


def test_asking_for_a_reset_answers_the_same_for_known_and_unknown_addresses(postal, outbox):
    with postal.app_context(), write() as session:
        makers.member(session, "Alice")
    answers = []
    for email in ("alice@example.org", "nobody@example.org"):
        client = browser(postal)
        answer = client.post("/reset", data={"email": email})
        answers.append((answer.status_code, answer.location, answer.text, client.get("/login").text))
    assert answers[0] == answers[1]
    assert "a mail with a link is on its way" in answers[0][3]
    assert [mail.subject for mail in outbox(postal)] == ["A new password", "No account with this address"]


def test_a_reset_is_mailed_three_times_an_hour_to_known_and_unknown_addresses(postal):
    with postal.app_context(), write() as session:
        makers.member(session, "Alice")
    for email in ("alice@example.org", "nobody@example.org"):
        answers = [browser(postal).post("/reset", data={"email": email}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
        assert int(answers[3].headers["Retry-After"]) > 0


def test_a_change_of_address_tells_the_old_one_and_ends_all_sessions(postal, member, outbox, link_in):
    answer = member.post("/settings/email", data={"email": "new@example.org", "password": makers.PASSWORD})
    assert answer.status_code == 303
    to_new, to_old = outbox(postal)
    assert (to_new.recipient, to_old.recipient) == ("new@example.org", "alice@example.org")
    assert "new@example.org" in to_old.text
    assert column(postal, User.email) == "alice@example.org"
    assert "We sent a link to new@example.org" in member.get("/settings/email").text
    assert member.get(link_in(to_new)).status_code == 200
    assert member.post(link_in(to_new)).location == "/login"
    assert column(postal, User.email) == "new@example.org"
    assert member.get("/settings").status_code == 303
    with postal.app_context():
        assert reading().scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0


def test_a_changed_address_needs_its_member_signed_in(postal, member, outbox, link_in):
    with postal.app_context(), write() as session:
        makers.member(session, "Bob")
    member.post("/settings/email", data={"email": "new@example.org", "password": makers.PASSWORD})
    link = link_in(outbox(postal)[0])
    stranger = browser(postal)
    for answer in (stranger.get(link), stranger.post(link)):
        assert (answer.status_code, answer.location) == (403, None)
        assert "Please log in as Alice first" in answer.text
    stranger.post("/login", data={"username": "Bob", "password": makers.PASSWORD})
    for answer in (stranger.get(link), stranger.post(link)):
        assert answer.status_code == 403
        assert "Please log in as Alice first" in answer.text
    assert member.post(link).location == "/login"


def test_a_taken_new_address_gets_the_same_answer_and_its_owner_a_mail(postal, member, outbox):
    with postal.app_context(), write() as session:
        makers.member(session, "Bob")
    answers = []
    for email in ("bob@example.org", "free@example.org"):
        answer = member.post("/settings/email", data={"email": email, "password": makers.PASSWORD})
        answers.append(
            (answer.status_code, answer.location, member.get("/settings/email").text.replace(email, "X"))
        )
    assert answers[0] == answers[1]
    to_bob = outbox(postal)[0]
    assert to_bob.recipient == "bob@example.org"
    assert "/email/" not in to_bob.text


def test_a_change_of_address_needs_the_password(postal, member, outbox):
    answer = member.post("/settings/email", data={"email": "new@example.org", "password": "not the password"})
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert outbox(postal) == []


@pytest.mark.parametrize("kept", ["reset", "email"])
def test_a_change_of_password_makes_all_links_void(postal, member, outbox, link_in, kept):
    member.post("/settings/email", data={"email": "new@example.org", "password": makers.PASSWORD})
    browser(postal).post("/reset", data={"email": "alice@example.org"})
    link = next(link_in(mail) for mail in outbox(postal) if f"/{kept}/" in mail.text)
    assert member.get(link).status_code == 200
    new = {"old_password": makers.PASSWORD, "password": "sunny engawa afternoon"}
    assert member.post("/settings/password", data=new).status_code == 303
    assert member.get(link).status_code == 404


@pytest.mark.parametrize("path", ["/confirm/unknown", "/reset/unknown", "/confirm/" + "x" * 500])
def test_an_unknown_link_leads_nowhere(guest, path):
    assert guest.get(path).status_code == 404
    assert guest.post(path, data={"password": "sunny engawa afternoon"}).status_code == 404


def test_another_site_can_not_press_the_button(postal, outbox, link_in):
    browser(postal).post("/join", data=JOIN)
    link = link_in(outbox(postal)[0])
    assert browser(postal).post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert column(postal, User.email_confirmed_at, "Kenji") is None


def test_an_address_in_code_is_refused_before_a_mail_is_made(postal, outbox):
    answer = browser(postal).post("/reset", data={"email": "=?utf-8?q?=0a?=@example.org"})
    assert answer.status_code == 422
    assert outbox(postal) == []


def test_new_passwords_are_not_tried_without_end(app, guest):
    with app.app_context(), write() as session:
        alice = makers.member(session, "Alice")
        secret = tokens.issue(session, alice, Purpose.RESET_PASSWORD, "alice@example.org", datetime.now(UTC))
    answers = [guest.post(f"/reset/{secret}", data={"password": "password1234"}) for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {422}
    assert (answers[20].status_code, "Retry-After" in answers[20].headers) == (429, True)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_nobody_keeps_the_page_behind_a_link(app, sign_in, purpose):
    with app.app_context(), write() as session:
        alice = makers.member(session, "Alice")
        secret = tokens.issue(session, alice, purpose, "alice@example.org", datetime.now(UTC))
    answer = sign_in("Alice").get(PATHS[purpose] + secret)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
