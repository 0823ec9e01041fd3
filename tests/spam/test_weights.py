"""Weights of evidence: chosen, then learnt in whole numbers, and never turned round."""

from __future__ import annotations

import random

import pytest

from forum.spam.weights import MOST_GROWTH, PRIORS, UNWEIGHED, WEIGHT_ONE, Weights

EVIDENCE = {"base": 1.0, "text": 2.0, "fresh": 0.5, "good_record": 1.0}
LESSONS = [
    ({"base": 1.0, "text": 3.1, "site_unknown": 1.0}, True),
    ({"base": 1.0, "text": -2.7, "fresh": 0.9}, False),
    ({"base": 1.0, "text": 0.4, "network": -0.6}, False),
    ({"base": 1.0, "text": 1.2, "pace": 7.0}, True),
]


def test_before_any_lesson_the_chosen_weights_count():
    weights = Weights()
    assert {code: weights.of(code) for code in PRIORS} == PRIORS
    assert all(weights.of(code) == 0.0 for code in (*UNWEIGHED, "of an older version"))


def test_a_lesson_moves_the_probability_towards_what_was_decided():
    for is_spam in (True, False):
        weights = Weights()
        before = weights.probability(EVIDENCE)
        weights.apply(weights.steps(EVIDENCE, is_spam))
        assert (weights.probability(EVIDENCE) > before) is is_spam


def test_the_order_of_lessons_does_not_matter_and_each_can_be_taken_back():
    teacher = Weights()
    steps = []
    for values, is_spam in LESSONS * 5:
        steps.append(teacher.steps(values, is_spam))
        teacher.apply(steps[-1])
    shuffled = random.Random(1).sample(steps, len(steps))
    other = Weights()
    for step in shuffled:
        other.apply(step)
    assert [other.of(code) for code in PRIORS] == [teacher.of(code) for code in PRIORS]
    for step in steps:
        other.apply({code: -by for code, by in step.items()})
    assert {code: other.of(code) for code in PRIORS} == PRIORS


def test_no_run_of_decisions_turns_a_weight_round_or_lets_it_run_away():
    for by in (-50 * WEIGHT_ONE, 50 * WEIGHT_ONE):
        weights = Weights()
        weights.apply(dict.fromkeys(PRIORS, by))
        for code, prior in PRIORS.items():
            assert weights.of(code) * prior >= 0.0
            assert abs(weights.of(code)) <= max(2.0, MOST_GROWTH * abs(prior))


def test_what_was_learnt_beyond_the_bounds_is_kept():
    weights = Weights()
    weights.apply({"trap": -50 * WEIGHT_ONE})
    weights.apply({"trap": 50 * WEIGHT_ONE})
    assert weights.of("trap") == PRIORS["trap"]


def test_the_text_and_the_base_learn_to_say_the_share_that_was_seen():
    """Platt scaling: a model that says 0.88 where three of ten are spam is brought down to three of ten."""
    weights, rng = Weights(), random.Random(7)
    values = {"base": 1.0, "text": 2.0}
    for _ in range(3000):
        weights.apply(weights.steps(values, rng.random() < 0.3))
    assert weights.probability(values) == pytest.approx(0.3, abs=0.06)


def test_one_decision_changes_little():
    weights = Weights()
    weights.apply(weights.steps(EVIDENCE, False))
    assert abs(weights.probability(EVIDENCE) - Weights().probability(EVIDENCE)) < 0.03


def test_unknown_evidence_teaches_nothing():
    assert Weights().steps({"moon": 1.0, "no_model": 1.0}, True) == {}


@pytest.mark.parametrize("value", [1e9, -1e9])
def test_no_probability_is_certain(value):
    assert 0.0 < Weights().probability({"text": value}) < 1.0
