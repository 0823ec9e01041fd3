"""What somebody who writes @ may mean by the letters after it."""

import re
import unicodedata

from forum.text.languages import KANA, KANJI
from forum.text.names import MAX_LENGTH

MAX_MENTIONS = 10
"""Different people whom one text may call. A round of friends is smaller; more is somebody ringing at every door."""

MAX_READINGS = 5
"""Names that one @ is looked up for: what is written, and what of it may be a name with Japanese after it."""

_MAX_WRITTEN = 2 * MAX_LENGTH
_BEFORE = re.compile(r"[A-Za-z0-9@/._+\-]")
_KIND_OF_SCRIPT = re.compile(f"(?:(?![{KANA}{KANJI}]).)+|[\u3041-\u309fー]+|[\u30a1-\u30ffー]+|[{KANJI}]+")
_TITLE = re.compile(
    r"さん|くん|ちゃん|さま|せんせい|様|氏|君|殿|先生|先輩|-(?:san|kun|chan|sama|sensei|senpai)\b",
    re.IGNORECASE,
)


def written_after(text: str, at: int, end: int) -> str:
    """Return what could be a name after the @ at `at`, followed by more text perhaps; '' inside a mail address."""
    if at and _BEFORE.match(text[at - 1]):
        return ""
    stop = at + 1
    while stop < min(end, at + 1 + _MAX_WRITTEN) and _is_in_names(text[stop]):
        stop += 1
    return "" if text[stop : stop + 1] == "@" else text[at + 1 : stop].rstrip("_-.")


def readings(run: str) -> tuple[str, ...]:
    """Return the beginnings of `run` that may be the name meant, longest first, at most MAX_READINGS.

    Japanese puts no blank after a name: @田中さんありがとう calls 田中, @mikeの calls mike. So a name may end where the
    script changes and before a title such as さん or -san.
    """
    ends = [part.end() for part in _KIND_OF_SCRIPT.finditer(run)][: MAX_READINGS - 2]
    title = _TITLE.search(run, 1)
    found = {run[:end].rstrip("_-.") for end in [*ends, title.start() if title else 0, len(run)]}
    return tuple(sorted((name for name in found if 0 < len(name) <= MAX_LENGTH), key=len, reverse=True))


def _is_in_names(char: str) -> bool:
    return char.isalnum() or char in "_-." or unicodedata.category(char)[0] == "M"
