"""Lock, pin and move threads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer, require_moderator, visible_threads
from forum.errors import Conflict, Invalid, NotFound
from forum.moderation import acts
from forum.moderation.models import Act, ActKind
from forum.threads.models import Board, Lock, Pin, Status, Thread


def find_thread(session: Session, viewer: Viewer, thread_id: int) -> Thread:
    """A thread that the viewer may steer. Raises NotFound."""
    require_moderator(viewer)
    query = sa.select(Thread).where(Thread.id == thread_id, visible_threads(viewer))
    thread = session.scalars(query).first()
    if thread is None:
        raise NotFound(_("There is nothing at this address."))
    return thread


def lock(session: Session, viewer: Viewer, thread_id: int, reason: str, now: datetime) -> Act:
    """Let a thread take no more replies. Raises NotFound, or Conflict when it is locked already."""
    thread = find_thread(session, viewer, thread_id)
    if session.get(Lock, thread.id):
        raise _too_late(session, viewer, thread, acts.LOCKING)
    session.add(Lock(thread_id=thread.id, by_id=viewer.id, reason=reason, created_at=now))
    return acts.record(session, _act(viewer, ActKind.LOCK, thread, now, reason))


def unlock(session: Session, viewer: Viewer, thread_id: int, now: datetime) -> Act:
    """Open a thread again. Raises NotFound, or Conflict when it is open."""
    thread = find_thread(session, viewer, thread_id)
    was = session.get(Lock, thread.id)
    if was is None:
        raise _too_late(session, viewer, thread, acts.LOCKING)
    session.delete(was)
    detail = {"by_id": was.by_id, "lock_reason": was.reason, "at": was.created_at.isoformat()}
    return acts.record(session, _act(viewer, ActKind.UNLOCK, thread, now, **detail))


def pin(session: Session, viewer: Viewer, thread_id: int, now: datetime) -> Act:
    """Put a thread above the others of its board. Raises NotFound, or Conflict when it is there already."""
    thread = find_thread(session, viewer, thread_id)
    if session.get(Pin, thread.id):
        raise _too_late(session, viewer, thread, acts.PINNING)
    session.add(Pin(thread_id=thread.id, by_id=viewer.id, created_at=now))
    return acts.record(session, _act(viewer, ActKind.PIN, thread, now))


def unpin(session: Session, viewer: Viewer, thread_id: int, now: datetime) -> Act:
    """Put a thread back among the others. Raises NotFound, or Conflict when it is there."""
    thread = find_thread(session, viewer, thread_id)
    was = session.get(Pin, thread.id)
    if was is None:
        raise _too_late(session, viewer, thread, acts.PINNING)
    session.delete(was)
    detail = {"by_id": was.by_id, "at": was.created_at.isoformat()}
    return acts.record(session, _act(viewer, ActKind.UNPIN, thread, now, **detail))


def move(session: Session, viewer: Viewer, thread_id: int, board_slug: str, now: datetime) -> Act:
    """Put a thread on another board. Raises NotFound, or Invalid for a board that is not there or the same."""
    thread = find_thread(session, viewer, thread_id)
    board = session.scalars(sa.select(Board).where(Board.slug == board_slug)).first()
    if board is None or board.id == thread.board_id:
        raise Invalid(board=_("Please choose another board."))
    detail = {"from": thread.board_id, "to": board.id, "to_name": {"en": board.name, "ja": board.name_ja}}
    shelve(session, thread, board.id)
    return acts.record(session, _act(viewer, ActKind.MOVE, thread, now, **detail))


def shelve(session: Session, thread: Thread, board_id: int) -> None:
    """Put a thread on a board, and its counts with it when everybody sees them."""
    if thread.status == Status.PUBLIC:
        _count(session, thread, thread.board_id, -1)
        _count(session, thread, board_id, +1)
    thread.board_id = board_id


def _count(session: Session, thread: Thread, board_id: int, sign: int) -> None:
    change = sa.update(Board).where(Board.id == board_id)
    session.execute(
        change.values(
            threads_count=Board.threads_count + sign,
            posts_count=Board.posts_count + sign * thread.posts_count,
        )
    )


def _act(
    viewer: Viewer, kind: ActKind, thread: Thread, now: datetime, reason: str = "", **detail: Any
) -> Act:
    return Act(
        kind=kind,
        actor_id=viewer.id,
        user_id=thread.author_id,
        thread_id=thread.id,
        reason=reason,
        detail={"target": "thread", **detail},
        created_at=now,
    )


def _too_late(session: Session, viewer: Viewer, thread: Thread, family: frozenset[ActKind]) -> Conflict:
    newest = acts.newest(session, family, acts.Thing(thread.author_id, thread.id))
    return acts.already_decided(session, viewer, newest)
