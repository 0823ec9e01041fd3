"""The versions of the text model that the board keeps: the live one, the one in shadow, and those of before.

A version is what a file brought; the board's own lessons are added to it by `textmodel`.
"""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.db import db
from forum.errors import Conflict, Invalid, NotFound
from forum.screening.models import FilterModel, ModelState
from forum.spam.model import SHIPPED_MODEL, BrokenModel, Model
from forum.text.excerpts import cut

log = logging.getLogger(__name__)

# A sentence or a file's name, as long as the column.
NOTE_MAX = 200
# A model of ours is a few MiB; what unpacks to more is none.
MOST_MODEL_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Version:
    """A version as the staff sees it. `by` is empty for one that came with the software."""

    id: int
    digest: str
    state: ModelState
    note: str
    by: str
    changed_at: datetime
    """Since when it is in this state."""


def _mark_of(state: ModelState, column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    # The state stands in words, because SQLite takes a partial index only when it can read its condition.
    in_state = FilterModel.state == sa.literal_column(f"'{state}'")
    return sa.select(column).where(in_state).scalar_subquery()


# Columns for the one statement that asks what is new: while none changes, the models are those of before. A row that
# was broken and is mended keeps its number and gets another time.
LIVE_ID = _mark_of(ModelState.LIVE, FilterModel.id.expression).label("live_id")
LIVE_SINCE = _mark_of(ModelState.LIVE, FilterModel.changed_at.expression).label("live_since")
SHADOW_ID = _mark_of(ModelState.SHADOW, FilterModel.id.expression).label("shadow_id")


def base(version_id: int | None, shipped: Path = SHIPPED_MODEL) -> Model | None:
    """A version as it came, without lessons; None, and an error in the log, when it is broken or missing.

    Without a number it is the shipped file, so that a database that was never offered one is filtered, too. One
    statement on a connection of its own, and some milliseconds: keep the model for as long as the number stays.
    """
    try:
        return Model.load(shipped) if version_id is None else _stored(version_id)
    except BrokenModel as error:
        # Without a model newcomers' posts wait for a moderator, which the verdicts say.
        log.error("no text model", extra={"version": version_id, "reason": str(error)})  # noqa: TRY400
        return None


def unpacked(packed: bytes) -> bytes:
    """A model's file as it was before zlib compressed it. Raises BrokenModel."""
    try:
        return zlib.decompressobj().decompress(packed, MOST_MODEL_BYTES)
    except zlib.error as error:
        raise BrokenModel(str(error)) from error


def kept(session: Session) -> tuple[Version, ...]:
    """All versions, those in use first, then the newest. One statement, which reads no file."""
    order = sa.case(
        (FilterModel.state == ModelState.LIVE, 0), (FilterModel.state == ModelState.SHADOW, 1), else_=2
    )
    columns = (
        FilterModel.id,
        FilterModel.digest,
        FilterModel.state,
        FilterModel.note,
        FilterModel.changed_at,
    )
    query = sa.select(*columns, User.name.label("by")).outerjoin(User, User.id == FilterModel.by_id)
    rows = session.execute(query.order_by(order, FilterModel.changed_at.desc(), FilterModel.id.desc()))
    return tuple(
        Version(row.id, row.digest, ModelState(row.state), row.note, row.by or "", row.changed_at)
        for row in rows
    )


def offer_shipped(session: Session, now: datetime, shipped: Path = SHIPPED_MODEL) -> ModelState | None:
    """Put the model that came with the software where it belongs; returns its new state, None when all stays.

    It is live where no live one can be read. Else it runs in shadow, so that the staff see what it would change before
    they adopt it; while another one does, it is only kept. It is offered once.
    """
    try:
        file = shipped.read_bytes()
        Model.parse(file)
    except (OSError, BrokenModel) as error:
        log.error("the shipped text model can't be offered", extra={"reason": str(error)})  # noqa: TRY400
        return None
    live = _in(session, ModelState.LIVE)
    if live is None or not _reads(live):
        if live:
            log.error(
                "the live text model can't be read, the shipped one takes its place",
                extra={"version": live.id},
            )
        return _store(session, file, ModelState.LIVE, "", None, now)
    if _same(session, file):
        return None
    state = ModelState.RETIRED if _in(session, ModelState.SHADOW) else ModelState.SHADOW
    return _store(session, file, state, "", None, now)


def try_out(session: Session, file: bytes, note: str, by_id: int | None, now: datetime) -> None:
    """Let a model's file run in shadow, in place of the one that does; the note is cut to 200 characters.

    Raises Invalid, and Conflict for a file that is in use.
    """
    try:
        Model.parse(file)
    except BrokenModel:
        raise Invalid(
            _("This file is damaged, or it is no model that this version of the software can read.")
        ) from None
    known = _same(session, file)
    if known and known.state != ModelState.RETIRED:
        raise _in_use(known)
    _store(session, file, ModelState.SHADOW, cut(note, NOTE_MAX), by_id, now)


def watch(session: Session, version_id: int, by_id: int | None, now: datetime) -> None:
    """Let a version of before run in shadow, in place of the one that does. Raises NotFound, Conflict or Invalid."""
    row = _find(session, version_id)
    if row.state != ModelState.RETIRED:
        raise _in_use(row)
    _put(session, row, ModelState.SHADOW, by_id, now)


def adopt(session: Session, version_id: int, by_id: int | None, now: datetime) -> None:
    """Let the version in shadow decide, from the commit on. Raises NotFound, Conflict or Invalid.

    The one before is kept. The board's own lessons stay: each process adds them to the new version when it next
    screens a text.
    """
    _put(session, _in_shadow(session, version_id), ModelState.LIVE, by_id, now)


def end_trial(session: Session, version_id: int, by_id: int | None, now: datetime) -> None:
    """Let the version in shadow run no longer; it is kept. Raises NotFound or Conflict."""
    row = _in_shadow(session, version_id)
    row.state, row.by_id, row.changed_at = ModelState.RETIRED, by_id, now


def _stored(version_id: int) -> Model:
    query = sa.select(FilterModel.file, FilterModel.digest).where(FilterModel.id == version_id)
    with db.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise BrokenModel(f"version {version_id}: no such row")
    return _checked(row.file, row.digest)


def _reads(row: FilterModel) -> bool:
    try:
        _checked(row.file, row.digest)
    except BrokenModel:
        return False
    return True


def _checked(packed: bytes, digest: str) -> Model:
    file = unpacked(packed)
    if sha256(file).hexdigest() != digest:
        raise BrokenModel(f"{digest}: the stored file is not the one that was put there")
    return Model.parse(file)


def _find(session: Session, version_id: int) -> FilterModel:
    row = session.get(FilterModel, version_id)
    if row is None:
        raise NotFound(_("There is nothing at this address."))
    return row


def _in_shadow(session: Session, version_id: int) -> FilterModel:
    row = _find(session, version_id)
    if row.state != ModelState.SHADOW:
        raise Conflict(_("This model does not run in shadow any more. Please look at it again."))
    return row


def _in_use(row: FilterModel) -> Conflict:
    if row.state == ModelState.LIVE:
        return Conflict(_("This model is live already."))
    return Conflict(_("This model runs in shadow already."))


def _in(session: Session, state: ModelState) -> FilterModel | None:
    return session.scalars(sa.select(FilterModel).where(FilterModel.state == state)).first()


def _same(session: Session, file: bytes) -> FilterModel | None:
    digest = sha256(file).hexdigest()
    return session.scalars(sa.select(FilterModel).where(FilterModel.digest == digest)).first()


def _put(session: Session, row: FilterModel, state: ModelState, by_id: int | None, now: datetime) -> None:
    if not _reads(row):
        raise Invalid(_("This model is broken: it can't be read."))
    _make_room(session, state, now)
    row.state, row.by_id, row.changed_at = state, by_id, now
    session.flush()


def _store(
    session: Session, file: bytes, state: ModelState, note: str, by_id: int | None, now: datetime
) -> ModelState:
    """Keep a file in a state. A row that has its digest, and perhaps a damaged file, is written anew."""
    _make_room(session, state, now)
    row = _same(session, file) or FilterModel(digest=sha256(file).hexdigest(), created_at=now)
    row.file, row.note, row.state = zlib.compress(file), note, state
    row.by_id, row.changed_at = by_id, now
    session.add(row)
    session.flush()
    return state


def _make_room(session: Session, state: ModelState, now: datetime) -> None:
    """Retire what is in a state that only one may be in, before the next one comes."""
    before = _in(session, state) if state != ModelState.RETIRED else None
    if before:
        before.state, before.changed_at = ModelState.RETIRED, now
        session.flush()
