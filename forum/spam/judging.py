"""From a submission and what the board knows to one verdict."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from forum.spam.features import SEPARATOR
from forum.spam.model import Model

STAFF, TRUSTED, KNOWN, NEWCOMER = "staff", "trusted", "known", "newcomer"
HOLD_AT = {NEWCOMER: 0.5, KNOWN: 0.8}

CERTAIN = 0.99
HEAVY = 2.0


@dataclass(frozen=True, slots=True)
class Submission:
    kind: str
    body: str
    title: str = ""
    author_name: str = ""
    links: tuple[str, ...] = ()
    added_links: int | None = None
    context: str = ""
    form_age_s: float | None = None
    is_trap_filled: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    age_s: float
    approved: int
    rejected: int
    is_staff: bool = False
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Knowledge:
    model: Model | None
    record: Record
    same_text_rejected: int = 0
    same_text_elsewhere: int = 0
    recent_posts: int = 0


class Outcome(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    probability: float
    reasons: tuple[Reason, ...]


def text_of(submission: Submission) -> str:
    text = "\n".join(part for part in (submission.title, submission.body) if part).replace(SEPARATOR, " ")
    unseen = [link for link in submission.links if link not in text]
    return SEPARATOR.join((text, submission.author_name.replace(SEPARATOR, " "), " ".join(unseen)))


def standing(record: Record) -> str:
    if record.is_staff:
        return STAFF
    if record.approved >= 10 and record.rejected * 20 <= record.approved and record.age_s >= 30 * 86400:
        return TRUSTED
    return KNOWN if record.approved else NEWCOMER


def judge(submission: Submission, knowledge: Knowledge) -> Verdict:
    reasons: list[Reason] = []
    if knowledge.model is None:
        reasons.append(Reason("no_model", 0.0))
    else:
        p = knowledge.model.probability(text_of(submission))
        reasons.append(Reason("text", round(log(p / (1 - p)), 2)))
    if submission.is_trap_filled:
        reasons.append(Reason("trap", 4.0))
    if knowledge.same_text_rejected:
        reasons.append(Reason("rejected_before", 4.0))
    if knowledge.same_text_elsewhere:
        reasons.append(Reason("repeated", 1.5))
    if submission.added_links:
        reasons.append(Reason("added_links", 1.5))
    total = sum(reason.weight for reason in reasons)
    p = 1 / (1 + exp(-max(-30.0, min(30.0, total))))
    reasons.sort(key=lambda reason: -abs(reason.weight))
    who = standing(knowledge.record)
    heavy = sum(reason.weight >= HEAVY for reason in reasons if reason.code in ("text", "trap", "rejected_before"))
    if who == STAFF or (who == TRUSTED and not knowledge.same_text_rejected):
        outcome = Outcome.PUBLISHED
    elif who == TRUSTED:
        outcome = Outcome.HELD
    elif knowledge.model is None and who == NEWCOMER:
        outcome = Outcome.HELD
    elif p >= CERTAIN and heavy >= 2:
        outcome = Outcome.REFUSED
    else:
        outcome = Outcome.HELD if p >= HOLD_AT[who] else Outcome.PUBLISHED
    return Verdict(outcome, p, tuple(reasons[:5]))
