"""Which of the board's two languages a text is written in, told by its scripts."""

import re
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "ja"]

KANA = "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
KANJI = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LATIN = "A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f\uff21-\uff3a\uff41-\uff5a"
"""Ranges for a character class of a regular expression."""

LATIN_LETTERS_PER_CHARACTER = 2.5
"""A Japanese translation of an English text has two to three times fewer characters than the English has letters."""

_JAPANESE = re.compile(f"[{KANA}{KANJI}]+")
_LATIN = re.compile(f"[{LATIN}]+")
_NOT_PROSE = re.compile(
    r"^(?P<fence>```|~~~).*?(?:^(?P=fence)|\Z)|`[^`\n]+`|(?:https?://|www\.)[!-~]+", re.MULTILINE | re.DOTALL
)

# One of these stands in whatever that finds.
_MARKS_OF_OTHER = ("`", "~~~", "://", "www.")


def language_of(text: str, otherwise: Language = "en") -> Language:
    """Return the language that says more of `text`; `otherwise` when it holds no letter of either.

    Addresses and code (fenced or between backticks) are not counted: they look English in every language.
    """
    # Most texts are English prose, where one look for each of these is a quarter of the work.
    prose = _NOT_PROSE.sub(" ", text) if any(mark in text for mark in _MARKS_OF_OTHER) else text
    n_japanese = 0 if prose.isascii() else sum(map(len, _JAPANESE.findall(prose)))
    if not n_japanese:
        return "en" if _LATIN.search(prose) else otherwise
    n_latin = sum(map(len, _LATIN.findall(prose)))
    return "ja" if n_japanese * LATIN_LETTERS_PER_CHARACTER > n_latin else "en"
