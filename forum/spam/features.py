"""Turn a text into hashed features with integer values.

Integers, because several workers apply the same lessons and must reach the same weights to the bit.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import isqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.spam.folding import Folded, fold
from forum.spam.traits import traits_of, words_of

# Between the body, the author's name and the links that don't show in the body, in the one text that the model reads.
SEPARATOR = "\x1f"

# 262,144 weights: with four times as many the area under the curve grows by 0.001 only.
BUCKETS_LOG2 = 18
VALUE_ONE = 1024
# Five bytes are a short English word or the better part of two Japanese characters.
GRAM_BYTES = 5
# The lengths of the parts of the feature vector, found by leaving whole sources out (docs/spam-filter.md).
GRAM_NORM, WORD_NORM, PAIR_NORM, TRAIT_VALUE = 1000, 1000, 700, 300
# The beginning and the end are read; padding in the middle buys nothing, and a hostile text has a bounded cost.
LONGEST_TEXT = 6_000

MIX = np.uint64(0x9E3779B97F4A7C15)
PRIME = np.uint64(0x100000001B3)
GRAM_MASK = np.uint64((1 << 8 * GRAM_BYTES) - 1)
# Keep words, pairs of words and pairs of traits with the same numbers apart.
WORD_SALT, PAIR_SALT, TRAIT_SALT = (np.uint64(number << 60) for number in (1, 2, 3))
SHIFT = np.uint64(64 - BUCKETS_LOG2)


class Features(NamedTuple):
    """Bucket numbers and, for each, its value in units of 1 / VALUE_ONE; a bucket may stand there more than once."""

    buckets: NDArray[np.int64]
    values: NDArray[np.int64]
    grams_end: int
    """The features before this are n-grams."""
    words_end: int
    """From there to here they are words and pairs, and from here on traits and their pairs."""


class Grams(NamedTuple):
    """The n-grams of a text, each once, and where they stand in it."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    """How often each stands there."""
    places: NDArray[np.int64]
    """For each byte of the text, which n-gram begins there or on the space before it."""


class Read(NamedTuple):
    """A text as the model looks at it."""

    folded: Folded
    words: tuple[str, ...]
    signs: list[bytes]
    """The words in UTF-8."""
    word_keys: NDArray[np.uint64]
    """One for each word, and then one for each two words in a row."""
    traits: list[str]


def features_of(text: str) -> Features:
    """The features of a text: byte n-grams, words, pairs of words, traits, pairs of traits.  Linear and bounded."""
    found = read(text)
    keys = _grams(found.folded.text)
    keys.sort()
    return features_from(found, keys[_is_first(keys)])


def features_from(found: Read, gram_keys: NDArray[np.uint64]) -> Features:
    """The same for a text that was read already, and its n-grams, each once."""
    names = np.array([crc32(name.encode("utf-8", "replace")) for name in found.traits], np.uint64)
    first, second = _pairs(len(names))
    word_keys = np.sort(found.word_keys)
    word_keys = word_keys[_is_first(word_keys)]
    parts = (gram_keys, word_keys, names, names[first] * PRIME + names[second] + TRAIT_SALT)
    counts = [len(part) for part in parts]
    values = (
        value_of(GRAM_NORM, counts[0]),
        value_of(WORD_NORM, counts[1]),
        TRAIT_VALUE,
        value_of(PAIR_NORM, counts[3]),
    )
    buckets = bucket_of(np.concatenate(parts))
    return Features(buckets, np.repeat(values, counts), counts[0], counts[0] + counts[1])


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(count, 1)


def read(text: str) -> Read:
    """A text folded, with its words and the names of its traits."""
    body, author, unseen = [*text.split(SEPARATOR, 2), "", ""][:3]
    body = f"{body} {unseen}" if unseen else body
    if len(body) > LONGEST_TEXT:
        body = f"{body[: LONGEST_TEXT // 2]} {body[-LONGEST_TEXT // 2 :]}"
    folded = fold(body)
    words = words_of(folded.text)
    signs = in_utf8(words)
    return Read(folded, words, signs, _words(signs), traits_of(body, folded, words, author))


def in_utf8(words: Sequence[str]) -> list[bytes]:
    """Words without spaces as bytes, all at once."""
    return " ".join(words).encode("utf-8", "replace").split(b" ") if words else []


def grams(folded_text: str) -> Grams:
    """The n-grams at each byte of the text between two spaces."""
    keys = _grams(folded_text)
    order = keys.argsort(kind="stable")
    keys = keys[order]
    is_first = _is_first(keys)
    begins = np.flatnonzero(is_first)
    places = np.empty(len(keys), np.int64)
    places[order] = is_first.cumsum() - 1
    ends = np.append(begins[1:], len(keys))
    return Grams(keys[begins], ends[: len(begins)] - begins, places)


def _grams(folded_text: str) -> NDArray[np.uint64]:
    raw = f" {folded_text} ".encode("utf-8", "replace")
    # Eight bytes are read at each place, and all but the first five of them are cut off.
    eights = np.ndarray((max(0, len(raw) - GRAM_BYTES + 1),), "<u8", raw + b"\0\0\0", strides=(1,))
    return eights & GRAM_MASK


def _words(signs: Sequence[bytes]) -> NDArray[np.uint64]:
    keys = np.fromiter(map(crc32, signs), np.uint64, len(signs))
    return np.concatenate((keys + WORD_SALT, keys[:-1] * PRIME + keys[1:] + PAIR_SALT))


def bucket_of(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The bucket of each n-gram or word."""
    return ((keys ^ keys >> np.uint64(29)) * MIX >> SHIFT).astype(np.int64)


def _is_first(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Of keys in their order, which ones are not those before them."""
    is_first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    return is_first


def value_of(norm: int, count: int) -> int:
    """The value of each of `count` features that have the length `norm` together: a long text weighs no more."""
    return norm * 64 // max(1, isqrt(count * 4096))
