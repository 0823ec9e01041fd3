"""Disguises as a spammer's tool puts them on: half of the longer words, and never the links but to shorten them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Random = random.Random

LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|ru|top|xyz|shop|site|online|click|club|vip|co|io|me)\b(?:/\S*)?",
    re.IGNORECASE,
)
LOOKALIKES = dict(zip("aceopxyiABCEHKMOPTXsjd", "асеорхуіАВСЕНКМОРТХѕјԁ", strict=True))
LEET = dict(zip("aeiost", "4310$7", strict=True))
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad"
SHORTENERS = ("bit.ly", "tinyurl.com", "t.co", "is.gd", "cutt.ly")
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMN23456789"

SHORTEST_WORD = 3
WORDS_DISGUISED, LETTERS_TURNED, LETTERS_SPLIT = 0.5, 0.7, 0.5


def homoglyphs(text: str, draw: Random) -> str:
    return _words(text, draw, lambda word: _turned(word, LOOKALIKES, draw))


def zero_width(text: str, draw: Random) -> str:
    return _words(text, draw, lambda word: _split(word, draw))


def spaced_letters(text: str, draw: Random) -> str:
    return _words(text, draw, lambda word: draw.choice(" .-_").join(word))


def leet(text: str, draw: Random) -> str:
    return _words(text, draw, lambda word: _turned(word, LEET, draw))


def shorteners(text: str, draw: Random) -> str:
    def short(match: re.Match[str]) -> str:
        return f"https://{draw.choice(SHORTENERS)}/{''.join(draw.choices(LETTERS, k=7))}"

    return LINK.sub(short, text)


def together(text: str, draw: Random) -> str:
    return zero_width(homoglyphs(shorteners(text, draw), draw), draw)


DISGUISES: dict[str, Callable[[str, Random], str]] = {
    "homoglyphs": homoglyphs,
    "zero-width": zero_width,
    "spaced": spaced_letters,
    "leet": leet,
    "shorteners": shorteners,
    "all": together,
}


def disguise(text: str, name: str, key: str) -> str:
    """The text in one disguise; the same for the same key."""
    return DISGUISES[name](text, Random(f"{key}/{name}"))


def _words(text: str, draw: Random, put_on: Callable[[str], str]) -> str:
    """The text with about half of its longer words in disguise, links as they were."""
    links = [*LINK.findall(text), ""]
    between = LINK.split(text)
    return "".join(_piece(piece, draw, put_on) + link for piece, link in zip(between, links, strict=True))


def _piece(piece: str, draw: Random, put_on: Callable[[str], str]) -> str:
    return "".join(
        put_on(word) if len(word) >= SHORTEST_WORD and draw.random() < WORDS_DISGUISED else word
        for word in re.split(r"(\s+)", piece)
    )


def _turned(word: str, table: dict[str, str], draw: Random) -> str:
    return "".join(table.get(sign, sign) if draw.random() < LETTERS_TURNED else sign for sign in word)


def _split(word: str, draw: Random) -> str:
    return "".join(sign + (draw.choice(INVISIBLE) if draw.random() < LETTERS_SPLIT else "") for sign in word)
