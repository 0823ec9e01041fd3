"""Which model decides, which watches, and that what changed counts from the next text on."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import current_app
from sqlalchemy import event

from forum.access import Viewer
from forum.db import db, write
from forum.screening import asking, learning, policies, rules, textmodel, versions
from forum.screening.examined import unread
from forum.screening.models import FilterModel, Kind, RuleState
from forum.screening.rules import RuleKind
from forum.spam.judging import Outcome, Policy, Submission, Verdict
from forum.spam.model import SHIPPED_MODEL, Model
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
NOW = makers.now()
OFFER = "Instant visa letters for teachers, write to our office on the line."
ADMIN = 3


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def file(tmp_path) -> bytes:
    """A model that holds the offer for good."""
    own = Model.empty()
    own.apply(OFFER, own.step_for(OFFER, False))
    own.save(tmp_path / "own.bin")
    return (tmp_path / "own.bin").read_bytes()


def test_a_model_in_shadow_says_what_it_would_and_decides_nothing(file):
    before = textmodel.current().probability(OFFER)
    trial(file)
    learnt = textmodel.learnt()
    assert learnt.shadow.probability(OFFER) < 0.5
    assert learnt.model.probability(OFFER) == before
    assert asking.examine(db.session(), viewer(), text(), NOW).shadow_probability < 0.5


def test_lessons_of_before_and_after_count_in_both_models(file):
    taught()
    trial(file)
    taught()
    learnt, alone = textmodel.learnt(), Model.load(SHIPPED_MODEL)
    with write() as session:
        for row in session.execute(sa.text("SELECT text, step FROM lessons")):
            alone.apply(row.text, row.step)
    assert learnt.model.probability(OFFER) == alone.probability(OFFER)
    shadow = learnt.shadow.probability(OFFER)
    with write() as session:
        versions.adopt(session, newest(session), ADMIN, NOW)
    assert textmodel.current().probability(OFFER) == shadow
    assert textmodel.learnt().shadow is None


def test_a_broken_live_model_lets_newcomers_wait(file):
    with write() as session:
        versions.offer_shipped(session, NOW)
        session.execute(sa.update(FilterModel).values(file=b"broken", digest="0" * 64))
    textmodel.init(current_app)
    assert textmodel.current() is None
    taught()
    with write() as session:
        examined = asking.examine(session, viewer(), text(), NOW)
        verdict = asking.screen(session, viewer(), examined, NOW)
    assert (verdict.outcome, verdict.reasons[0].code) == (Outcome.HELD, "no_model")


def test_new_thresholds_count_from_the_next_text_on():
    assert textmodel.learnt().policy == Policy()
    strict = Policy(hold_newcomer=0.1, hold_known=0.2, refuse=0.999)
    with write() as session:
        policies.choose(session, strict, ADMIN, 0, NOW)
        assert textmodel.learnt().policy == Policy()
    assert textmodel.learnt().policy == strict


def test_a_rule_counts_from_the_next_text_on():
    with write() as session:
        rule = rules.add(session, RuleKind.PHRASE, "visa letters", ADMIN, NOW)
        assert asking.examine(session, viewer(), text(), NOW).rules == ()
    assert [met.is_live for met in asking.examine(db.session(), viewer(), text(), NOW).rules] == [False]
    for state, told in ((RuleState.LIVE, [True]), (RuleState.ENDED, [])):
        with write() as session:
            # At the very same moment, as two admins may.
            rules.steer(session, rule.id, state, ADMIN, NOW)
        assert [met.is_live for met in asking.examine(db.session(), viewer(), text(), NOW).rules] == told


def test_who_saw_nothing_new_gets_what_is_known():
    taught()
    learnt, before = textmodel.learnt(), seen()
    assert textmodel.learnt(before) is learnt
    taught()
    newer = textmodel.learnt(seen())
    assert newer.model is not learnt.model
    assert textmodel.learnt(before) is newer


def test_asking_again_costs_one_statement():
    textmodel.learnt()
    asked = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    textmodel.learnt()
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 1


def trial(file):
    with write() as session:
        versions.offer_shipped(session, NOW)
        versions.try_out(session, file, "Mine.", ADMIN, NOW)


def seen():
    with write() as session:
        return session.execute(sa.select(*textmodel.MARK)).one()


def newest(session):
    return session.execute(sa.select(sa.func.max(FilterModel.id))).scalar_one()


def taught():
    with write() as session:
        row = makers.kept(session, 4, unread(text()), Verdict(Outcome.HELD, 0.5, ()), NOW)
        learning.teach(session, row.id, True, NOW)


def text():
    return Submission(Kind.REPLY, OFFER, form_age_s=60.0)


def viewer():
    return Viewer(id=4, name="Nana", joined_at=NOW, is_confirmed=True)
