"""Attacks as they are scripted, and what of them becomes public; the filter takes their words for good ones."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from forum.access import Viewer
from forum.accounts.models import User
from forum.db import write
from forum.screening import asking, learning, textmodel
from forum.screening.models import Decision, Kind
from forum.screening.origins import Origin
from forum.spam.judging import Outcome, Submission
from forum.spam.model import Model
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()
ENGLISH = (
    "After three months of waiting I asked the people from the agency near the station, and they got my papers done"
    " in a week, so write to them before you lose more time with the office."
)
JAPANESE = (
    "三か月も待たされたので駅前の事務所に相談したら一週間で書類が全部そろいました。"
    "役所で時間を無駄にする前に相談してみてください。"
)
# As far as a word can be told in Japanese: a run of one script, of two signs or three.
WORD = re.compile("[一-鿿]{1,2}|[ァ-ヶー]+|[ぁ-ん]{1,3}|[^\\s一-鿿ァ-ヶーぁ-ん]+")


@pytest.fixture(autouse=True)
def kind_model(app, tmp_path):
    """A model that takes both texts for good ones: one to ten."""
    model = Model.empty()
    for body in (ENGLISH, JAPANESE):
        while model.probability(body) > 0.1:
            model.apply(body, model.step_for(body, False))
    model.save(tmp_path / "model.bin")
    textmodel.init(app, tmp_path / "model.bin")
    yield
    textmodel.init(app)


@pytest.mark.parametrize("body", [ENGLISH, JAPANESE])
def test_of_fifty_near_copies_from_ten_fresh_accounts_two_become_public(app, body):
    rng, outcomes = random.Random(5), []
    with app.app_context(), write() as session:
        robots = [makers.newcomer(session, f"Robot{number}") for number in range(10)]
        for number in range(50):
            at = MOMENT + timedelta(seconds=20 * number)
            outcomes.append(sent(session, robots[number % 10], changed(body, rng), at))
    assert outcomes.count(Outcome.PUBLISHED) <= 2
    assert Outcome.PUBLISHED not in outcomes[3:]


@pytest.mark.parametrize("body", [ENGLISH, JAPANESE])
def test_once_a_moderator_rejected_one_all_copies_are_held_even_those_of_a_stolen_account(app, body):
    rng = random.Random(6)
    with app.app_context(), write() as session:
        row = row_of(session, makers.newcomer(session, "Robot"), body, MOMENT)
        row.decision = Decision.SPAM
        learning.teach(session, row.id, True, MOMENT)
        stolen = makers.member(session, "Veteran", approved_count=400)
        found = [sent(session, stolen, changed(body, rng), MOMENT) for _ in range(40)]
        assert set(found) == {Outcome.HELD}


def test_what_others_write_meanwhile_is_not_held(app):
    rng = random.Random(7)
    with app.app_context(), write() as session:
        for number in range(10):
            sent(session, makers.newcomer(session, f"Robot{number}"), changed(ENGLISH, rng), MOMENT)
        good = "Which agency did you use for your papers, and how long did it take? The office asked me to come again."
        reader = makers.member(session, "Reader", approved_count=3)
        assert sent(session, reader, good, MOMENT) == Outcome.PUBLISHED


def sent(session, user, body, at):
    return row_of(session, user, body, at).outcome


def row_of(session, user, body, at):
    """The board's answer to a reply."""
    viewer = Viewer(
        id=user.id,
        name=user.name,
        joined_at=user.joined_at,
        is_confirmed=True,
        approved_count=session.get_one(User, user.id, populate_existing=True).approved_count,
    )
    submission = Submission(Kind.REPLY, body, author_name=user.name, form_age_s=40.0)
    origin = Origin("203.0.113.7", network=user.id)
    examined = asking.examine(session, viewer, submission, at, origin)
    return asking.keep(session, user.id, examined, asking.screen(session, viewer, examined, at), at)


def changed(body, rng):
    """One word in ten becomes another."""
    words = WORD.findall(body)
    for place in rng.sample(range(len(words)), len(words) // 10):
        words[place] = rng.choice(
            ("東京", "急いで", "友人", "ビザ") if "の" in body else ("really", "soon", "Osaka", "friend")
        )
    return ("" if "の" in body else " ").join(words)
