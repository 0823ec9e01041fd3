"""The text model as this process knows it: the shipped one plus every lesson that is committed."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app

from forum.db import db
from forum.screening.models import Lesson
from forum.spam.model import SHIPPED_MODEL, BrokenModel, Model

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    model: Model | None
    last_lesson_id: int


class _Shelf:
    """Holds the newest state; states are replaced, never changed, so that readers need no lock."""

    def __init__(self, shipped: Path) -> None:
        self.shipped = shipped
        self.lock = threading.Lock()
        self.state: _State | None = None


def init(app: Flask, shipped: Path = SHIPPED_MODEL) -> None:
    """Give the application a place for its model; it is loaded when the first text is screened."""
    app.extensions["text_model"] = _Shelf(shipped)


def forget() -> None:
    """Start again from the shipped model and all lessons, as after a restored database."""
    current_app.extensions["text_model"].state = None


def current() -> Model | None:
    """The model with all committed lessons, or None when the shipped one can't be read.

    One statement on a connection of its own, because a lesson of an unfinished transaction must not count: it may be
    rolled back. Each new lesson costs about a hundred microseconds, once.
    """
    shelf: _Shelf = current_app.extensions["text_model"]
    with shelf.lock:
        state = shelf.state or _State(_load(shelf.shipped), 0)
        shelf.state = _caught_up(state)
        return shelf.state.model


def _caught_up(state: _State) -> _State:
    if state.model is None:
        return state
    query = (
        sa.select(Lesson.id, Lesson.text, Lesson.step)
        .where(Lesson.id > state.last_lesson_id)
        .order_by(Lesson.id)
    )
    with db.engine.connect() as connection:
        news = connection.execute(query).all()
    if not news:
        return state
    model = state.model.copy()
    for _id, text, step in news:
        model.apply(text, step)
    return _State(model, news[-1].id)


def _load(shipped: Path) -> Model | None:
    try:
        return Model.load(shipped)
    except BrokenModel as error:
        # Without a model newcomers' posts wait for a moderator, which the verdicts say.
        log.error("no text model", extra={"reason": str(error)})  # noqa: TRY400 - the sentence says it all
        return None
