"""Phrases and sites that staff want held. A rule begins in shadow: its matches are counted, nothing follows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.errors import Conflict, Invalid, NotFound
from forum.screening.models import FilterRule, RuleState
from forum.spam.folding import fold
from forum.spam.sites import site_of
from forum.sql import joined
from forum.text.languages import KANA, KANJI

# More would be a second filter, kept by hand: the model learns from decisions what no list can hold.
MOST_RULES = 200
PATTERN_MAX = 100
# Shorter ones stand inside half of all texts. A word of two kanji says as much as one of four letters.
SHORTEST_PHRASE, SHORTEST_JAPANESE_PHRASE = 4, 2

SITE = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_](?:/\S+)?")
JAPANESE = re.compile(f"[{KANA}{KANJI}]")
# A word of a language that puts blanks between its words, or a single Japanese letter.
WORD = re.compile(rf"[{KANA}{KANJI}]|[^\W_{KANA}{KANJI}]+")

_IS_ASKED = FilterRule.state != RuleState.ENDED
# A column that changes with `criteria`: a rule's pattern stays, its state does not.
MARK = (
    sa.select(joined(sa.cast(FilterRule.id, sa.String) + FilterRule.state))
    .where(_IS_ASKED)
    .scalar_subquery()
    .label("rules")
)


class RuleKind(StrEnum):
    """What a rule looks for."""

    PHRASE = "phrase"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a rule looks for; one that is not live only counts."""

    rule_id: int
    kind: str
    pattern: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the staff sees it; `by` made it or changed it last."""

    id: int
    kind: str
    pattern: str
    state: str
    by: str
    changed_at: datetime


def standing(session: Session) -> tuple[Rule, ...]:
    """All rules that have not ended, the live ones first, then the newest. One statement."""
    query = (
        sa.select(FilterRule, User.name)
        .join(User, User.id == FilterRule.by_id)
        .where(FilterRule.state != RuleState.ENDED)
        .order_by(FilterRule.state, FilterRule.id.desc())
    )
    return tuple(
        Rule(rule.id, rule.kind, rule.pattern, rule.state, name, rule.changed_at)
        for rule, name in session.execute(query)
    )


def criteria(session: Session) -> tuple[Criterion, ...]:
    """What all rules that have not ended look for, the oldest first. One statement."""
    query = sa.select(FilterRule).where(_IS_ASKED).order_by(FilterRule.id)
    return tuple(
        Criterion(rule.id, rule.kind, rule.pattern, rule.state == RuleState.LIVE)
        for rule in session.scalars(query)
    )


def matching(criteria: Iterable[Criterion], text: str, sites: Iterable[str]) -> tuple[Criterion, ...]:
    """Those that a text, or one of the sites that it links to, meets, in their order.

    Ten milliseconds for the longest text and as many rules as there may be; without a rule none.
    """
    asked, linked = tuple(criteria), tuple(sites)
    words = _words(text) if asked else ""
    return tuple(one for one in asked if _meets(one, words, linked))


def add(session: Session, kind: RuleKind, pattern: str, by_id: int, now: datetime) -> FilterRule:
    """Begin a rule, in shadow. Raises Invalid for a pattern that would say nothing, or that a rule has already."""
    wanted = _site(pattern) if kind == RuleKind.SITE else _phrase(pattern)
    same = sa.select(FilterRule.id).where(
        FilterRule.kind == kind, FilterRule.pattern == wanted, FilterRule.state != RuleState.ENDED
    )
    if session.scalar(same.limit(1)):
        raise Invalid(pattern=_("There is such a rule already."))
    count = sa.select(sa.func.count()).where(FilterRule.state != RuleState.ENDED)
    if (session.scalar(count.select_from(FilterRule)) or 0) >= MOST_RULES:
        raise Invalid(
            pattern=_("There are %(number)s rules already. Please end some first.", number=MOST_RULES)
        )
    rule = FilterRule(
        kind=kind, pattern=wanted, state=RuleState.SHADOW, by_id=by_id, created_at=now, changed_at=now
    )
    session.add(rule)
    session.flush()
    return rule


def steer(session: Session, rule_id: int, state: RuleState, by_id: int, now: datetime) -> None:
    """Let a rule count, only watch, or end. Raises NotFound, and Conflict for one that has ended or is so already."""
    rule = session.get(FilterRule, rule_id)
    if rule is None:
        raise NotFound(_("There is nothing at this address."))
    if rule.state in (RuleState.ENDED, state):
        raise Conflict(_("Somebody else has changed this rule meanwhile. Please look at it again."))
    rule.state, rule.by_id, rule.changed_at = state, by_id, now


def _meets(rule: Criterion, words: str, sites: tuple[str, ...]) -> bool:
    if rule.kind == RuleKind.SITE:
        return any(_lies_in(site, rule.pattern) for site in sites)
    return _phrase_words(rule.pattern) in words


def _lies_in(site: str, pattern: str) -> bool:
    """Whether it is the site, a name below it or, where a host gives each customer a path, one of its customers."""
    return site == pattern or site.endswith(f".{pattern}") or site.startswith(f"{pattern}/")


@lru_cache(maxsize=MOST_RULES)
def _phrase_words(phrase: str) -> str:
    return _words(phrase)


def _words(text: str) -> str:
    """The words that a reader sees, each with one blank before and after it, so that a phrase is found as a part of a
    text: whole words, in this order, whatever signs stand between them.
    """
    return f" {' '.join(WORD.findall(fold(text).text))} "


def _phrase(pattern: str) -> str:
    words = "".join(WORD.findall(fold(pattern).text))
    if len(words) < (SHORTEST_JAPANESE_PHRASE if JAPANESE.search(words) else SHORTEST_PHRASE):
        raise Invalid(pattern=_("This is too short: it would be met by many good texts."))
    return pattern


def _site(pattern: str) -> str:
    site = site_of(pattern.strip())
    if not SITE.fullmatch(site):
        raise Invalid(pattern=_("Please write a site as in a link: example.com"))
    return site
