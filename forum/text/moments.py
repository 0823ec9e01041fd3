"""Moments as they are written in Japan, where the board's people are, wherever they read."""

from datetime import datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")
"""Japan has no summer time, and had none in the lifetime of any post."""


MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_japan(moment: datetime, language: str) -> str:
    """Return the moment in full: '22 Nov 2026, 17:02 JST' or, where `language` is 'ja', '2026年11月22日 17:02'."""
    there = moment.astimezone(JST)
    clock = f"{there.hour:02}:{there.minute:02}"
    if language == "ja":
        return f"{there.year}年{there.month}月{there.day}日 {clock}"
    return f"{there.day} {MONTHS[there.month]} {there.year}, {clock} JST"
