"""The first words of a rendered text, for descriptions, feeds, lists and the moderators' queue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape

from forum.text.languages import KANA, KANJI

ELLIPSIS = "…"

_NEVER_READ = frozenset({"rt", "rp"})
_NOT_OWN_WORDS = frozenset({"pre", "blockquote", "table"})
_INLINE = frozenset({"a", "code", "em", "ruby", "rt", "rp", "s", "strong"})
_OF_WORD = re.compile(rf"(?![{KANA}{KANJI}])\w")
_CLINGING = frozenset("\u200c\u200d")
# Tones of skin, and the letters behind the flags of parts of countries.
_PART_OF_EMOJI = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_LETTER_OF_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
# What the renderer makes: no comments, names in lower case, values in double quotes, in which a > may stand.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:[^>"]|"[^"]*")*>')
# A word that is longer is cut anywhere.
_LONGEST_WORD = 60


def excerpt(html: str, limit: int) -> str:
    """Return the first words of `html` as plain text on one line, at most `limit` characters with the ellipsis.

    `html` is what `rendering.render` made. Readings of ruby are left out, and so are code blocks, tables and what is
    quoted from others, unless the text holds nothing else. Reads no more of `html` than it needs.
    """
    text = _plain(html, _NEVER_READ | _NOT_OWN_WORDS, limit) or _plain(html, _NEVER_READ, limit)
    return text if len(text) <= limit else cut(text, limit - len(ELLIPSIS)) + ELLIPSIS


def cut(text: str, limit: int) -> str:
    """Return the beginning of `text`, at most `limit` characters, ending with a whole word where words have spaces.

    Kana and kanji may be cut anywhere, and so is a single word that is longer than `limit`.
    """
    if len(text) <= limit:
        return text
    end = max(limit, 0)
    while end and _clings(text, end):
        end -= 1
    head = text[:end]
    if _OF_WORD.match(text, end):
        head = text[: _beginning_of_word(text, end)] or head
    return head.rstrip(" -,:;、，・") or head


def _beginning_of_word(text: str, end: int) -> int:
    """Where the word begins that stands before `end`, with its accents."""
    begin = end
    while begin:
        base = begin - 1
        while base and _is_mark(text[base]):
            base -= 1
        if not _OF_WORD.match(text, base):
            break
        begin = base
    return begin


def _clings(text: str, at: int) -> bool:
    """Whether a cut before `at` would tear an accent or a part of an emoji from its character."""
    following = text[at]
    is_part = _is_mark(following) or _PART_OF_EMOJI.match(following) is not None
    return is_part or following in _CLINGING or text[at - 1] in _CLINGING or _splits_flag(text, at)


def _splits_flag(text: str, at: int) -> bool:
    """Whether `at` stands between the two letters of a flag."""
    if not _LETTER_OF_FLAG.match(text, at):
        return False
    begin = at
    while begin and _LETTER_OF_FLAG.match(text, begin - 1):
        begin -= 1
    return (at - begin) % 2 == 1


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M"


def _plain(html: str, skipped: frozenset[str], limit: int) -> str:
    """The words of `html` up to its end or, when they are more than `limit` characters, up to somewhere behind it."""
    pieces: list[str] = []
    n_open_skipped = length = begin = 0
    # Of the last word there may be more to come, which does not matter where more than the limit stands before it.
    enough = limit + _LONGEST_WORD
    for tag in _TAG.finditer(html):
        if not n_open_skipped:
            pieces.append(html[begin : tag.start()])
            length += tag.start() - begin
        begin, (is_end, name) = tag.end(), tag.groups()
        if name in skipped:
            n_open_skipped += -1 if is_end else 1
        if name not in _INLINE:
            pieces.append(" ")
        if length > enough:
            if len(text := _joined(pieces)) > limit + _LONGEST_WORD:
                return text
            # Entities and blanks are longer in the source.
            enough = 2 * length
    return _joined([*pieces, "" if n_open_skipped else html[begin:]])


def _joined(pieces: Iterable[str]) -> str:
    return " ".join(unescape("".join(pieces)).split())
