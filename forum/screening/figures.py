"""How well the filter does, told from what people decided.

All of it rests on the newest texts of members. A text is known as spam when a moderator said so, and as good when one
approved it, or when it has stood in public for two days and nobody reported it. The rest is unknown and not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.moderation.models import Report
from forum.screening.models import Decision, Screening
from forum.spam.judging import Outcome, Standing
from forum.text.moments import day_in_japan
from forum.threads.models import Post, Status

# A season: long enough for a small board, short enough to speak of the spam of now.
WINDOW = timedelta(days=90)
MOST_ROWS = 2_000
# What is wrong with a post is mostly reported on the day or the day after.
GOOD_AFTER = timedelta(days=2)
# Below this a share says more about chance than about the filter: 1 of 19 may be 0 or 5 of 100 in truth.
LEAST_DECIDED = 20
BINS = 10
# 95 of 100 such intervals hold the true share.
Z = 1.96
# What a person reads without tiring.
MOST_WEIGHTS, MOST_WORDS = 12, 24


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with the verdict of then, and what is known of it now."""

    id: int
    post_id: int | None
    standing: str
    outcome: str
    decision: str
    probability: float
    text_log_odds: float | None
    """What the live model made of its words; None: it could not be read."""
    shadow_probability: float | None
    """What the model in shadow made of its words alone."""
    rules: tuple[int, ...]
    reasons: tuple[dict[str, Any], ...]
    """The strongest, as they were weighed then."""
    signals: Mapping[str, float]
    """The value of each piece of evidence, by its code; empty for texts of before this was kept."""
    created_at: datetime
    is_spam: bool | None
    """None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Share:
    """Some of many; `value` is None where they are too few to say it as a share."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole >= LEAST_DECIDED else None


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of the texts of some time."""

    begins: date | None
    """The Monday of a week; None: all of the window."""
    texts: int
    caught: Share
    """Of the spam: held before anybody saw it."""
    delayed: Share
    """Of the good ones: had to wait for a moderator. What was refused nobody read, so that it is never known."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of about the same probability; all numbers but `texts` are shares from 0 to 1."""

    low: float
    high: float
    said: float
    """The mean of their probabilities."""
    was: float
    """How many of them were spam in truth."""
    least: float
    most: float
    """Where the truth lies with 95 % certainty, as they are so few."""
    texts: int


@dataclass(frozen=True, slots=True)
class Weight:
    """How often a piece of evidence was among the strongest, and the mean log-odds that it added there."""

    code: str
    in_spam: int
    spam_log_odds: float
    in_good: int
    good_log_odds: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word that spoke loudest, in how many texts of each kind."""

    word: str
    in_spam: int
    in_good: int


def judged(session: Session, now: datetime) -> tuple[Judged, ...]:
    """The newest texts of members in the window, at most 2,000, the newest first. One statement.

    Left out are the staff's, which pass in any case, and those that were never judged, such as imported ones.
    """
    is_reported = sa.exists().where(Report.post_id == Screening.post_id)
    query = (
        sa.select(
            Screening.id,
            Screening.post_id,
            Screening.standing,
            Screening.outcome,
            Screening.decision,
            Screening.probability,
            Screening.signals,
            Screening.shadow_probability,
            Screening.rules,
            Screening.reasons,
            Screening.created_at,
            is_reported.label("is_reported"),
            Post.status,
        )
        .outerjoin(Post, Post.id == Screening.post_id)
        .where(Screening.created_at > now - WINDOW, Screening.standing.not_in(("", Standing.STAFF)))
        .order_by(Screening.created_at.desc(), Screening.id.desc())
        .limit(MOST_ROWS)
    )
    return tuple(_judged(row, now - GOOD_AFTER) for row in session.execute(query))


def known(texts: Iterable[Judged]) -> tuple[Judged, ...]:
    """Those of which it is known whether they are spam."""
    return tuple(text for text in texts if text.is_spam is not None)


def rates(texts: Sequence[Judged], begins: date | None = None) -> Rates:
    """How much of the spam was caught and how many good texts had to wait, together."""
    spam = [text for text in texts if text.is_spam]
    good = [text for text in texts if text.is_spam is False]
    return Rates(
        begins,
        len(texts),
        Share(sum(text.outcome == Outcome.HELD for text in spam), len(spam)),
        Share(sum(text.outcome == Outcome.HELD for text in good), len(good)),
    )


def weeks(texts: Iterable[Judged]) -> tuple[Rates, ...]:
    """The same for each week, Monday to Sunday in Japan, the newest first; weeks without a text are left out."""
    found: dict[date, list[Judged]] = {}
    for text in texts:
        day = day_in_japan(text.created_at)
        found.setdefault(day - timedelta(days=day.weekday()), []).append(text)
    return tuple(rates(found[begins], begins) for begins in sorted(found, reverse=True))


def calibration(texts: Iterable[Judged]) -> tuple[Bin, ...]:
    """The probabilities in ten steps, each beside what was true; empty while too few texts are known."""
    decided = known(texts)
    if len(decided) < LEAST_DECIDED:
        return ()
    steps: dict[int, list[Judged]] = {}
    for text in decided:
        steps.setdefault(min(BINS - 1, int(text.probability * BINS)), []).append(text)
    return tuple(_bin(step, steps[step]) for step in sorted(steps))


def weights(texts: Iterable[Judged]) -> tuple[Weight, ...]:
    """The pieces of evidence by how much they decided: how often they were among the strongest, times how strong."""
    found: dict[str, list[tuple[bool, float]]] = {}
    for text in known(texts):
        for reason in text.reasons:
            found.setdefault(reason["code"], []).append((bool(text.is_spam), reason["weight"]))
    ranked = sorted(found.items(), key=lambda pair: (-sum(abs(odds) for _, odds in pair[1]), pair[0]))
    return tuple(_weight(code, told) for code, told in ranked[:MOST_WEIGHTS])


def words(texts: Iterable[Judged]) -> tuple[Word, ...]:
    """The words that spoke loudest most often in what was decided, the most frequent first."""
    spam: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for text in known(texts):
        said = {
            word for reason in text.reasons if reason["code"] == "text" for word in reason["detail"].split()
        }
        (spam if text.is_spam else good).update(said)
    both = spam + good
    common = sorted(both, key=lambda word: (-both[word], word))[:MOST_WORDS]
    return tuple(Word(word, spam[word], good[word]) for word in common if both[word] > 1)


def _judged(row: Any, good_before: datetime) -> Judged:
    return Judged(
        id=row.id,
        post_id=row.post_id,
        standing=row.standing,
        outcome=row.outcome,
        decision=row.decision,
        probability=row.probability,
        text_log_odds=row.signals.get("text"),
        shadow_probability=row.shadow_probability,
        rules=tuple(row.rules),
        reasons=tuple(row.reasons),
        signals=row.signals,
        created_at=row.created_at,
        is_spam=_is_spam(row, good_before),
    )


def _is_spam(row: Any, good_before: datetime) -> bool | None:
    if row.decision in (Decision.SPAM, Decision.APPROVED):
        return row.decision == Decision.SPAM
    was_let_stand = (
        row.outcome == Outcome.PUBLISHED
        and row.decision == Decision.NONE
        and row.status in (None, Status.PUBLIC)
        and not row.is_reported
        and row.created_at < good_before
    )
    return False if was_let_stand else None


def _bin(step: int, texts: Sequence[Judged]) -> Bin:
    n = len(texts)
    was = sum(text.is_spam is True for text in texts) / n
    # Wilson's interval, which holds for few texts and for shares near 0 and 1, too.
    middle = (was + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * sqrt(was * (1 - was) / n + Z * Z / (4 * n * n))
    return Bin(
        low=step / BINS,
        high=(step + 1) / BINS,
        said=sum(text.probability for text in texts) / n,
        was=was,
        least=max(0.0, middle - reach),
        most=min(1.0, middle + reach),
        texts=n,
    )


def _weight(code: str, told: Sequence[tuple[bool, float]]) -> Weight:
    spam = [odds for is_spam, odds in told if is_spam]
    good = [odds for is_spam, odds in told if not is_spam]
    return Weight(code, len(spam), _mean(spam), len(good), _mean(good))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
