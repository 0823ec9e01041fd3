"""Which texts are copies of each other but for a word here and there.

A text is a set of shingles. Two sets are compared by the share of what they have in common (Jaccard's resemblance), and
found by MinHash: texts of resemblance r share a band of 3 of 60 minima with the probability 1 - (1 - r^3)^20 (Broder
1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). That is 99.8 % at 0.65 and 0.1 % at 0.04,
where unrelated texts of one language stand.
"""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.spam.features import LONGEST_TEXT, SEPARATOR, in_utf8
from forum.spam.folding import LINK, LINK_SIGN, fold

Shingles = NDArray[np.uint64]

# Two of twenty words changed leave 0.6 to 0.75; two people who answer the same question stay below 0.2.
NEAR = 0.5
# "Thank you so much, that helped a lot" is said by everybody. In Japanese a word has two to three characters.
SHORTEST_WORDS, WORDS_A_CHARACTER = 8.0, 0.4

BANDS, ROWS = 20, 3

QUOTATION = re.compile(r"^\s{0,3}>.*$", re.MULTILINE)
_IDEOGRAPHIC = "\u3040-\u30ff\u3400-\u9fff々"
TOKEN = re.compile(f"[{_IDEOGRAPHIC}]+|[^\\W_{_IDEOGRAPHIC}]+")
IDEOGRAPHIC = re.compile(f"[{_IDEOGRAPHIC}]")
# The same in a folded text of ASCII alone.
ASCII_TOKEN = re.compile(r"[a-z0-9]+")

# A family of hash functions x -> a * x + b modulo 2^64, of which the upper half is looked at. Fixed, because signatures
# are stored.
_DRAW = np.random.Generator(np.random.PCG64(2026))
_FACTORS = _DRAW.integers(1, 2**63, (BANDS * ROWS, 1), np.uint64) * np.uint64(2) + np.uint64(1)
_OFFSETS = _DRAW.integers(0, 2**63, (BANDS * ROWS, 1), np.uint64)
_FIRST_KEYS = np.arange(1, BANDS + 1, dtype=np.uint64)
_UPPER = np.uint64(32)
_FOLD = np.uint64(0x9E3779B97F4A7C15)


def shingles(text: str) -> Shingles:
    """What a text is compared by, sorted: words and pairs of words, and in Japanese runs of two and three signs.

    Disguises, links and quotations don't count; neither does what stands behind a SEPARATOR. A text that is too short
    to tell a copy from a coincidence has none. About half a millisecond for a usual post, bounded for any.
    """
    own = text.partition(SEPARATOR)[0]
    said = QUOTATION.sub("", own) if ">" in own else own
    return _shingles(_ends(said if said.strip() else own))


def bands(found: Shingles) -> tuple[int, ...]:
    """Twenty signed 64-bit numbers, of which near texts share at least one; none for a text without shingles."""
    if not len(found):
        return ()
    hashed = found * _FACTORS
    hashed += _OFFSETS
    minima = hashed.min(axis=1) >> _UPPER
    keys = _FIRST_KEYS
    for row in minima.reshape(BANDS, ROWS).T:
        keys = (keys ^ row) * _FOLD
        keys ^= keys >> _UPPER
    return tuple(keys.astype(np.int64).tolist())


def resemblance(one: Shingles, other: Shingles) -> float:
    """The share of the shingles of two texts that they have in common: 0 to 1; 0 where one has none."""
    if not len(one) or not len(other):
        return 0.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


# In a campaign each new copy is compared with the same thirty stored ones. Two MiB at most.
@lru_cache(maxsize=64)
def _shingles(text: str) -> Shingles:
    folded = fold(text).text
    words = _tokens(LINK.sub(" ", folded) if _may_hold_link(folded) else folded)
    signs = set(filter(IDEOGRAPHIC.match, set(words))) if not folded.isascii() else set[str]()
    n_signs = sum(word in signs for word in words) if signs else 0
    if WORDS_A_CHARACTER * n_signs + len(words) - n_signs < SHORTEST_WORDS:
        return np.empty(0, np.uint64)
    in_bytes = in_utf8(words)
    numbers = list(map(crc32, in_bytes))
    # Of two words with a space between them: a checksum goes on from that of what came before.
    found = set(map(crc32, map(b" ".__add__, in_bytes[1:]), numbers))
    if not signs:
        found.update(numbers)
    else:
        found.update(number for word, number in zip(words, numbers, strict=True) if word not in signs)
        threes = (words[place : place + 3] for place in range(len(words) - 2))
        found.update(crc32("".join(three).encode()) for three in threes if signs.issuperset(three))
    sorted_numbers = np.fromiter(found, np.uint64, len(found))
    sorted_numbers.sort()
    sorted_numbers.flags.writeable = False
    return sorted_numbers


def _may_hold_link(folded: str) -> bool:
    """A quick look: without one of these there is none to take out."""
    return "www." in folded or LINK_SIGN.search(folded) is not None


def _ends(text: str) -> str:
    """The beginning and the end, as the text model reads them."""
    half = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:half]} {text[-half:]}"


def _tokens(folded: str) -> list[str]:
    """Words; each sign where words are written without spaces."""
    if folded.isascii():
        return ASCII_TOKEN.findall(folded)
    if not IDEOGRAPHIC.search(folded):
        return TOKEN.findall(folded)
    found: list[str] = []
    for match in TOKEN.finditer(folded):
        run = match.group()
        found.extend(run if IDEOGRAPHIC.match(run) else (run,))
    return found
