"""Moments as they are written: for machines, and in Japan, where the board's people are, wherever they read."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

AHEAD = timedelta(hours=9)
"""Of UTC. Japan has no summer time, and had none in the lifetime of any post."""

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# A page tells twenty moments, and to format two digits takes as long as half a moment.
_DIGITS = tuple(f"{number:02}" for number in range(60))


def day_in_japan(moment: datetime) -> date:
    """The day that it was there."""
    return (_utc(moment) + AHEAD).date()


def in_japan(moment: datetime, language: str) -> str:
    """Return the moment in full: '22 Nov 2026, 17:02 JST' or, where `language` is 'ja', '2026年11月22日 17:02'."""
    there = _utc(moment) + AHEAD
    day, clock = _day(there.date(), language), f"{_DIGITS[there.hour]}:{_DIGITS[there.minute]}"
    return f"{day} {clock}" if language == "ja" else f"{day}, {clock} JST"


def iso(moment: datetime) -> str:
    """2026-11-22T08:02:00Z, for machines."""
    utc = _utc(moment)
    clock = f"{_DIGITS[utc.hour]}:{_DIGITS[utc.minute]}:{_DIGITS[utc.second]}"
    return f"{utc.date().isoformat()}T{clock}Z"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


@lru_cache(maxsize=1024)
def _day(day: date, language: str) -> str:
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month]} {day.year}"
