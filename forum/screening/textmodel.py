"""What the filter has learnt, as this process knows it: the live model, and every lesson that is committed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from forum.db import db
from forum.screening import policies, versions
from forum.screening.models import FilterPolicy, Lesson
from forum.spam.judging import Policy
from forum.spam.model import SHIPPED_MODEL, Model
from forum.spam.weights import Weights


@dataclass(frozen=True, slots=True)
class Learnt:
    """The filter at one moment. Its parts are replaced, never changed, so that readers need no lock."""

    model: Model | None
    """The text model that decides; None: broken or missing."""
    shadow: Model | None
    """The one that runs in shadow, with the same lessons."""
    weights: Weights = field(default_factory=Weights)
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells one moment from another, in one row."""

    live_id: int | None = None
    shadow_id: int | None = None
    policy_id: int | None = None
    lesson_id: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    mark: _Mark
    learnt: Learnt


class _Shelf:
    """Holds the newest state of one application."""

    def __init__(self, shipped: Path) -> None:
        self.shipped = shipped
        self.lock = threading.Lock()
        self.state: _State | None = None


_MARK = sa.select(
    versions.LIVE_ID,
    versions.SHADOW_ID,
    sa.select(sa.func.max(FilterPolicy.id)).scalar_subquery(),
    sa.select(sa.func.coalesce(sa.func.max(Lesson.id), 0)).scalar_subquery(),
)


def init(app: Flask, shipped: Path = SHIPPED_MODEL) -> None:
    """Give the application a place for its model; it is loaded when the first text is screened."""
    app.extensions["text_model"] = _Shelf(shipped)


def forget() -> None:
    """Start again from the stored versions and all lessons, as after a restored database."""
    current_app.extensions["text_model"].state = None


def current() -> Model | None:
    """The text model that decides, as `learnt` knows it."""
    return learnt().model


def learnt() -> Learnt:
    """Everything that the filter has learnt by what is committed now.

    One statement on a connection of its own, because a lesson of an unfinished transaction must not count: it may be
    rolled back. Each new lesson costs about a hundred microseconds, once; a new version costs all lessons again.
    """
    shelf: _Shelf = current_app.extensions["text_model"]
    with shelf.lock, Session(db.engine) as session:
        mark = _Mark(*session.execute(_MARK).one())
        if shelf.state is None or shelf.state.mark != mark:
            shelf.state = _State(mark, _caught_up(session, shelf, mark))
        return shelf.state.learnt


def _caught_up(session: Session, shelf: _Shelf, mark: _Mark) -> Learnt:
    state = shelf.state
    if state is None or not _is_continued(state.mark, mark):
        shadow_id = mark.shadow_id
        state = _State(
            _Mark(),
            Learnt(
                model=versions.base(mark.live_id, shelf.shipped),
                shadow=None if shadow_id is None else versions.base(shadow_id, shelf.shipped),
            ),
        )
    known = _taught(session, state) if mark.lesson_id > state.mark.lesson_id else state.learnt
    return Learnt(known.model, known.shadow, known.weights, policies.current(session))


def _is_continued(old: _Mark, new: _Mark) -> bool:
    """Whether nothing but lessons and thresholds came since."""
    return (old.live_id, old.shadow_id) == (new.live_id, new.shadow_id) and old.lesson_id <= new.lesson_id


def _taught(session: Session, state: _State) -> Learnt:
    """The same with all newer lessons."""
    known = state.learnt
    model, shadow = known.model and known.model.copy(), known.shadow and known.shadow.copy()
    weights = known.weights.copy()
    lessons = sa.select(Lesson.text, Lesson.step, Lesson.weight_steps).where(Lesson.id > state.mark.lesson_id)
    for text, step, weight_steps in session.execute(lessons):
        for learner in (model, shadow):
            if learner and step:
                learner.apply(text, step)
        weights.apply(weight_steps)
    return Learnt(model, shadow, weights)
