"""Mail from this room, through a real server, without one, and past one that is down."""

from __future__ import annotations

import email
import email.policy
import socket
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from aiosmtpd.controller import Controller

from forum import mail
from forum.db import write
from forum.settings import Settings
from tests import makers
from tests.conftest import browser


class Mailbox:
    """What a mail server of the tests was given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name for it
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(postal):
    """A real SMTP server that the board is pointed to."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=_free_port())
    server.start()
    kept = postal.extensions["mail_transport"]
    settings = Settings(
        base_url="http://localhost", smtp_url=f"smtp://127.0.0.1:{server.port}?from=board@example.org"
    )
    postal.extensions["mail_transport"] = mail.smtp(settings)
    yield box
    postal.extensions["mail_transport"] = kept
    server.stop()


def ask_for_reset(app, language="en"):
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
    answer = browser(app).post(
        "/reset", data={"email": "alice@example.org"}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 303


def test_a_mail_arrives_with_the_boards_own_address_in_its_link(postal, mailbox, outbox):
    ask_for_reset(postal)
    with postal.app_context():
        assert mail.deliver(datetime.now(UTC)) == 1
    message = mailbox.messages[0]
    assert (message["To"], message["From"], message["Subject"]) == (
        "alice@example.org",
        "board@example.org",
        "A new password",
    )
    text = message.get_content()
    assert "Hello Alice," in text
    assert "http://localhost/reset/" in text
    assert outbox(postal) == []


def test_the_host_of_a_request_never_gets_into_a_link(postal, outbox):
    with postal.app_context(), write() as session:
        makers.member(session, "Alice")
    browser(postal).post(
        "/reset",
        data={"email": "alice@example.org"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Sec-Fetch-Site": "same-origin"},
    )
    assert "evil.example" not in outbox(postal)[0].text


def test_a_mail_that_can_not_be_sent_is_kept_and_tried_again(postal, outbox, mailbox):
    arrives = postal.extensions["mail_transport"]
    postal.extensions["mail_transport"] = mail.smtp(Settings(smtp_url=f"smtp://127.0.0.1:{_free_port()}"))
    ask_for_reset(postal)
    now = datetime.now(UTC)
    with postal.app_context():
        assert mail.deliver(now) == 0
    assert outbox(postal)[0].tries == 1
    postal.extensions["mail_transport"] = arrives
    with postal.app_context():
        assert mail.deliver(now + timedelta(minutes=2)) == 1
    assert len(mailbox.messages) == 1


def test_without_a_mail_server_a_mail_becomes_a_file(app):
    ask_for_reset(app)
    with app.app_context():
        assert mail.deliver(datetime.now(UTC)) == 1
    files = sorted((app.config["SETTINGS"].data_dir / "mail").glob("*.eml"))
    message = email.message_from_bytes(files[-1].read_bytes(), policy=email.policy.default)
    assert "http://localhost/reset/" in message.get_content()


def test_the_page_for_a_forgotten_password_says_when_no_mail_can_be_sent(app, postal):
    assert "does not send mail" in browser(app).get("/reset").text
    assert "does not send mail" not in browser(postal).get("/reset").text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
