"""What a view says so that its page is kept for guests: see `forum.web.pagecache`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request

PLAIN = re.compile("")
PAGE = re.compile(r"(page=[1-9][0-9]{0,8})?")
BEFORE = re.compile(r"(before=[1-9][0-9]{0,19}(\.[1-9][0-9]{0,19})?)?")
"""The queries, each in its one spelling, with which a page is kept; with others it is made each time."""

# What articles, mails and social sites put behind an address to count who comes from them; no page depends on it.
TRACKER = re.compile(
    r"(?<![^&])(?:utm_[a-z]{1,20}|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id)=[^&]*(?:&|$)"
)

# Where a page says until when the times on it read as they do.
UNTIL = "forum.right_until_s"
# Where a page says the version of its topics, when its view does.
VERSION = "forum.version"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a view is kept: the topics that its page shows, with places for parts of the address, and its queries."""

    topics: tuple[str, ...]
    query: re.Pattern[str]
    is_version_told: bool


def kept(
    *topics: str, query: re.Pattern[str] = PLAIN, is_version_told: bool = False
) -> Callable[[View], View]:
    """Keep what a view shows to guests. `topics`, of `forum.versions`, name all that it reads from the database.

    A view that reads their newest version with everything else tells it by `tell_version`, which spares to ask for it.
    """

    def mark(view: View) -> View:
        view.keeping = Keeping(topics, query, is_version_told)  # pyright: ignore[reportFunctionMemberAccess]
        return view

    return mark


def without_trackers(query: str) -> str:
    """A query without what only counts visitors; most that come from an article bring some of it."""
    plain = TRACKER.sub("", query) if "=" in query else query
    return query if plain == query else plain.removesuffix("&")


def tell_version(version: int) -> None:
    """Note the newest version of the topics of what is being made, 0 for none, read in the same snapshot."""
    request.environ[VERSION] = version


def right_until(moment_s: float) -> None:
    """Note that what is being made reads otherwise from `moment_s` on, in seconds since 1970."""
    environ = request.environ
    environ[UNTIL] = min(environ.get(UNTIL, moment_s), moment_s)
