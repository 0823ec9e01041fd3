"""Making boards, which operators do at a terminal."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.errors import Conflict, Invalid
from forum.text.languages import language_of
from forum.text.slugs import slugify
from forum.threads.models import Board


def create(
    session: Session,
    *,
    slug: str,
    name: str,
    name_ja: str = "",
    description: str = "",
    description_ja: str = "",
) -> Board:
    """A new board, after all others. Raises Invalid for a slug that would not stand in an address, and Conflict."""
    if not slug or slug != slugify(slug):
        raise Invalid(slug=_("A board's address may hold small letters, digits and hyphens."))
    if session.scalar(sa.select(Board.id).where(Board.slug == slug)) is not None:
        raise Conflict(_("There is a board of that address already."))
    position = session.scalar(sa.select(sa.func.coalesce(sa.func.max(Board.position), 0))) or 0
    board = Board(
        slug=slug,
        name=name,
        name_ja=name_ja,
        description=description,
        description_ja=description_ja,
        lang=language_of(description or name),
        position=position + 1,
    )
    session.add(board)
    session.flush()
    return board
