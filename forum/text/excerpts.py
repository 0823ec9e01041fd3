"""The first words of a rendered text, for descriptions, feeds, lists and the moderators' queue."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from forum.text.languages import KANA, KANJI

ELLIPSIS = "…"

_NEVER_READ = frozenset({"rt", "rp"})
_NOT_OWN_WORDS = frozenset({"pre", "blockquote", "table"})
_INLINE = frozenset({"a", "code", "em", "ruby", "rt", "rp", "s", "strong"})
_CUT_WORD = re.compile(rf"(?:(?![{KANA}{KANJI}])\w)+\Z")
_CLINGING = frozenset("\u200c\u200d")
# A post of some hundred words is read in one or two pieces, of a long one the rest is left.
_PIECE = 250
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
    if _CUT_WORD.match(text[end]):
        head = _CUT_WORD.sub("", head) or head
    return head.rstrip(" -,:;、，・") or head


def _clings(text: str, at: int) -> bool:
    """Whether a cut before `at` would tear an accent or a part of an emoji from its character."""
    return unicodedata.category(text[at])[0] == "M" or text[at] in _CLINGING or text[at - 1] in _CLINGING


def _plain(html: str, skipped: frozenset[str], limit: int) -> str:
    """The words of `html` up to its end or, when they are more than `limit` characters, up to somewhere behind it."""
    reader = _Reader(skipped)
    for start in range(0, len(html), _PIECE):
        reader.feed(html[start : start + _PIECE])
        # Of the last word there may be more to come, which does not matter where more than the limit stands before it.
        if len(text := _joined(reader)) > limit + _LONGEST_WORD:
            return text
    reader.close()
    return _joined(reader)


def _joined(reader: _Reader) -> str:
    return " ".join("".join(reader.pieces).split())


class _Reader(HTMLParser):
    """Collects the text between tags, with a blank wherever a block begins or ends."""

    def __init__(self, skipped: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipped = skipped
        self._n_open_skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._n_open_skipped += tag in self._skipped
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        self._n_open_skipped -= tag in self._skipped
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._n_open_skipped:
            self.pieces.append(data)

    def _separate(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append(" ")
