"""The readable end of an address: /t/12-team-teaching-の-こつ."""

import re
import unicodedata

from forum.text.excerpts import cut

MAX_SLUG_LENGTH = 60
"""Longer addresses are broken by mail programs and cut by search results; the number before the slug finds the page."""

_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def slugify(title: str) -> str:
    """Return the letters and digits of `title`, of any script, in lower case and joined by '-'; '' when it has none.

    Cut at a word to MAX_SLUG_LENGTH characters. A slug's slug is itself.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).lower())
    spaced = "".join(char if _is_part_of_word(char) else " " for char in _SELECTORS.sub("", folded))
    words = [word for word in spaced.split() if any(map(str.isalnum, word))]
    return cut("-".join(words), MAX_SLUG_LENGTH).strip("-")


def _is_part_of_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")
