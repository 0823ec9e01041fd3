"""Mail: written to the database with the change that causes it, sent by a job after the commit.

Without a mail server each mail becomes an .eml file, so that a board can be tried without one.
"""

from __future__ import annotations

import logging
import secrets
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum import jobs
from forum.db import db, reading, write
from forum.schema import Instant, Model
from forum.settings import Settings

log = logging.getLogger(__name__)

# 1, 2, 4 … minutes: the last try is a day and a half after the first, by which time a mail server is repaired or the
# link in the mail has run out.
MOST_TRIES = 12
TIMEOUT_S = 20
BATCH = 50

Transport = Callable[[EmailMessage], None]


class OutgoingMail(Model):
    """A mail that is not sent yet. Rows go when they are sent, since they hold links with secrets."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    message_id: Mapped[str] = mapped_column(sa.String(60))
    """The same for every try, so that a mail which left although we saw an error is known as the same one."""
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Instant, index=True)


def init(app: Flask, settings: Settings) -> None:
    """Choose how mails leave, and let the job send what waits every minute."""
    app.extensions["mail_transport"] = smtp(settings) if settings.smtp_url else files(settings)
    app.extensions["deliver_soon"] = jobs.define(app, lambda: deliver(datetime.now(UTC)), name="deliver_mail")


def post(session: Session, recipient: str, subject: str, text: str, now: datetime) -> None:
    """Put a mail into the outbox, in the caller's transaction. Call `deliver_soon` after the commit."""
    message_id = f"<{secrets.token_hex(16)}@engawa>"
    session.add(
        OutgoingMail(
            recipient=recipient, subject=_one_line(subject), text=text, message_id=message_id, due_at=now
        )
    )


def deliver_soon() -> None:
    """Ask the job to look into the outbox now rather than at the next full minute."""
    current_app.extensions["deliver_soon"]()


def deliver(now: datetime) -> int:
    """Send what is due; returns how many mails left. One that fails is tried again later, twice as late each time."""
    query = sa.select(OutgoingMail).where(OutgoingMail.due_at <= now).order_by(OutgoingMail.id).limit(BATCH)
    waiting = reading().scalars(query).all()
    # The rows are let go and the snapshot ends before the slow part: a mail server may think for long.
    db.session.expunge_all()
    db.session.rollback()
    return sum(_try(mail, now) for mail in waiting)


def _try(mail: OutgoingMail, now: datetime) -> bool:
    try:
        current_app.extensions["mail_transport"](_message(mail))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail, the others behind it must go out
        log.warning("mail not sent", extra={"mail": mail.id, "tries": mail.tries + 1, "reason": repr(error)})
        _put_off(mail.id, now)
        return False
    with write() as session:
        session.execute(sa.delete(OutgoingMail).where(OutgoingMail.id == mail.id))
    return True


def smtp(settings: Settings) -> Transport:
    """A transport that hands each mail to the server of SMTP_URL, encrypted unless that server is this machine."""
    address = urlsplit(settings.smtp_url)
    sender = _sender(address, settings)

    def send(message: EmailMessage) -> None:
        message["From"] = sender
        with _connect(address) as server:
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            server.send_message(message)

    return send


def files(settings: Settings) -> Transport:
    """A transport that writes each mail to DATA_DIR/mail as an .eml file."""
    folder = settings.data_dir / "mail"
    sender = _sender(urlsplit(""), settings)

    def keep(message: EmailMessage) -> None:
        message["From"] = sender
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.eml").write_bytes(bytes(message))

    return keep


def _connect(address: SplitResult) -> smtplib.SMTP:
    host = address.hostname or ""
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(
            host, address.port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    server = smtplib.SMTP(host, address.port or 587, timeout=TIMEOUT_S)
    if host not in ("127.0.0.1", "localhost", "::1"):
        server.starttls(context=ssl.create_default_context())
    return server


def _sender(address: SplitResult, settings: Settings) -> str:
    named = parse_qs(address.query).get("from")
    return named[0] if named else f"Engawa <no-reply@{urlsplit(settings.base_url).hostname}>"


def _message(mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = formatdate(mail.due_at.timestamp())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _put_off(mail_id: int, now: datetime) -> None:
    with write() as session:
        row = session.get(OutgoingMail, mail_id)
        if row is None:
            return
        row.tries += 1
        row.due_at = now + timedelta(minutes=2 ** (row.tries - 1))
        if row.tries >= MOST_TRIES:
            log.error("mail given up", extra={"mail": row.id})
            session.delete(row)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:200]
