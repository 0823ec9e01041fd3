"""Moments as they are written: for machines, and in Japan, where the board's people are, wherever they read."""

from datetime import UTC, date, datetime, timedelta

AHEAD = timedelta(hours=9)
"""Of UTC. Japan has no summer time, and had none in the lifetime of any post."""

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# A page tells twenty moments, and to format two digits takes as long as half a moment.
_DIGITS = tuple(f"{number:02}" for number in range(60))


def day_in_japan(moment: datetime) -> date:
    """The day that it was there."""
    return (_utc(moment) + AHEAD).date()


def short(day: date, language: str) -> str:
    """A day as CLDR's medium form has it: 'Nov 22, 2026' or, where `language` is 'ja', '2026/11/22'.

    Whoever crawls the archive meets a new day on each page, and Babel takes as long for one as ten posts do.
    """
    if language == "ja":
        return f"{day.year}/{_DIGITS[day.month]}/{_DIGITS[day.day]}"
    return f"{MONTHS[day.month]} {day.day}, {day.year}"


def in_japan(moment: datetime, language: str) -> str:
    """Return the moment in full: '22 Nov 2026, 17:02 JST' or, where `language` is 'ja', '2026年11月22日 17:02'."""
    there = _utc(moment) + AHEAD
    clock = f"{_DIGITS[there.hour]}:{_DIGITS[there.minute]}"
    if language == "ja":
        return f"{there.year}年{there.month}月{there.day}日 {clock}"
    return f"{there.day} {MONTHS[there.month]} {there.year}, {clock} JST"


def iso(moment: datetime) -> str:
    """2026-11-22T08:02:00Z, for machines."""
    utc = _utc(moment)
    clock = f"{_DIGITS[utc.hour]}:{_DIGITS[utc.minute]}:{_DIGITS[utc.second]}"
    return f"{utc.date().isoformat()}T{clock}Z"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
