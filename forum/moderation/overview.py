"""How the filter does, and what other settings would change, made ready for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.access import Viewer, may_steer_filter, require_moderator
from forum.moderation.curves import Curve, curve
from forum.screening import comparing, figures, policies, rules, textmodel, versions, words
from forum.screening.comparing import Comparison, Quote
from forum.screening.figures import Judged, Rates, Weight, Word
from forum.screening.models import Decision, ModelState
from forum.screening.policies import Change
from forum.screening.rules import Rule
from forum.screening.versions import Version
from forum.spam.judging import Outcome, Policy
from forum.spam.weights import PRIORS, Weights
from forum.text.languages import language_of
from forum.threads.addresses import post_url

# As many as are looked at one by one before a decision; of the rest the number is told.
CASES_SHOWN = 20
CASES_OF_RULE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One text that would be treated in another way, with the page to look at it."""

    url: str
    author: str
    excerpt: str
    lang: str
    probability: float
    shadow_probability: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The first cases of one kind, and how many there are in all."""

    total: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What another way to judge would have changed, in what is known of `spam` + `good` texts."""

    spam: int
    good: int
    is_enough: bool
    caught: Group
    missed: Group
    delayed: Group
    silenced: Group
    freed: Group


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence in words, with its weight as chosen by hand and as learnt; None: it decides without any."""

    words: str
    counted: Weight
    prior: float | None
    learnt: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The model in shadow."""

    version: Version
    is_broken: bool
    effect: Effect


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with the texts that met it: in all, and what the rule would have changed among those that are known."""

    rule: Rule
    met: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Totals:
    """How many texts there were of each outcome; `waiting` are among the held ones."""

    since: datetime | None
    texts: int
    published: int
    held: int
    refused: int
    waiting: int
    spam: int
    good: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows."""

    may_change: bool
    is_broken: bool
    totals: Totals
    rates: Rates
    weeks: tuple[Rates, ...]
    curve: Curve | None
    reasons: tuple[Reason, ...]
    words: tuple[Word, ...]
    policy: Policy
    changes: tuple[Change, ...]
    trial: Trial | None
    versions: tuple[Version, ...]
    rules: tuple[RuleView, ...]
    least: int
    """From how many decided texts on a share is told."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What other thresholds would have changed."""

    may_change: bool
    present: Policy
    proposed: Policy
    seen_id: int
    effect: Effect
    least: int


def overview(session: Session, viewer: Viewer, now: datetime) -> Overview:
    """All figures of the filter, in six statements. Raises NotFound for others than moderators."""
    require_moderator(viewer)
    texts, learnt = figures.judged(session, now), textmodel.learnt()
    changes, kept = policies.history(session), versions.kept(session)
    policy = changes[0].policy if changes else Policy()
    shadow = next((version for version in kept if version.state == ModelState.SHADOW), None)
    tried = (
        comparing.under_shadow(texts, policy, learnt.weights.of("text"), shadow.changed_at)
        if shadow
        else None
    )
    standing = [(rule, comparing.under_rule(texts, rule.id)) for rule in rules.standing(session)]
    quotes = _quotes(session, tried, [comparison for _rule, comparison in standing])
    return Overview(
        may_change=may_steer_filter(viewer),
        is_broken=learnt.model is None,
        totals=_totals(texts),
        rates=figures.rates(texts),
        weeks=figures.weeks(texts),
        curve=curve(figures.calibration(texts)),
        reasons=_reasons(texts, learnt.weights),
        words=figures.words(texts),
        policy=policy,
        changes=changes,
        trial=Trial(shadow, learnt.shadow is None, _effect(tried, quotes)) if shadow and tried else None,
        versions=kept,
        rules=tuple(
            RuleView(rule, sum(rule.id in text.rules for text in texts), _effect(comparison, quotes))
            for rule, comparison in standing
        ),
        least=figures.LEAST_DECIDED,
    )


def preview(session: Session, viewer: Viewer, proposed: Policy, now: datetime) -> Preview:
    """What these thresholds would have changed. Four statements. Raises NotFound, and Invalid for unsound ones."""
    require_moderator(viewer)
    policies.require_sound(proposed)
    present, seen_id = policies.current(session), policies.newest_id(session)
    comparison = comparing.under_policies(figures.judged(session, now), present, proposed)
    effect = _effect(comparison, comparing.quotes(session, _shown(comparison)))
    return Preview(may_steer_filter(viewer), present, proposed, seen_id, effect, figures.LEAST_DECIDED)


def _totals(texts: tuple[Judged, ...]) -> Totals:
    def count(outcome: Outcome) -> int:
        return sum(text.outcome == outcome for text in texts)

    return Totals(
        since=texts[-1].created_at if texts else None,
        texts=len(texts),
        published=count(Outcome.PUBLISHED),
        held=count(Outcome.HELD),
        refused=count(Outcome.REFUSED),
        waiting=sum(text.decision == Decision.PENDING for text in texts),
        spam=sum(text.is_spam is True for text in texts),
        good=sum(text.is_spam is False for text in texts),
    )


def _reasons(texts: Iterable[Judged], weights: Weights) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            _words(row.code),
            row,
            PRIORS.get(row.code),
            weights.of(row.code) if row.code in PRIORS else None,
        )
        for row in figures.weights(texts)
    )


def _words(code: str) -> str:
    # To the words of a text belongs the sign that stands beside them: they speak for spam or against it.
    return _("The words") if code == "text" else str(words.FOR_STAFF.get(code, code))


def _quotes(session: Session, tried: Comparison | None, of_rules: Iterable[Comparison]) -> dict[int, Quote]:
    """What the cases say that the page shows, all in one statement."""
    shown = list(_shown(tried)) if tried else []
    for comparison in of_rules:
        shown += _shown(comparison, CASES_OF_RULE_SHOWN)
    return comparing.quotes(session, shown)


def _shown(comparison: Comparison, limit: int = CASES_SHOWN) -> list[Judged]:
    groups = (
        comparison.caught,
        comparison.missed,
        comparison.delayed,
        comparison.silenced,
        comparison.freed,
    )
    return [text for group in groups for text in group[:limit]]


def _effect(comparison: Comparison, quotes: dict[int, Quote]) -> Effect:
    def group(texts: tuple[Judged, ...]) -> Group:
        return Group(len(texts), tuple(_case(text, quotes[text.id]) for text in texts if text.id in quotes))

    return Effect(
        spam=comparison.spam,
        good=comparison.good,
        is_enough=comparison.is_enough,
        caught=group(comparison.caught),
        missed=group(comparison.missed),
        delayed=group(comparison.delayed),
        silenced=group(comparison.silenced),
        freed=group(comparison.freed),
    )


def _case(text: Judged, quoted: Quote) -> Case:
    # What is not about a post is about what a member says of themselves.
    about = post_url(text.post_id) if text.post_id else f"/u/{quote(quoted.author)}"
    return Case(
        url=f"{about}/moderate",
        author=quoted.author,
        excerpt=quoted.text,
        lang=language_of(quoted.text),
        probability=text.probability,
        shadow_probability=text.shadow_probability,
        created_at=text.created_at,
    )
