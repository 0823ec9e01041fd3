"""Usernames: which are allowed, which two are the same name, and which two look the same.

The rules are the PRECIS profile UsernameCasePreserved (RFC 8265) and the restrictions of Unicode's security report
(UTS #39), narrowed to what reads well after an @ and in an address.
"""

import re
import unicodedata
from functools import cache
from typing import Literal, TypeAlias

from confusable_homoglyphs import categories
from confusable_homoglyphs.utils import load
from precis_i18n import get_profile

from forum.text.languages import KANA, KANJI

MIN_LENGTH = 3
"""Two Latin letters are too few to tell members apart by."""

MIN_LENGTH_JAPANESE = 2
"""田中 and ゆき are whole names."""

MAX_LENGTH = 30
"""A name has to fit on one line of a telephone beside the time of a post."""

MAX_STACKED_MARKS = 2
"""Thai puts two marks on one consonant; nobody's name needs more."""

Fault: TypeAlias = Literal[
    "empty",
    "too_short",
    "too_long",
    "characters",
    "no_letter",
    "mixed_scripts",
    "looks_like_mail",
    "looks_like_site",
    "reserved",
]

RESERVED = """
    admin administrator bot contact deleted engawa guest help mail mod moderator mods nobody noreply null official
    operator owner postmaster root security staff support sysop system team undefined webmaster
    管理人 管理者 運営 運営者 公式 事務局 司会 サポート システム スタッフ ゲスト モデレーター 縁側 えんがわ
"""
"""Names that would speak with the board's own voice."""


class BadName(ValueError):
    """A name that nobody may take; `code` says why."""

    def __init__(self, code: Fault) -> None:
        super().__init__(code)
        self.code: Fault = code


def check(name: str) -> str:
    """Return `name` in the form in which it is stored and shown; a checked name comes back as it is.

    Raises BadName. Whether somebody has the name, or one that looks like it, is for `key` and `skeleton` and the
    database to say.
    """
    name = name.strip()
    if not name:
        raise BadName("empty")
    if len(name) > 2 * MAX_LENGTH:
        raise BadName("too_long")
    if "@" in name or "＠" in name:
        raise BadName("looks_like_mail")
    name = _enforced(name)
    if fault := _fault(name):
        raise BadName(fault)
    return name


def key(name: str) -> str:
    """Return what is equal for all spellings of one name: NFKC and case-folded. For log-in, mentions and addresses."""
    return _normal(_normal(name).casefold())


def skeleton(name: str) -> str:
    """Return what is equal for all names that the eye may take for each other; UNIQUE in the table of members.

    Look-alikes are those of UTS #39, and besides them: accents, case, width, `l` `i` `1`, `O` `0`, `rn` `m`, `vv` `w`,
    kana and kanji of one shape, and names that differ only in `_`, `-` and `.`. Capitals are compared by their own
    shape first (Cyrillic ВОВ is BOB), so that two spellings of one Cyrillic or Greek name may have two skeletons;
    `key` keeps those apart from each other.
    """
    drawn = _drawn(_drawn(_normal(name)).casefold()).casefold().translate(_LIKE_FIRST)
    kept = "".join(char for char in _without_accents(drawn) if char not in "_-.")
    return kept.replace("rn", "m").replace("vv", "w")


def letters(text: str) -> str:
    """Return the letters, marks and digits of a text alone: what the eye takes for the name in `✦ M o r i ✦`."""
    return "".join(char for char in _normal(text) if _kind(char) in "LMN")


def is_reserved(text: str) -> bool:
    """Whether a text, or one of its words, would speak with the board's own voice, whatever surrounds its letters."""
    words = [letters(text), *map(letters, text.split())]
    return any(
        skeleton(word) in _reserved() for word in [*words, *(_DIGITS_AT_END.sub("", w) for w in words)]
    )


_PROFILE = get_profile("UsernameCasePreserved")
_JAPANESE = re.compile(f"[{KANA}{KANJI}]")
# Any two letters may be a top-level domain by now, and a mail program makes a link of what looks like one.
_SITE = re.compile(r"\.[^\W\d_]{2,}$")
_DIGITS_AT_END = re.compile(r"\d+$")

_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "HANGUL"},
)
"""Scripts that one name may mix: the level "highly restrictive" of UTS #39, section 5.2."""

_LOOK_ALIKES = """
    li1|I oO0〇 ー一 ニ二 カ力 エ工 ロ口囗 ト卜 ハ八 タ夕 ミ三 オ才 へヘ べベ ぺペ りリ チ千 ム厶 ヒ匕 ノ丿 メ乂 ヌ又
"""
"""Look-alikes to a reader's eye; Unicode's own table has the kana and kanji among them only in part."""

_LIKE_FIRST = str.maketrans({other: group[0] for group in _LOOK_ALIKES.split() for other in group[1:]})


def _enforced(name: str) -> str:
    try:
        return _PROFILE.enforce(name)
    except UnicodeEncodeError:
        raise BadName("characters") from None


def _fault(name: str) -> Fault | None:
    """Say what is wrong with a name that follows the profile."""
    minimum = MIN_LENGTH_JAPANESE if _JAPANESE.search(name) else MIN_LENGTH
    if len(name) > MAX_LENGTH:
        return "too_long"
    if not _holds_only_allowed(name):
        return "characters"
    if len(name) < minimum:
        return "too_short"
    if not any(map(str.isalpha, name)):
        return "no_letter"
    if _mixes_scripts(name):
        return "mixed_scripts"
    if _SITE.search(key(name)):
        return "looks_like_site"
    if is_reserved(name):
        return "reserved"
    return None


def _holds_only_allowed(name: str) -> bool:
    """Letters with their marks and digits; `_`, `-` and `.` one at a time between them."""
    kinds = "".join(_kind(char) for char in name)
    return re.fullmatch(rf"(?:[LN]M{{0,{MAX_STACKED_MARKS}}}|(?<=[LNM])P(?=[LN]))+", kinds) is not None


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if char in "_-.":
        return "P"
    return category[0] if category[0] in "LM" or category == "Nd" else "?"


def _mixes_scripts(name: str) -> bool:
    scripts = {categories.alias(char) for char in name} - {"COMMON", "INHERITED"}
    zeros = {ord(char) - unicodedata.decimal(char) for char in name if char.isdecimal()}
    return len(zeros) > 1 or (len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _drawn(text: str) -> str:
    prototypes = _prototypes()
    return "".join(prototypes.get(char, char) for char in _without_accents(text))


def _without_accents(text: str) -> str:
    """Drop the accents of Latin, Greek and Cyrillic letters; the voicing marks of kana make other letters, and stay."""
    return _normal(
        "".join(char for char in unicodedata.normalize("NFD", text) if not "\u0300" <= char <= "\u036f")
    )


@cache
def _reserved() -> frozenset[str]:
    return frozenset(map(skeleton, RESERVED.split()))


@cache
def _prototypes() -> dict[str, str]:
    """Map each character of the Unicode table to how its look-alikes are written: one character, or a few ("rn").

    The library's table holds both directions: a character with several partners is the prototype of them all, one
    with a single partner has that as its prototype. Of two that have only each other, the first in Unicode is taken.
    """
    # Read here, for the library's own module would keep 6 MiB of it for as long as the process lives.
    table = load("confusables.json")
    partners = {_bare(char): [_bare(entry["c"]) for entry in entries] for char, entries in table.items()}
    return {
        char: others[0]
        for char, others in partners.items()
        if len(char) == 1 and len(others) == 1 and (len(partners.get(others[0], ())) > 1 or others[0] < char)
    }


def _bare(text: str) -> str:
    """The table wraps characters that are written from right to left in marks of direction."""
    return text.replace("\u200e", "")
