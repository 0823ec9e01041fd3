"""What is thrown away by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from forum import jobs
from forum.accounts import sessions, tokens
from forum.db import write


def init(app: Flask) -> None:
    """Tidy once an hour, a little after it, when nothing else of the board begins."""
    jobs.define(app, lambda: tidy(datetime.now(UTC)), name="tidy_accounts", minute="7")


def tidy(now: datetime) -> None:
    """Forget sessions and links that have run out."""
    with write() as session:
        sessions.forget_expired(session, now)
        tokens.forget_expired(session, now)
