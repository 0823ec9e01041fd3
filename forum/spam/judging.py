"""From a submission, and what the board knows, to one verdict.

The log-odds of all the evidence add up to one probability; what that leads to depends on the standing of the account.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import exp

from forum.spam.evidence import (
    Knowledge,
    Reason,
    Record,
    Standing,
    Submission,
    reasons_for,
    standing_of,
    text_of,
)

__all__ = [
    "Knowledge",
    "Outcome",
    "Reason",
    "Record",
    "Standing",
    "Submission",
    "Verdict",
    "judge",
    "standing_of",
    "text_of",
]

# A newcomer's held post costs the board a welcome, a published advertisement costs every reader: an even chance
# decides.  Somebody who was read and approved before is owed the benefit of a strong doubt.
HOLD_AT = {Standing.NEWCOMER: 0.5, Standing.KNOWN: 0.85}

# A refusal silences without a person having looked.  It needs near certainty, and two kinds of evidence that fail for
# different reasons, each of which alone would make the odds seven to one.
REFUSE_AT = 0.99
REFUSAL_WEIGHT = 2.0
REFUSAL_KINDS = {
    "text": "text",
    "trap": "form",
    "no_form": "form",
    "quick_form": "form",
    "rejected_before": "repeat",
}

MOST_REASONS = 5


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


def judge(submission: Submission, knowledge: Knowledge) -> Verdict:
    """Decide what becomes of a submission.  Two readings by the text model: a millisecond for a usual post."""
    standing = standing_of(knowledge.record)
    reasons = sorted(reasons_for(submission, knowledge, standing), key=lambda reason: -abs(reason.weight))
    probability = 1 / (1 + exp(-max(-12.0, min(12.0, sum(reason.weight for reason in reasons)))))
    outcome = _outcome(probability, reasons, knowledge, standing)
    return Verdict(outcome, probability, _strongest(reasons))


def _outcome(probability: float, reasons: list[Reason], knowledge: Knowledge, standing: Standing) -> Outcome:
    if standing is Standing.STAFF:
        return Outcome.PUBLISHED
    if standing is Standing.TRUSTED:
        # The one thing that a good member doesn't do, and a stolen account does.
        return Outcome.HELD if knowledge.same_text_rejected else Outcome.PUBLISHED
    if probability >= REFUSE_AT and _independent_kinds(reasons) >= 2:
        return Outcome.REFUSED
    if knowledge.model is None and standing is Standing.NEWCOMER:
        return Outcome.HELD
    return Outcome.HELD if probability >= HOLD_AT[standing] else Outcome.PUBLISHED


def _independent_kinds(reasons: list[Reason]) -> int:
    heavy = {reason.code for reason in reasons if reason.weight >= REFUSAL_WEIGHT}
    return len({REFUSAL_KINDS[code] for code in heavy & REFUSAL_KINDS.keys()})


def _strongest(reasons: list[Reason]) -> tuple[Reason, ...]:
    """The five strongest; that there was no model is always said, as it decides without any weight."""
    told = [reason for reason in reasons if reason.weight or reason.code == "no_model"]
    told.sort(key=lambda reason: reason.code != "no_model")
    return tuple(told[:MOST_REASONS])
