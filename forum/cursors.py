"""Numbers and places in a list as addresses carry them. Anybody can write an address, so they are read strictly."""

from __future__ import annotations

from datetime import datetime

from forum.errors import NotFound
from forum.schema import EPOCH, MICROSECOND

# The database's integers end here.
LARGEST_NUMBER = 2**63 - 1


def row_number(text: str) -> int:
    """The number of a row or a page, from 1 on. Raises NotFound for whatever is none."""
    is_short = len(text) <= len(str(LARGEST_NUMBER))
    number = int(text) if is_short and text.isascii() and text.isdigit() else 0
    if not 1 <= number <= LARGEST_NUMBER:
        raise NotFound
    return number


def place(moment: datetime, key: int) -> str:
    """Where a list that is sorted by moment and then by key goes on."""
    return f"{(moment - EPOCH) // MICROSECOND}.{key}"


def read_place(text: str) -> tuple[datetime, int]:
    """The moment and the key that `place` was given. Raises NotFound for what it can't have made."""
    micros, _, key = text.partition(".")
    number = row_number(key.removeprefix("-"))
    try:
        return EPOCH + row_number(micros) * MICROSECOND, -number if key.startswith("-") else number
    except OverflowError:
        raise NotFound from None
