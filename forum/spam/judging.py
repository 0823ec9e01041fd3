"""From a submission, and what the board knows, to one verdict.

The log-odds of all the evidence add up to one probability; what that leads to depends on the standing of the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from forum.spam.evidence import (
    MOST_COUNTED,
    Copies,
    Knowledge,
    Reading,
    Reason,
    Record,
    Standing,
    Submission,
    read,
    standing_of,
    text_of,
)
from forum.spam.signals import DETAIL_CHARS, Signal, signals
from forum.spam.weights import UNWEIGHED, Weights

__all__ = [
    "MOST_COUNTED",
    "Copies",
    "Knowledge",
    "Outcome",
    "Policy",
    "Reading",
    "Reason",
    "Record",
    "Standing",
    "Submission",
    "Verdict",
    "judge",
    "read",
    "standing_of",
    "text_of",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """From which probability on texts are held and refused.

    A newcomer's held post costs the board a welcome, a published advertisement costs every reader: an even chance
    decides. Somebody who was read and approved before is owed the benefit of a strong doubt. A refusal silences without
    a person having looked, so that it needs near certainty.
    """

    hold_newcomer: float = 0.5
    hold_known: float = 0.85
    refuse: float = 0.99


# A refusal also needs two kinds of evidence that fail for different reasons, each of which alone would make the odds
# seven to one.
REFUSAL_LOG_ODDS = 2.0
REFUSAL_KINDS = {
    "text": "text",
    "trap": "form",
    "no_form": "form",
    "quick_form": "form",
    "rejected_before": "repeat",
    "near_rejected": "repeat",
}
# What a good member doesn't do, and a stolen account does.
STOLEN = frozenset({"rejected_before", "near_rejected"})
# What a person looks at first, whatever else speaks for the text: staff's rules, the field that people can't see, and a
# link that comes late; the version before it stays public meanwhile.
LOOKED_AT = frozenset({"rule_phrase", "rule_site", "trap", "late_links"})
# Without these, what they would have said of somebody unknown is said by a person.
MISSING = frozenset({"no_model", "service_down"})

MOST_REASONS = 5
# What would be shown as 0.0 tells nobody anything.
LEAST_TOLD = 0.05


class Outcome(StrEnum):
    """What becomes of a submission."""

    PUBLISHED = "published"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, how likely spam is (0 to 1), and the five strongest reasons, strongest first."""

    outcome: Outcome
    probability: float
    reasons: tuple[Reason, ...]
    values: Mapping[str, float] = field(default_factory=dict)
    """Of all evidence, by its code: what the weights learn from."""
    standing: str = ""


def judge(
    submission: Submission, knowledge: Knowledge, weights: Weights | None = None, policy: Policy | None = None
) -> Verdict:
    """Decide what becomes of a submission. A seventh of a millisecond; the text was read before, by `read`."""
    weights, policy = weights or Weights(), policy or Policy()
    standing = standing_of(knowledge.record)
    found = tuple(signals(submission, knowledge, standing))
    values = {"base": 1.0, **{signal.code: round(signal.value, 3) for signal in found}}
    probability = weights.probability(values)
    reasons = _reasons(found, weights)
    outcome = decide(standing, probability, {reason.code: reason.weight for reason in reasons}, policy)
    return Verdict(outcome, probability, _strongest(reasons), values, standing)


def decide(standing: Standing, probability: float, log_odds: Mapping[str, float], policy: Policy) -> Outcome:
    """What follows from a probability and from the log-odds of each piece of evidence, by its code."""
    if standing is Standing.STAFF:
        return Outcome.PUBLISHED
    if standing is Standing.TRUSTED:
        return Outcome.HELD if STOLEN & log_odds.keys() else Outcome.PUBLISHED
    if probability >= policy.refuse and _independent_kinds(log_odds) >= 2:
        return Outcome.REFUSED
    is_newcomer = standing is Standing.NEWCOMER
    if LOOKED_AT & log_odds.keys():
        return Outcome.HELD
    # Nobody reads a form and answers it in two seconds, but who is known may have brought the text along.
    if is_newcomer and (MISSING & log_odds.keys() or log_odds.get("quick_form", 0.0) >= REFUSAL_LOG_ODDS):
        return Outcome.HELD
    hold = policy.hold_newcomer if is_newcomer else policy.hold_known
    return Outcome.HELD if probability >= hold else Outcome.PUBLISHED


def _reasons(found: Sequence[Signal], weights: Weights) -> list[Reason]:
    return [
        Reason(code, round(weights.log_odds(code, value), 3), detail[:DETAIL_CHARS])
        for code, value, detail in found
    ]


def _independent_kinds(log_odds: Mapping[str, float]) -> int:
    heavy = {code for code in REFUSAL_KINDS.keys() & log_odds.keys() if log_odds[code] >= REFUSAL_LOG_ODDS}
    return len({REFUSAL_KINDS[code] for code in heavy})


def _strongest(reasons: list[Reason]) -> tuple[Reason, ...]:
    """The five strongest; what decides without any weight is said first."""
    told = [reason for reason in reasons if abs(reason.weight) >= LEAST_TOLD or reason.code in UNWEIGHED]
    told.sort(key=lambda reason: (reason.code not in UNWEIGHED, -abs(reason.weight)))
    return tuple(told[:MOST_REASONS])
