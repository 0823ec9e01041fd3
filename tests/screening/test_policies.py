"""The thresholds that the staff choose."""

from __future__ import annotations

import pytest

from forum.db import write
from forum.errors import Conflict, Invalid
from forum.screening import policies
from forum.spam.judging import Policy
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MORI = 3
MOMENT = makers.now()
STRICT = Policy(hold_newcomer=0.3, hold_known=0.6, refuse=0.98)


@pytest.fixture
def session(app):
    with app.app_context(), write() as session:
        yield session


def test_the_defaults_count_while_nobody_has_chosen(session):
    assert policies.current(session) == Policy()
    assert policies.history(session) == ()


def test_the_last_choice_counts_and_all_are_remembered(session):
    policies.choose(session, STRICT, MORI, 0, MOMENT)
    policies.choose(session, Policy(), MORI, policies.newest_id(session), MOMENT)
    assert policies.current(session) == Policy()
    assert [(change.policy, change.by) for change in policies.history(session)] == [
        (Policy(), "Mori"),
        (STRICT, "Mori"),
    ]


def test_a_choice_made_from_an_old_page_is_refused(session):
    policies.choose(session, STRICT, MORI, 0, MOMENT)
    with pytest.raises(Conflict):
        policies.choose(session, Policy(), MORI, 0, MOMENT)
    assert policies.current(session) == STRICT


@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        (Policy(hold_newcomer=0.0), {"hold_newcomer"}),
        (Policy(hold_newcomer=1.0, hold_known=1.0), {"hold_newcomer", "hold_known"}),
        (Policy(refuse=0.9), {"refuse"}),
        (Policy(refuse=1.0), {"refuse"}),
        (Policy(hold_newcomer=float("nan")), {"hold_newcomer"}),
        (Policy(hold_newcomer=0.8, hold_known=0.7), {"hold_known"}),
    ],
)
def test_thresholds_stay_in_their_bounds_and_in_their_order(session, policy, fields):
    with pytest.raises(Invalid) as caught:
        policies.choose(session, policy, MORI, 0, MOMENT)
    assert caught.value.fields.keys() == fields
    assert policies.current(session) == Policy()
