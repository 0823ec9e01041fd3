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
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", title))
    folded = unicodedata.normalize("NFKC", plain.lower())
    spaced = "".join(char if _is_part_of_word(char) else " " for char in folded)
    short = cut("-".join(filter(_is_word, spaced.split())), MAX_SLUG_LENGTH)
    # The last word may have been cut down to a mark.
    return "-".join(filter(_is_word, short.split("-")))


def _is_word(part: str) -> bool:
    return any(map(str.isalnum, part))


def _is_part_of_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")
