"""Fold a text to what its readers see, and count the disguises that had to be taken off."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Characters that print nothing: zero-width, soft hyphen, bidi marks and overrides, variation selectors, tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)

# An invisible character between two letters splits a word for a machine and for nobody else.  Between emoji it is
# ordinary, and so it is in scripts that need joiners.
SPLIT_WORD = re.compile(
    f"(?<=[0-9A-Za-z\u0400-\u04ff\u3040-\u9fff]){INVISIBLE.pattern}+(?=[0-9A-Za-z\u0400-\u04ff\u3040-\u9fff])"
)

# Letters that pass for Latin ones at a glance, after case folding: Cyrillic, Greek, and the small capitals of the
# phonetic alphabet, which in running text are ornament or disguise.
GLANCE = "аеорсухіјѕԁһԛԝкмтвн" + "αοερτυνκι"
TO_LATIN = str.maketrans(GLANCE, "aeopcyxijsdhqwkmtbh" + "aoeptuvki")
SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢᴦᴧᴨᴩ", "abcdeghijklmnoprtuvwyzrlnp")
# The same the other way round, for a Russian word with other letters or digits planted in it.
TO_CYRILLIC = str.maketrans(
    "aeopcyxkmtbhij" + "αορτυκιχγωβ" + "ᴀʙᴄᴇʜᴋᴍᴏᴘᴛᴦᴧᴨᴩ" + "ɜɯʍ" + "0346",
    "аеорсухкмтвніј" + "аортикіхушв" + "авсенкмортглпр" + "зшм" + "озчб",
)
# All letters that fingerprints take for each other.
LOOKALIKES = TO_LATIN | str.maketrans("гпьиχγωβ", "rnbuxywb") | SMALL_CAPITALS

WORD = re.compile(r"[^\W_]+")
# Words of two scripts, of small capitals, or of Cyrillic letters and digits.
MIXED = re.compile(
    r"(?<![^\W_])(?:(?=[^\W_]*[a-z])(?=[^\W_]*[\u0370-\u03ff\u0400-\u052f])"
    r"|(?=[^\W_]*[\u0430-\u045f])(?=[^\W_]*[0346\u0370-\u03ff\u0250-\u02af])"
    r"|(?=[^\W_]*[\u1d00-\u1d2b]))[^\W_]+"
)
FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u1d00-\u1d2b]")
CYRILLIC = re.compile("[\u0430-\u045f]")
LATIN = re.compile("[a-z\u1d00-\u1d2b]")
# A number with its unit, or a name with its number, is no disguise: 5км, 3д, т34.
COUNTED = re.compile(r"\d+[\u0430-\u045f]+|[\u0430-\u045f]+\d+")

# Three and more single letters with one and the same kind of gap: "f r e e", "c.a.s.i.n.o", "v-i-s-a".
SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_](?=([ .*_\-])))(?:\1[^\W\d_]){2,}(?![^\W_])")
# How each of these ends: a quick look, with which most texts are done.
SPACED_SIGN = re.compile(r"([ .*_\-])[^\W\d_]\1[^\W\d_](?![^\W_])")

LEET = str.maketrans("4310$7@5", "aeiostas")
LEET_DIGIT = re.compile(r"[4310$7@5]")
# Begins with what is rare, and so is found four times as quickly as what begins with any letter.
LEET_SIGN = re.compile(r"[4310$7@5](?:[a-z]|(?<=[a-z][4310$7@5]))")
# An ordinal, a measure or a version is a number with its unit, not a disguise.
PLAIN_NUMBER = re.compile(r"\d+[a-z]{1,4}|[a-z]{1,3}\d+|\$\d+[a-z]?")

LINK_SIGN = re.compile(r"\.(?<=[\w-]\.)[a-z]|://")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]*+(?:\.[a-z0-9-]++)*\.(?:com|net|org|info|biz|jp|ru|cn|in|top|xyz|shop|site|online|click|club"
    r"|vip|co|io|me|gl|ly)\b(?:/[^\s<>\"')\]]*)?"
)

LEET_WORD = re.compile(r"(?<![\w$@])(?=[\w$@]*[4310$7@5])(?=[\w$@]*[a-z])[a-z4310$7@5]{3,}(?![\w$@])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in lower case without disguise; each count says how many words wore that disguise."""

    text: str
    links: tuple[str, ...] = ()
    invisible: int = 0
    lookalike: int = 0
    spaced: int = 0
    leet: int = 0


# Who judges a text folds it five times over: for the model, for its words, its links and its copies. Three MiB at most.
@lru_cache(maxsize=16)
def fold(text: str) -> Folded:
    """The folded text and the counts of its disguises.  Linear in the length of the text."""
    if text.isascii():
        plain, invisible, lookalike = text.lower(), 0, 0
    else:
        bare, invisible = uncover(text)
        plain, lookalike = unmix(unicodedata.normalize("NFKC", bare).lower())
    plain, spaced = SPACED.subn(_joined, plain) if SPACED_SIGN.search(plain) else (plain, 0)
    plain, links, leet = unleet(plain)
    return Folded(plain, links, invisible, lookalike, spaced, leet)


def uncover(text: str) -> tuple[str, int]:
    """The text without invisible characters, and how many places inside words held some."""
    if not INVISIBLE.search(text):
        return text, 0
    bare, splits = SPLIT_WORD.subn("", text)
    return INVISIBLE.sub("", bare), splits


def unmix(text: str) -> tuple[str, int]:
    """Lower-case text with every word in one script again, and how many words were not."""
    if not FOREIGN.search(text):
        return text, 0
    found = 0

    def in_one_script(match: re.Match[str]) -> str:
        nonlocal found
        plain = _in_one_script(match.group())
        found += plain != match.group()
        return plain

    return MIXED.sub(in_one_script, text), found


def unleet(text: str) -> tuple[str, tuple[str, ...], int]:
    """Lower-case text with digits and signs turned back to letters in words of letters and digits, except in its
    links; those links; how many words were turned.
    """
    links = tuple(link.group() for link in LINK.finditer(text)) if LINK_SIGN.search(text) else ()
    if not LEET_DIGIT.search(text) or not LEET_SIGN.search(text):
        return text, links, 0
    found = 0

    def letters(match: re.Match[str]) -> str:
        nonlocal found
        word = match.group()
        if PLAIN_NUMBER.fullmatch(word):
            return word
        found += 1
        return word.translate(LEET)

    # Links are left as they stand: what is between them is turned.
    between = LINK.split(text) if links else [text]
    turned = [LEET_WORD.sub(letters, part) for part in between]
    return "".join(part + link for part, link in zip(turned, (*links, ""), strict=True)), links, found


def _joined(match: re.Match[str]) -> str:
    return match.group()[::2]


def _in_one_script(word: str) -> str:
    """A word with a Cyrillic letter that is like no Latin one is Russian with something planted in it."""
    if COUNTED.fullmatch(word):
        return word
    cyrillic = set(CYRILLIC.findall(word))
    if cyrillic and (not cyrillic.issubset(GLANCE) or not LATIN.search(word)):
        return word.translate(TO_CYRILLIC)
    return word.translate(SMALL_CAPITALS).translate(TO_LATIN)
