"""Near-copies: how many of those of rejected comments are found, and how many good comments are mistaken for copies."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from forum.spam.nearness import NEAR, bands, resemblance, shingles
from tools.spam_bench.data import Comment

REJECTED = 500
CHANGED_SHARE = 0.1
# As far as a word can be told in Japanese: a run of one script, of two signs or three.
WORD = re.compile("\\s*(?:[一-鿿]{1,2}|[ァ-ヶー]{1,4}|[ぁ-ん]{1,3}|[^\\s一-鿿ァ-ヶーぁ-ん]+)")
LONG_WORDS = 20


JAPANESE = re.compile("[一-鿿ぁ-んァ-ヶ]")
# Two texts of which half the words follow each other in the same order are copies for whoever reads them.
ALIKE = 0.5


class Copies(NamedTuple):
    """Counts. A comment that is too short to tell a copy from a coincidence is compared with nothing."""

    rejected: int
    long_rejected: int
    """Of them, those of 20 words and more."""
    found: int
    long_found: int
    good: int
    pairs: int
    """Pairs of good comments that are taken for copies of each other; people do quote themselves and use templates."""
    false_pairs: int
    """Of them, those that are less than half alike, word for word."""
    good_like_spam: int
    """Pairs of a good comment and a rejected one that are taken for copies."""
    false_like_spam: int


def try_copies(comments: Sequence[Comment]) -> Copies:
    """One copy of each of 500 rejected comments, one word in ten changed; and all good ones as they are."""
    draw = random.Random(2026)  # noqa: S311 - no secret hangs on it
    spam = [comment.text for comment in comments if comment.is_spam]
    good = [comment.text for comment in comments if not comment.is_spam]
    fillers = _fillers(good)
    rejected = [text for text in draw.sample(spam, len(spam)) if len(shingles(text))][:REJECTED]
    found = [_is_found(text, changed(text, draw, fillers)) for text in rejected]
    is_long = [len(WORD.findall(text)) >= LONG_WORDS for text in rejected]
    pairs, across = _near_pairs(good, good), _near_pairs(spam, good)
    return Copies(
        rejected=len(rejected),
        long_rejected=sum(is_long),
        found=sum(found),
        long_found=sum(was and long for was, long in zip(found, is_long, strict=True)),
        good=len(good),
        pairs=len(pairs),
        false_pairs=sum(not is_alike(*pair) for pair in pairs),
        good_like_spam=len(across),
        false_like_spam=sum(not is_alike(*pair) for pair in across),
    )


def changed(text: str, draw: random.Random, fillers: Mapping[bool, Sequence[str]]) -> str:
    """The text with one word in ten, and at least one, replaced by another of its script; spaces stay."""
    words = WORD.findall(text)
    for place in draw.sample(range(len(words)), max(1, round(len(words) * CHANGED_SHARE))):
        bare = words[place].lstrip()
        space = words[place].removesuffix(bare)
        words[place] = space + draw.choice(fillers[JAPANESE.search(bare) is not None])
    return "".join(words)


def is_alike(one: str, other: str) -> bool:
    """Whether at least half of the words of the two follow each other in the same order."""
    matcher = SequenceMatcher(None, _plain_words(one), _plain_words(other), autojunk=False)
    return matcher.ratio() >= ALIKE


def _fillers(texts: Sequence[str]) -> dict[bool, list[str]]:
    """Some words in Japanese and some in other languages."""
    found: dict[bool, list[str]] = {True: ["東京", "急いで", "友人"], False: ["really", "soon", "friend"]}
    for text in texts[:: max(1, len(texts) // 500)]:
        for word in map(str.strip, WORD.findall(text)[:10]):
            found[JAPANESE.search(word) is not None].append(word)
    return found


def _is_found(text: str, copy: str) -> bool:
    """As the board finds it: by a band in common, and then by what the two have in common."""
    one, other = shingles(text), shingles(copy)
    return not set(bands(one)).isdisjoint(bands(other)) and resemblance(one, other) >= NEAR


def _near_pairs(texts: Sequence[str], others: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of one text of each, no text with itself; each pair once."""
    known, asked = [shingles(text) for text in texts], [shingles(text) for text in others]
    places: dict[int, list[int]] = defaultdict(list)
    for number, found in enumerate(known):
        for band in bands(found):
            places[band].append(number)
    pairs = {
        (one, other)
        for other, found in enumerate(asked)
        for band in bands(found)
        for one in places[band]
        if texts is not others or one < other
    }
    near = [pair for pair in sorted(pairs) if resemblance(known[pair[0]], asked[pair[1]]) >= NEAR]
    return [(texts[one], others[other]) for one, other in near]


def _plain_words(text: str) -> list[str]:
    return [word.strip().casefold() for word in WORD.findall(text)]
