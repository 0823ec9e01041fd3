"""A plain logistic model, as a measure of what the cleverness of ours is worth: hashed 4-byte n-grams of a folded text
with a few features of links and shape, learnt by AdaGrad.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.spam.traits import SHORTENERS
from tools.spam_bench.data import Comment

BUCKETS_LOG2 = 18
GRAM_BYTES = 4
LONGEST_TEXT = 6_000
EPOCHS, RATE, RIDGE = 5, 0.5, 1e-6
SHAPE_VALUE = 0.25

LINK = re.compile(r"(?:https?://|www\.)([^\s/<>\"')\]]+)\S*", re.IGNORECASE)
MIX, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - BUCKETS_LOG2)

Features = tuple[NDArray[np.int64], NDArray[np.float64]]


class Plain:
    """It learns everything anew with each portion of labels, which is the best that it can do."""

    def __init__(self) -> None:
        self._weights = np.zeros(1 << BUCKETS_LOG2)
        self._bias = 0.0
        self._known: list[tuple[Features, bool]] = []

    def learn(self, comments: Sequence[Comment]) -> None:
        """Take these in beside what is known, in an order by chance that is the same each time."""
        self._known += [(features_of(comment), comment.is_spam) for comment in comments]
        self._weights[:], self._bias = 0.0, 0.0
        gathered = np.full_like(self._weights, 1e-8)
        draw = np.random.default_rng(2026)
        for _epoch in range(EPOCHS):
            for index in draw.permutation(len(self._known)):
                (buckets, values), is_spam = self._known[index]
                error = self._probability(buckets, values) - is_spam
                slope = error * values + RIDGE * self._weights[buckets]
                gathered[buckets] += slope * slope
                self._weights[buckets] -= RATE * slope / np.sqrt(gathered[buckets])
                self._bias -= 0.01 * error

    take_labels = learn

    def scores(self, comments: Sequence[Comment]) -> list[float]:
        """The probability of spam of each."""
        return [self._probability(*features_of(comment)) for comment in comments]

    def _probability(self, buckets: NDArray[np.int64], values: NDArray[np.float64]) -> float:
        log_odds = float(self._weights[buckets] @ values) + self._bias
        return float(1 / (1 + np.exp(-min(30.0, max(-30.0, log_odds)))))


def features_of(comment: Comment) -> Features:
    """Bucket numbers, each once, and their values: n-grams of the length 1 together, and the shape beside them."""
    text = f"{comment.text} {comment.url}"[:LONGEST_TEXT]
    folded = " ".join(
        "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
        .casefold()
        .split()
    )
    grams = _grams(folded)
    shape = np.array([crc32(name.encode()) for name in _shape(comment, text)], np.uint64)
    shape = np.setdiff1d((shape * MIX >> SHIFT).astype(np.int64), grams)
    values = np.full(len(grams) + len(shape), SHAPE_VALUE)
    values[: len(grams)] = 1 / np.sqrt(max(1, len(grams)))
    return np.concatenate((grams, shape)), values


def _grams(folded: str) -> NDArray[np.int64]:
    raw = np.frombuffer(f" {folded} ".encode("utf-8", "replace"), np.uint8).astype(np.uint64)
    count = max(0, len(raw) - GRAM_BYTES + 1)
    keys = np.zeros(count, np.uint64)
    for place in range(GRAM_BYTES):
        keys = keys << np.uint64(8) | raw[place : place + count]
    return np.unique(((keys + np.uint64(1)) * MIX >> SHIFT).astype(np.int64))


def _shape(comment: Comment, text: str) -> Iterator[str]:
    hosts = [host.lower().removeprefix("www.") for host in LINK.findall(text)]
    yield f"links {min(len(hosts), 4)}"
    yield f"length {len(text).bit_length()}"
    yield from (f"ending {host.rpartition('.')[2]}" for host in hosts)
    if not SHORTENERS.isdisjoint(hosts):
        yield "shortener"
    letters = sum(map(str.isalpha, text)) or 1
    yield f"capitals {10 * sum(map(str.isupper, text)) // letters}"
    yield f"digits {10 * sum(map(str.isdigit, text)) // max(1, len(text))}"
    yield f"exclamations {min(text.count('!'), 4)}"
    if comment.url:
        yield "url given"
