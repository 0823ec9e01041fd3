"""What another way to judge would have changed: other thresholds, the model in shadow, a rule in shadow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, log

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.screening.figures import LEAST_DECIDED, Judged, known
from forum.screening.models import Screening
from forum.spam.evidence import MOST_TEXT_LOG_ODDS
from forum.spam.features import SEPARATOR
from forum.spam.judging import Outcome, Policy, Standing, decide
from forum.spam.weights import Weights
from forum.text.excerpts import cut

EXCERPT_CHARS = 160
# Of a verdict only the strongest reasons were kept. What else was found weighs as at first: weights move slowly, and
# most of what decides beside the probability does so by being there.
_AT_FIRST = Weights()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another way to judge, beside the present one: the texts that it would treat in another way."""

    spam: int
    good: int
    caught: tuple[Judged, ...]
    """Spam that is public at present and would not have been."""
    missed: tuple[Judged, ...]
    """Spam that would have become public."""
    delayed: tuple[Judged, ...]
    """Good texts that would have had to wait."""
    silenced: tuple[Judged, ...]
    """Good texts that would have been refused, so that nobody would have read them."""
    freed: tuple[Judged, ...]
    """Good texts that would not have had to wait."""

    @property
    def is_enough(self) -> bool:
        return self.spam + self.good >= LEAST_DECIDED


@dataclass(frozen=True, slots=True)
class Quote:
    """The beginning of a text and who wrote it, to show which one is meant."""

    text: str
    author: str


def under_policies(texts: Iterable[Judged], present: Policy, proposed: Policy) -> Comparison:
    """What other thresholds would have changed."""
    return _compared(
        texts,
        lambda text: _outcome(text, text.probability, present),
        lambda text: _outcome(text, text.probability, proposed),
    )


def under_shadow(texts: Iterable[Judged], policy: Policy, text_weight: float, since: datetime) -> Comparison:
    """What the model in shadow would have changed since it began to run, all else being as it was.

    `text_weight` is what the words of a text weigh beside the other evidence.
    """
    return _compared(
        _rejudged((text for text in texts if text.created_at >= since), text_weight),
        lambda text: _outcome(text, text.probability, policy),
        lambda text: _outcome(text, text.shadow_probability or 0.0, policy),
    )


def under_rule(texts: Iterable[Judged], rule_id: int) -> Comparison:
    """What a rule would have changed if it had been live: the texts that meet it would have waited."""
    return _compared(
        (text for text in texts if rule_id in text.rules),
        lambda text: Outcome(text.outcome),
        _outcome_by_rule,
    )


def quotes(session: Session, texts: Iterable[Judged]) -> dict[int, Quote]:
    """The beginnings of texts, by their numbers. One statement, none for no text."""
    ids = {text.id for text in texts}
    if not ids:
        return {}
    # Twice as much as is shown, since blanks are taken together.
    begins = sa.func.substr(Screening.text, 1, 2 * EXCERPT_CHARS)
    query = sa.select(Screening.id, begins, User.name).join(User, User.id == Screening.author_id)
    rows = session.execute(query.where(Screening.id.in_(ids)))
    return {number: Quote(_excerpt(text), author) for number, text, author in rows}


def _rejudged(texts: Iterable[Judged], text_weight: float) -> Iterator[Judged]:
    """The texts that both models read, each with the probability of all evidence with the shadow's reading in it."""
    for text in texts:
        if text.shadow_probability is None or text.text_log_odds is None:
            continue
        read = max(-MOST_TEXT_LOG_ODDS, min(MOST_TEXT_LOG_ODDS, _log_odds(text.shadow_probability)))
        log_odds = _log_odds(text.probability) + text_weight * (read - text.text_log_odds)
        yield replace(text, shadow_probability=1 / (1 + exp(-log_odds)))


def _log_odds(probability: float) -> float:
    return log(probability / (1 - probability))


def _outcome(text: Judged, probability: float, policy: Policy) -> Outcome:
    """What would have become of a text with that probability under a policy; its other evidence is as it was."""
    found = {code: _AT_FIRST.log_odds(code, value) for code, value in text.signals.items()}
    told = {reason["code"]: reason["weight"] for reason in text.reasons}
    return decide(Standing(text.standing), probability, found | told, policy)


def _outcome_by_rule(text: Judged) -> Outcome:
    is_public = text.outcome == Outcome.PUBLISHED and text.standing != Standing.TRUSTED
    return Outcome.HELD if is_public else Outcome(text.outcome)


def _compared(
    texts: Iterable[Judged], before: Callable[[Judged], Outcome], after: Callable[[Judged], Outcome]
) -> Comparison:
    judged = [(text, before(text), after(text)) for text in known(texts)]
    spam = [(text, was, would) for text, was, would in judged if text.is_spam and was != would]
    good = [(text, was, would) for text, was, would in judged if not text.is_spam and was != would]
    return Comparison(
        spam=sum(text.is_spam is True for text, _, _ in judged),
        good=sum(text.is_spam is False for text, _, _ in judged),
        caught=tuple(text for text, was, _ in spam if was == Outcome.PUBLISHED),
        missed=tuple(text for text, _, would in spam if would == Outcome.PUBLISHED),
        delayed=tuple(text for text, was, would in good if (was, would) == (Outcome.PUBLISHED, Outcome.HELD)),
        silenced=tuple(text for text, _, would in good if would == Outcome.REFUSED),
        freed=tuple(text for text, _, would in good if would == Outcome.PUBLISHED),
    )


def _excerpt(text: str) -> str:
    line = " ".join(text.partition(SEPARATOR)[0].split())
    return line if len(line) <= EXCERPT_CHARS else f"{cut(line, EXCERPT_CHARS)}…"
