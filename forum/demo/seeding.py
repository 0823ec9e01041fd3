"""An empty board becomes one on which people are talking, from the TOML files beside this module.

Everybody on it is marked as demo. Nobody can log in as them, except with three accounts whose passwords are made anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts.models import Role, User
from forum.demo import people, posts, waiting
from forum.moderation import steering
from forum.threads.models import Board

FOLDER = Path(__file__).parent


def seed(session: Session, now: datetime) -> tuple[people.Login, ...] | None:
    """Fill a board that has neither boards nor members, and return the logins to print once; else do nothing.

    Nothing is screened but what shall wait for a moderator. Takes a second or two.
    """
    if not is_empty(session):
        return None
    boards = _read("boards")["board"]
    threads = [(board["slug"], thread) for board in boards for thread in _read(board["slug"])["thread"]]
    session.add_all(Board(**board, position=position) for position, board in enumerate(boards))
    logins = people.add_accounts(session, now)
    people.add_members(session, _read("members")["member"], now)
    thread_ids = posts.add_posts(session, posts.contributions(threads, now))
    _steer(session, [thread for _, thread in threads], thread_ids, now)
    waiting.add(session, _read("queue"), thread_ids, now)
    return logins


def is_empty(session: Session) -> bool:
    """Whether there is neither a board nor a member; one statement."""
    return not session.scalar(sa.select(sa.exists(sa.select(Board.id)) | sa.exists(sa.select(User.id))))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _steer(
    session: Session, threads: Sequence[dict[str, Any]], thread_ids: Mapping[str, int], now: datetime
) -> None:
    """Pin and lock what is to be, as the demo's moderator, so that the public log has something to show."""
    moderator = session.scalars(sa.select(User).where(User.role == Role.MODERATOR)).one()
    viewer = Viewer(id=moderator.id, name=moderator.name, role=moderator.role, is_confirmed=True)
    for thread in sorted(threads, key=lambda thread: -thread["days_ago"]):
        at = now - timedelta(days=thread["days_ago"] / 2)
        if thread.get("is_pinned"):
            steering.pin(session, viewer, thread_ids[thread["title"]], at)
        if thread.get("is_locked"):
            steering.lock(session, viewer, thread_ids[thread["title"]], thread["lock_reason"], at)
