"""That a process which starts from a snapshot knows the same, to the bit, as one that took in every lesson."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from forum.db import reading, write
from forum.screening import learning, snapshots, textmodel, tidying, versions
from forum.screening.examined import unread
from forum.screening.models import Cause, FilterSnapshot, Kind, Lesson
from forum.spam.judging import Outcome, Submission, Verdict
from forum.spam.model import SHIPPED_MODEL, Model
from forum.spam.weights import Weights
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
NOW = makers.now()
ADMIN, NANA = 3, 4
OFFERS = ("Instant visa letters, write to our office.", "副業で月収100万円、今すぐ登録。")
ANSWERS = ("Bring cash, the machine takes no cards.", "We heat one room only, with a kotatsu.")


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def other() -> bytes:
    """A model of the board's own."""
    model = Model.empty()
    model.apply(OFFERS[0], model.step_for(OFFERS[0], False))
    return model.dump()


def test_a_snapshot_and_what_came_since_are_all_lessons_to_the_bit(other):
    trial(other)
    numbers = taught_a_few()
    untaught(numbers[0])
    take()
    reached = newest_lesson()
    assert begun(SHIPPED_MODEL.read_bytes()).lesson_id == begun(other).lesson_id == reached > 0
    more = taught_a_few()
    untaught(numbers[1])
    untaught(more[0])
    running = known()
    assert started() == running
    assert running == (*replayed(SHIPPED_MODEL.read_bytes()), replayed(other)[0])
    take()
    assert started() == running


def test_a_snapshot_of_everything_leaves_nothing_to_take_in():
    taught_a_few()
    take()
    assert begun(SHIPPED_MODEL.read_bytes()).model.dump() == textmodel.current().dump()
    assert started() == (*replayed(SHIPPED_MODEL.read_bytes()), None)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"file": b""}, id="empty"),
        pytest.param({"file": b"broken"}, id="not compressed"),
        pytest.param({"file": zlib.compress(Model.empty().dump()[:-1])}, id="cut short"),
        pytest.param({"file": zlib.compress(Model.empty().dump()[:-1] + b"\1")}, id="changed"),
        pytest.param(
            {"weights": sa.literal_column("'{'")}, id="weights that can't be read", marks=pytest.mark.sqlite
        ),
    ],
)
def test_instead_of_a_broken_snapshot_all_lessons_are_taken_in(damage):
    taught_a_few()
    take()
    running = known()
    with write() as session:
        session.execute(sa.update(FilterSnapshot).values(damage))
    assert begun(SHIPPED_MODEL.read_bytes()).lesson_id == 0
    assert started() == running


def test_another_base_model_begins_without_the_snapshot(other):
    taught_a_few()
    take()
    trial(other)
    assert begun(other).lesson_id == 0
    assert started()[2] == replayed(other)[0]
    with write() as session:
        versions.adopt(
            session, reading().scalars(sa.text("SELECT max(id) FROM filter_models")).one(), ADMIN, NOW
        )
    assert started() == (*replayed(other), None)


def test_without_a_model_the_weights_are_taken_in_all_the_same(app, data_dir):
    taught_a_few()
    take()
    weights = textmodel.learnt().weights.learnt()
    textmodel.init(app, data_dir / "none.bin")
    try:
        assert (textmodel.learnt().model, textmodel.learnt().weights.learnt()) == (None, weights)
        tidying.snapshot(NOW)
    finally:
        textmodel.init(app)


def test_the_job_waits_for_many_lessons_and_replaces_the_last_one(other):
    lessons(snapshots.SNAPSHOT_EVERY - 1)
    tidying.snapshot(NOW)
    assert stored() == []
    lessons(1)
    tidying.snapshot(NOW)
    assert stored() == [(digest(), snapshots.SNAPSHOT_EVERY)]
    trial(other)
    lessons(1)
    tidying.snapshot(NOW + timedelta(hours=1))
    # The one in shadow had none; that of the live one is new enough.
    assert sorted(count for _, count in stored()) == [snapshots.SNAPSHOT_EVERY, snapshots.SNAPSHOT_EVERY + 1]
    with write() as session:
        versions.adopt(
            session, session.scalars(sa.text("SELECT max(id) FROM filter_models")).one(), ADMIN, NOW
        )
    lessons(snapshots.SNAPSHOT_EVERY)
    tidying.snapshot(NOW + timedelta(hours=2))
    assert [count for _, count in stored()] == [newest_lesson()]
    assert started() == (*replayed(other), None)


def taught_a_few():
    return [taught(text, is_spam=text in OFFERS) for text in (*OFFERS, *ANSWERS)]


def taught(text, *, is_spam):
    """The number of a text of which a moderator decided."""
    values = {"base": 1.0, "text": 1.5, "fresh": 0.25}
    with write() as session:
        verdict = Verdict(Outcome.HELD, 0.5, (), values)
        row = makers.kept(session, NANA, unread(Submission(Kind.REPLY, text)), verdict, NOW)
        learning.teach(session, row.id, is_spam, NOW)
        return row.id


def untaught(number):
    with write() as session:
        learning.unteach(session, number, NOW)


def lessons(count):
    """As many steps about one text, which the filter is not asked for."""
    with write() as session:
        row = makers.kept(
            session, NANA, unread(Submission(Kind.REPLY, OFFERS[0])), Verdict(Outcome.HELD, 0.5, ()), NOW
        )
        given = {"screening_id": row.id, "text": row.text, "is_spam": True, "cause": Cause.DECISION}
        steps = [{**given, "step": place % 7, "created_at": NOW} for place in range(count)]
        session.execute(sa.insert(Lesson), steps)


def trial(file):
    with write() as session:
        versions.offer_shipped(session, NOW)
        versions.try_out(session, file, "Mine.", ADMIN, NOW)


def take():
    """Snapshots of all models, however few lessons came since the last ones."""
    reached = textmodel.reached()
    rows = snapshots.due(reading(), reached, NOW, every=0)
    with write() as session:
        snapshots.keep(session, rows, reached)


def begun(file):
    return snapshots.begun(reading(), Model.parse(file))


def known():
    """Everything that was learnt, to the bit."""
    learnt = textmodel.learnt()
    return learnt.model.dump(), learnt.weights.learnt(), learnt.shadow and learnt.shadow.dump()


def started():
    """The same in a process that starts."""
    textmodel.init(current_app)
    return known()


def replayed(file):
    """A model and the weights after every single lesson, in the order of their coming."""
    model, weights = Model.parse(file), Weights()
    with write() as session:
        for lesson in session.scalars(sa.select(Lesson).order_by(Lesson.id)):
            model.apply(lesson.text, lesson.step)
            weights.apply(lesson.weight_steps)
    return model.dump(), weights.learnt()


def stored():
    with write() as session:
        return [
            tuple(row) for row in session.execute(sa.select(FilterSnapshot.digest, FilterSnapshot.lesson_id))
        ]


def newest_lesson():
    with write() as session:
        return session.scalars(sa.select(sa.func.max(Lesson.id))).one()


def digest():
    return Model.load(SHIPPED_MODEL).digest
