"""Where things are: one function an address, so that a page, a feed, a mail and a redirect agree."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from forum.text.slugs import MAX_SLUG_LENGTH

POSTS_PER_PAGE = 20
# A page of a thread names its address five times, and a list those of a few boards thirty times. What a stranger writes
# instead may be longer than any slug, and is not remembered.
_remembered = lru_cache(maxsize=1024)(quote)


def board_url(slug: str) -> str:
    return f"/b/{_quoted(slug)}"


def thread_url(thread_id: int, slug: str, page: int = 1) -> str:
    """The canonical address of a page of a thread. A title without letters or digits leaves no slug."""
    tail = f"-{_quoted(slug)}" if slug else ""
    return f"/t/{thread_id}{tail}" + (f"?page={page}" if page > 1 else "")


def unread_url(thread_id: int) -> str:
    """Leads whoever is logged in to the first post of a thread that they have not read."""
    return f"/t/{thread_id}/unread"


def post_url(post_id: int) -> str:
    """A post's address for ever, wherever its thread moves."""
    return f"/p/{post_id}"


def reply_url(thread_id: int) -> str:
    """Where an answer is written."""
    return f"/t/{thread_id}/reply"


def place_url(thread_id: int, slug: str, number: int, post_id: int) -> str:
    """Where the post of a number stands in its thread now: the page, and the place on it."""
    return f"{thread_url(thread_id, slug, page_of(number))}#p{post_id}"


def page_of(number: int) -> int:
    """On which page of its thread a post stands."""
    return (number - 1) // POSTS_PER_PAGE + 1


def _quoted(slug: str) -> str:
    return _remembered(slug) if len(slug) <= MAX_SLUG_LENGTH else quote(slug)
