"""Boards of another forum as boards of this one."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.db import reading, write
from forum.importers.items import Shelf
from forum.importers.remembering import Tally, fresh, note
from forum.importers.texts import one_line
from forum.text.languages import language_of
from forum.text.slugs import slugify
from forum.threads.models import Board

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 300


def load(shelves: Sequence[Shelf]) -> Tally:
    """Make the boards that are not there yet, behind the others."""
    tally = Tally()
    new, known = fresh(reading(), "board", shelves)
    tally.known["boards"] += len(known)
    if not new:
        return tally
    with write() as session:
        for shelf in new:
            board_id = _having_slug(session, shelf)
            tally.known["boards"] += board_id is not None
            tally.made["boards"] += board_id is None
            note(session, "board", {shelf.origin: board_id or _add(session, shelf)})
    return tally


def _having_slug(session: Session, shelf: Shelf) -> int | None:
    return session.scalar(sa.select(Board.id).where(Board.slug == _slug(shelf)))


def _add(session: Session, shelf: Shelf) -> int:
    last = session.scalar(sa.select(sa.func.max(Board.position)))
    board = Board(
        slug=_slug(shelf),
        name=one_line(shelf.name, LONGEST_NAME),
        description=one_line(shelf.description, LONGEST_DESCRIPTION),
        lang=language_of(shelf.name),
        position=0 if last is None else last + 1,
    )
    session.add(board)
    session.flush()
    return board.id


def _slug(shelf: Shelf) -> str:
    return slugify(shelf.slug) or slugify(shelf.name) or "imported"
