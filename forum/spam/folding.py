"""Fold a text to what its readers see, and count the disguises that had to be taken off."""

import re
import unicodedata
from dataclasses import dataclass

# Characters that print nothing: zero-width, soft hyphen, bidi marks and overrides, variation selectors, tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)

# An invisible character between two letters splits a word for a machine and for nobody else.  Between emoji it is
# ordinary, and so it is in scripts that need joiners.
SPLIT_WORD = re.compile(
    f"(?<=[0-9A-Za-z\u0400-\u04ff\u3040-\u9fff]){INVISIBLE.pattern}+(?=[0-9A-Za-z\u0400-\u04ff\u3040-\u9fff])"
)

# Cyrillic and Greek letters that look like Latin ones, after case folding.
LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝгкмтвнпьиαοερτυνκιχγωβ", "aeopcyxijsdhqwrkmtbhnbuaoeptuvkixywb")
TO_CYRILLIC = str.maketrans("aeopcyxkmtbhij", "аеорсухкмтвніј")
# Those of them that pass for their Latin neighbour at a glance; a word in which any other foreign letter stands is
# a foreign word with Latin letters planted in it.
GLANCE = frozenset("аеорсухіјѕԁһԛԝкмтвнαοερτυνκι")

WORD = re.compile(r"[^\W_]+")
MIXED = re.compile("(?<![^\\W_])(?=[^\\W_]*[a-z])(?=[^\\W_]*[\u0370-\u03ff\u0400-\u052f])[^\\W_]+")
FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")

# Three and more single letters with one and the same kind of gap: "f r e e", "c.a.s.i.n.o", "v-i-s-a".
SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_](?=([ .*_\-])))(?:\1[^\W\d_]){2,}(?![^\W_])")

LEET = str.maketrans("4310$7@5", "aeiostas")
LEET_SIGN = re.compile(r"[a-z][4310$7@5]|[4310$7@5][a-z]")
# An ordinal, a measure or a version is a number with its unit, not a disguise.
PLAIN_NUMBER = re.compile(r"\d+[a-z]{1,4}|[a-z]{1,3}\d+|\$\d+[a-z]?")

# Most texts hold neither: a quick look saves the slow one.
LINK_SIGN = re.compile(r"[\w-]\.[a-z]|://")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|jp|ru|cn|in|top|xyz|shop|site|online|click|club"
    r"|vip|co|io|me|gl|ly)\b(?:/[^\s<>\"')\]]*)?"
)

LEET_OR_LINK = re.compile(
    f"(?P<link>{LINK.pattern})"
    r"|(?<![\w$@])(?=[\w$@]*[4310$7@5])(?=[\w$@]*[a-z])[a-z4310$7@5]{3,}(?![\w$@])"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in lower case without disguise; each count says how many words wore that disguise."""

    text: str
    links: tuple[str, ...] = ()
    invisible: int = 0
    lookalike: int = 0
    spaced: int = 0
    leet: int = 0


def fold(text: str) -> Folded:
    """The folded text and the counts of its disguises.  Linear in the length of the text."""
    if text.isascii():
        plain, invisible, lookalike = text.lower(), 0, 0
    else:
        bare, invisible = uncover(text)
        plain, lookalike = unmix(unicodedata.normalize("NFKC", bare).lower())
    plain, spaced = SPACED.subn(_joined, plain)
    plain, links, leet = unleet(plain)
    return Folded(plain, links, invisible, lookalike, spaced, leet)


def uncover(text: str) -> tuple[str, int]:
    """The text without invisible characters, and how many places inside words held some."""
    if not INVISIBLE.search(text):
        return text, 0
    bare, splits = SPLIT_WORD.subn("", text)
    return INVISIBLE.sub("", bare), splits


def unmix(text: str) -> tuple[str, int]:
    """Lower-case text with every word in one script again, and how many words mixed Latin with look-alikes."""
    return MIXED.subn(_in_one_script, text) if FOREIGN.search(text) else (text, 0)


def unleet(text: str) -> tuple[str, tuple[str, ...], int]:
    """Lower-case text with digits and signs turned back to letters in words of letters and digits, except in its
    links; those links; how many words were turned.
    """
    links = tuple(link.group() for link in LINK.finditer(text)) if LINK_SIGN.search(text) else ()
    found = 0

    def letters(match: re.Match[str]) -> str:
        nonlocal found
        word = match.group()
        if match["link"] or PLAIN_NUMBER.fullmatch(word):
            return word
        found += 1
        return word.translate(LEET)

    return (LEET_OR_LINK.sub(letters, text) if LEET_SIGN.search(text) else text), links, found


def _joined(match: re.Match[str]) -> str:
    return match.group()[::2]


def _in_one_script(match: re.Match[str]) -> str:
    word = match.group()
    if GLANCE.issuperset(FOREIGN.findall(word)):
        return word.translate(LOOKALIKES)
    return word.translate(TO_CYRILLIC)
