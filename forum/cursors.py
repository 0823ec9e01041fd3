"""Numbers and places in a list as addresses carry them. Anybody can write an address, so they are read strictly."""

from __future__ import annotations

from datetime import datetime

from forum.errors import NotFound
from forum.schema import EPOCH, MICROSECOND

# PostgreSQL gives four bytes to the number of a row, and eight to a moment.
LARGEST_NUMBER = 2**31 - 1
LARGEST_MOMENT = 2**63 - 1


def row_number(text: str, largest: int = LARGEST_NUMBER) -> int:
    """The number of a row or a page, from 1 on. Raises NotFound for whatever is none."""
    is_short = len(text) <= len(str(largest))
    number = int(text) if is_short and text.isascii() and text.isdigit() else 0
    if not 1 <= number <= largest:
        raise NotFound
    return number


def place(moment: datetime, key: int) -> str:
    """Where a list that is sorted by moment and then by key goes on."""
    return f"{(moment - EPOCH) // MICROSECOND}.{key}"


def read_place(text: str) -> tuple[datetime, int]:
    """The moment and the key that `place` was given. Raises NotFound for what it can't have made."""
    micros, _, key = text.partition(".")
    sign = -1 if key.startswith("-") else 1
    number = sign * row_number(key.removeprefix("-"))
    try:
        return EPOCH + row_number(micros, LARGEST_MOMENT) * MICROSECOND, number
    except OverflowError:
        raise NotFound from None
