"""What changed between two versions of a text, line by line and, within a changed line, word by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Literal

from forum.text.languages import KANA, KANJI

MAX_COMPARISONS = 250_000
"""Pairs of lines, or of words, that a page compares with care, which takes tenths of a second at worst. After that
everything between the common beginning and end counts as changed."""

MIN_LIKENESS = 0.3
"""Below this share of common words, marks within two lines confuse the eye more than they help it."""

_WORDS = re.compile(rf"[{KANA}{KANJI}]|(?:(?![{KANA}{KANJI}])\w)+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; `is_changed` marks what the other version has not."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the old version ("removed"), of the new one ("added") or of both ("same"); empty, it has no parts."""

    kind: Literal["same", "removed", "added"]
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Budget:
    """How many more comparisons may be made: one budget for all that stands on a page."""

    comparisons: int = MAX_COMPARISONS


_Step = tuple[bool, int, int, int, int]


def changes(old: str, new: str, budget: Budget | None = None) -> tuple[Line, ...]:
    """Return the lines of both versions in reading order, removed ones before the added ones that replace them.

    What it compares is taken off `budget`, or off one of its own.
    The texts of the parts of all "same" and "removed" lines, joined by line ends, are `old`; of "same" and "added"
    ones, `new`.
    """
    a, b = old.split("\n"), new.split("\n")
    lines: list[Line] = []
    budget = budget or Budget()
    for is_same, i, i_end, j, j_end in _steps(a, b, budget):
        if is_same:
            lines += [Line("same", _parts([(False, [line])])) for line in a[i:i_end]]
            continue
        removed, added = [], []
        for before, after in zip_longest(a[i:i_end], b[j:j_end]):
            pair = _within(before, after, budget)
            removed += pair[:1] if before is not None else []
            added += pair[-1:] if after is not None else []
        lines += removed + added
    return tuple(lines)


def _within(before: str | None, after: str | None, budget: Budget) -> tuple[Line, Line]:
    """Mark what differs between two lines."""
    a, b = _WORDS.findall(before or ""), _WORDS.findall(after or "")
    steps = list(_steps(a, b, budget))
    n_common = sum(_n_words(a[i:i_end]) for is_same, i, i_end, _, _ in steps if is_same)
    if 2 * n_common < MIN_LIKENESS * (_n_words(a) + _n_words(b)):
        steps = [(False, 0, len(a), 0, len(b))]
    removed = _parts((not is_same, a[i:i_end]) for is_same, i, i_end, _, _ in steps)
    added = _parts((not is_same, b[j:j_end]) for is_same, _, _, j, j_end in steps)
    return Line("removed", removed), Line("added", added)


def _n_words(pieces: Sequence[str]) -> int:
    return sum(not piece.isspace() for piece in pieces)


def _steps(a: Sequence[str], b: Sequence[str], budget: Budget) -> Iterator[_Step]:
    """Yield how `a` becomes `b`: (is_same, start and end in a, start and end in b)."""
    head = _n_common(a, b)
    tail = _n_common(a[head:][::-1], b[head:][::-1])
    a_end, b_end = len(a) - tail, len(b) - tail
    if head:
        yield True, 0, head, 0, head
    yield from _middle(a[head:a_end], b[head:b_end], head, budget)
    if tail:
        yield True, a_end, len(a), b_end, len(b)


def _middle(a: Sequence[str], b: Sequence[str], offset: int, budget: Budget) -> Iterator[_Step]:
    cost = len(a) * len(b)
    if cost > budget.comparisons:
        yield False, offset, offset + len(a), offset, offset + len(b)
        return
    budget.comparisons -= cost
    for tag, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        yield tag == "equal", i + offset, i_end + offset, j + offset, j_end + offset


def _n_common(a: Sequence[str], b: Sequence[str]) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _parts(runs: Iterable[tuple[bool, Sequence[str]]]) -> tuple[Part, ...]:
    """Join neighbouring runs that are both changed, or both not, into one part."""
    parts = []
    for is_changed, group in groupby(
        ((is_changed, piece) for is_changed, run in runs for piece in run), itemgetter(0)
    ):
        if text := "".join(piece for _, piece in group):
            parts.append(Part(text, is_changed))
    return tuple(parts)
