"""What the filter has learnt, as this process knows it: the live model, and every lesson that is committed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from forum.db import db
from forum.screening import policies, rules, snapshots, versions
from forum.screening.models import FilterPolicy, Lesson
from forum.screening.rules import Criterion
from forum.screening.snapshots import Progress
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
    criteria: tuple[Criterion, ...] = ()
    """What the staff's rules look for."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells one moment from another: the values of MARK."""

    live_id: int | None
    live_since: datetime | None
    shadow_id: int | None
    policy_id: int | None
    rules: str | None
    lesson_id: int


@dataclass(frozen=True, slots=True)
class _State:
    mark: _Mark
    live: Progress
    shadow: Progress | None
    learnt: Learnt


class _Shelf:
    """Holds the newest state of one application."""

    def __init__(self, shipped: Path) -> None:
        self.shipped = shipped
        self.lock = threading.Lock()
        self.state: _State | None = None


# Columns for a statement that somebody makes anyway: their values say whether anything is new.
MARK = (
    versions.LIVE_ID,
    versions.LIVE_SINCE,
    versions.SHADOW_ID,
    sa.select(sa.func.max(FilterPolicy.id)).scalar_subquery().label("policy_id"),
    rules.MARK,
    sa.select(sa.func.coalesce(sa.func.max(Lesson.id), 0)).scalar_subquery().label("lesson_id"),
)
_ONLY_MARK = sa.select(*MARK)


def init(app: Flask, shipped: Path = SHIPPED_MODEL) -> None:
    """Give the application a place for its model; it is loaded when the first text is screened."""
    app.extensions["text_model"] = _Shelf(shipped)


def current() -> Model | None:
    """The text model that decides, as `learnt` knows it."""
    return learnt().model


def learnt(seen: Iterable[Any] | None = None) -> Learnt:
    """Everything that the filter has learnt by what is committed now.

    One statement on a connection of its own, because a lesson of an unfinished transaction must not count: it may be
    rolled back. None for a caller who has `seen` the values of MARK, when they are those known. Each text that was
    taught since costs a quarter of a millisecond, once; a new version costs all since its snapshot.
    """
    state = _shelf().state
    if seen is not None and state is not None and state.mark == _Mark(*seen):
        return state.learnt
    return _newest().learnt


def reached() -> list[Progress]:
    """How far the live model, and the one in shadow if there is one, have come. One statement, as in `learnt`."""
    state = _newest()
    return [state.live, state.shadow] if state.shadow else [state.live]


def _shelf() -> _Shelf:
    return current_app.extensions["text_model"]


def _newest() -> _State:
    shelf = _shelf()
    with shelf.lock, Session(db.engine) as session:
        mark = _Mark(*session.execute(_ONLY_MARK).one())
        if shelf.state is None or shelf.state.mark != mark:
            shelf.state = _caught_up(session, shelf, mark)
        return shelf.state


def _caught_up(session: Session, shelf: _Shelf, mark: _Mark) -> _State:
    state = shelf.state
    if state is not None and _is_continued(state.mark, mark):
        live, shadow = state.live, state.shadow
    else:
        live = snapshots.begun(session, versions.base(mark.live_id, shelf.shipped))
        shadow = mark.shadow_id and snapshots.begun(session, versions.base(mark.shadow_id, shelf.shipped))
    live = snapshots.advanced(session, live, mark.lesson_id)
    shadow = snapshots.advanced(session, shadow, mark.lesson_id) if shadow else None
    policy, criteria = policies.current(session), rules.criteria(session)
    learnt = Learnt(live.model, shadow and shadow.model, live.weights, policy, criteria)
    return _State(mark, live, shadow, learnt)


def _is_continued(old: _Mark, new: _Mark) -> bool:
    """Whether nothing but lessons, thresholds and rules came since."""
    before, after = (old.live_id, old.live_since, old.shadow_id), (new.live_id, new.live_since, new.shadow_id)
    return before == after and old.lesson_id <= new.lesson_id
