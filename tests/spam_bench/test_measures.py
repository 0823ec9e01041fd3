"""Figures of merit, by cases that can be counted on paper."""

from __future__ import annotations

from itertools import product
from math import isnan

import numpy as np
import pytest

from tools.spam_bench.measures import (
    average_precision,
    by_label,
    calibration_error,
    catch_at,
    figures,
    roc_auc,
    threshold_at,
)

GOOD = np.array([0.1, 0.2, 0.3, 0.8])
SPAM = np.array([0.3, 0.7, 0.9, 0.95])


def test_without_a_wrong_verdict_only_what_lies_above_the_worst_good_comment_is_caught():
    assert catch_at(GOOD, SPAM, 0.0) == 0.5


def test_one_wrong_verdict_in_four_moves_the_threshold_to_the_next_and_ties_never_help():
    assert threshold_at(GOOD, 0.25) == 0.3
    assert catch_at(GOOD, SPAM, 0.25) == 0.75
    assert catch_at(GOOD, SPAM, 0.249) == 0.5


def test_where_all_may_be_wronged_everything_is_caught():
    assert catch_at(GOOD, SPAM, 1.0) == 1.0


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    wins = [(good < spam) + (good == spam) / 2 for good, spam in product(GOOD, SPAM)]
    assert roc_auc(GOOD, SPAM) == pytest.approx(sum(wins) / 16)
    assert roc_auc(np.zeros(3), np.zeros(2)) == 0.5


def test_average_precision_sums_precision_over_the_gains_in_recall():
    # Caught and wronged at each threshold: 0.95: 1, 0; 0.9: 2, 0; 0.7: 3, 1; 0.3: 4, 2.
    assert average_precision(GOOD, SPAM) == pytest.approx((1 + 1 + 3 / 4 + 4 / 6) / 4)
    assert average_precision(np.array([0.5]), np.array([0.5])) == 0.5


def test_average_precision_agrees_with_a_count_at_each_threshold():
    draw = np.random.default_rng(7)
    good, spam = draw.integers(0, 30, 200) / 30, draw.integers(5, 31, 80) / 30
    area, recalled = 0.0, 0
    for level in sorted(set(spam), reverse=True):
        caught, wronged = (spam >= level).sum(), (good >= level).sum()
        area += (caught - recalled) / len(spam) * caught / (caught + wronged)
        recalled = caught
    assert average_precision(good, spam) == pytest.approx(area)


def test_calibration_compares_what_was_said_with_what_came_true():
    # Ten comments at 0.7, seven of them spam, are perfect; ten at 0.7 with none are 0.7 off.
    assert calibration_error(np.full(3, 0.7), np.full(7, 0.7)) == pytest.approx(0)
    assert calibration_error(np.full(10, 0.7), np.array([])) == pytest.approx(0.7)
    # Half is right, half is 0.4 off.
    assert calibration_error(np.array([0.0, 0.4]), np.array([])) == pytest.approx(0.2)


def test_scores_that_are_no_probabilities_have_no_calibration():
    assert isnan(calibration_error(np.array([-1.0]), np.array([3.0])))


def test_without_spam_there_is_no_figure():
    none = np.array([])
    found = figures(GOOD, none)
    assert all(map(isnan, (found.catch_0, found.catch_1, found.roc_auc, found.pr_auc)))
    assert isnan(catch_at(none, SPAM, 0.01))


def test_scores_are_told_apart_by_their_labels():
    good, spam = by_label([0.1, 0.9, 0.2], [False, True, False])
    assert good.tolist() == [0.1, 0.2]
    assert spam.tolist() == [0.9]
