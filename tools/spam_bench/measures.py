"""Figures of merit from scores and labels. A higher score is more like spam; ties never help."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BINS = 15
Scores = NDArray[np.float64]


class Figures(NamedTuple):
    """What one contestant reaches, each 0 to 1; NaN where there is no spam or no good comment."""

    catch_0: float
    catch_01: float
    """At one wrong verdict in a thousand good comments, as `catch_1` at one in a hundred."""
    catch_1: float
    roc_auc: float
    pr_auc: float
    ece: float


def figures(good: Scores, spam: Scores) -> Figures:
    """All of them; the error of calibration only of scores between 0 and 1."""
    return Figures(
        catch_0=catch_at(good, spam, 0.0),
        catch_01=catch_at(good, spam, 0.001),
        catch_1=catch_at(good, spam, 0.01),
        roc_auc=roc_auc(good, spam),
        pr_auc=average_precision(good, spam),
        ece=calibration_error(good, spam),
    )


def threshold_at(good: Scores, level: float) -> float:
    """The lowest score that at most this share of the good comments lies above."""
    allowed = floor(level * len(good) + 1e-9)
    return float(np.sort(good)[::-1][allowed]) if allowed < len(good) else -inf


def catch_at(good: Scores, spam: Scores, level: float) -> float:
    """The share of the spam strictly above that threshold."""
    return share_above(spam, threshold_at(good, level)) if len(good) else nan


def share_above(scores: Scores, threshold: float) -> float:
    """The share of the scores strictly above a threshold."""
    return float(np.mean(scores > threshold)) if len(scores) else nan


def roc_auc(good: Scores, spam: Scores) -> float:
    """The probability that a spam scores above a good comment; half for a tie."""
    if not len(good) or not len(spam):
        return nan
    ordered = np.sort(good)
    below = np.searchsorted(ordered, spam, "left") + np.searchsorted(ordered, spam, "right")
    return float(below.sum() / (2 * len(good) * len(spam)))


def average_precision(good: Scores, spam: Scores) -> float:
    """The area below precision over recall, as the sum of precision times the gain in recall at each threshold."""
    if not len(good) or not len(spam):
        return nan
    levels = np.unique(spam)
    caught = len(spam) - np.searchsorted(np.sort(spam), levels, "left")
    wronged = len(good) - np.searchsorted(np.sort(good), levels, "left")
    gained = caught - np.append(caught[1:], 0)
    return float((gained / len(spam) * caught / (caught + wronged)).sum())


def calibration_error(good: Scores, spam: Scores, bins: int = BINS) -> float:
    """The mean distance between probability and frequency, over bins of equal width (ECE)."""
    said = np.concatenate((good, spam))
    if not len(said) or said.min() < 0 or said.max() > 1:
        return nan
    was = np.concatenate((np.zeros(len(good)), np.ones(len(spam))))
    place = np.minimum((said * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(place, said - was, bins)
    return float(np.abs(gaps).sum() / len(said))


def by_label(scores: Sequence[float] | Scores, labels: Sequence[bool]) -> tuple[Scores, Scores]:
    """The scores of the good comments and those of the spam."""
    values, is_spam = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    return values[~is_spam], values[is_spam]
