"""Turn a text into hashed features with integer values.

Integers, because several workers apply the same lessons and must reach the same weights to the bit.
"""

from functools import lru_cache
from math import isqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.spam.folding import Folded, fold
from forum.spam.traits import traits_of

# Between the body, the author's name and the links that don't show in the body, in the one text that the model reads.
SEPARATOR = "\x1f"

# 262,144 weights: with four times as many the area under the curve grows by 0.001 only.
BUCKETS_LOG2 = 18
VALUE_ONE = 1024
# Five bytes are a short English word or the better part of two Japanese characters.
GRAM_BYTES = 5
# The lengths of the parts of the feature vector, found by leaving whole sources out (docs/spam-filter.md).
GRAM_NORM, PAIR_NORM, TRAIT_VALUE = 1200, 700, 300
# The beginning and the end are read; padding in the middle buys nothing, and a hostile text has a bounded cost.
LONGEST_TEXT = 6_000

MIX = np.uint64(0x9E3779B97F4A7C15)
PRIME = np.uint64(0x100000001B3)
SHIFT = np.uint64(64 - BUCKETS_LOG2)


class Features(NamedTuple):
    """Bucket numbers and, for each, its value in units of 1 / VALUE_ONE; a bucket may stand there more than once."""

    buckets: NDArray[np.int64]
    values: NDArray[np.int64]


def features_of(text: str) -> Features:
    """The features of a text: its byte n-grams, its traits and the pairs of its traits.  Linear and bounded."""
    folded, traits = read(text)
    names = np.array([crc32(name.encode()) for name in traits], np.uint64)
    first, second = _pairs(len(names))
    parts = (
        _of_length(GRAM_NORM, grams(folded.text)),
        Features(single := _bucket(names), np.full(len(single), TRAIT_VALUE, np.int64)),
        _of_length(PAIR_NORM, _bucket(names[first] * PRIME + names[second] + np.uint64(1 << 60))),
    )
    return Features(
        np.concatenate([part.buckets for part in parts]), np.concatenate([part.values for part in parts])
    )


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(count, 1)


def read(text: str) -> tuple[Folded, list[str]]:
    """The folded text and the names of its traits."""
    body, _, rest = text.partition(SEPARATOR)
    author, _, unseen = rest.partition(SEPARATOR)
    body = f"{body} {unseen}" if unseen else body
    if len(body) > LONGEST_TEXT:
        body = f"{body[: LONGEST_TEXT // 2]} {body[-LONGEST_TEXT // 2 :]}"
    folded = fold(body)
    return folded, traits_of(body, folded, author)


def grams(folded_text: str) -> NDArray[np.int64]:
    """The bucket of the n-gram at each byte of the text between two spaces, in the order of the text."""
    raw = np.frombuffer(f" {folded_text} ".encode("utf-8", "replace"), np.uint8).astype(np.uint64)
    count = max(0, len(raw) - GRAM_BYTES + 1)
    keys = np.zeros(count, np.uint64)
    for place in range(GRAM_BYTES):
        keys = keys << np.uint64(8) | raw[place : place + count]
    return _bucket(keys)


def _bucket(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return ((keys ^ keys >> np.uint64(29)) * MIX >> SHIFT).astype(np.int64)


def _of_length(norm: int, buckets: NDArray[np.int64]) -> Features:
    """Each bucket once; together they have the length `norm`, so that a long text weighs as much as a short one."""
    buckets.sort()
    is_first = np.ones(len(buckets), np.bool_)
    np.not_equal(buckets[1:], buckets[:-1], out=is_first[1:])
    buckets = buckets[is_first]
    return Features(buckets, np.full(len(buckets), value_of(norm, len(buckets)), np.int64))


def value_of(norm: int, count: int) -> int:
    """The value of each of `count` features that have the length `norm` together."""
    return norm * 64 // max(1, isqrt(count * 4096))
