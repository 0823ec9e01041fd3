"""A page of a thread as its template prints it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from forum.threads.reading import ThreadHead
from forum.threads.views.articles import Posts
from forum.web import printing
from forum.web.filters import absolute, here
from forum.web.language import current_language


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Flags and texts, for `printing.page`."""

    is_waiting: bool
    is_pinned: bool
    is_locked: bool
    is_indexed: bool
    may_reply: bool
    title: str
    page_told: str
    lang: str
    description: str
    canonical_url: str
    here: str
    previous_url: str
    next_url: str
    feed_url: str
    board_url: str
    board_name: str
    replies: str
    replies_told: str
    moderate_url: str
    note: str
    lock_reason: str
    pager: str
    posts: str
    reply_url: str


def of(thread: ThreadHead, posts: Posts) -> ThreadPage:
    """Everything decided that stands around the posts of a page."""
    pager, page = thread.pager, thread.pager.page
    return ThreadPage(
        is_waiting=thread.is_waiting,
        is_pinned=thread.is_pinned,
        is_locked=thread.is_locked,
        is_indexed=thread.is_indexed,
        may_reply=thread.may_reply,
        title=thread.title,
        page_told=_("Page %(number)s", number=page) if page > 1 else "",
        lang=thread.lang,
        description=posts.description,
        canonical_url=absolute(pager.url(page)),
        here=here(),
        previous_url=pager.url(page - 1) if page > 1 else "",
        next_url=pager.url(page + 1) if page < pager.pages else "",
        feed_url=thread.feed_url,
        board_url=thread.board_url,
        board_name=thread.board_name,
        replies=str(thread.replies),
        replies_told=_replies_told(current_language(), thread.replies),
        moderate_url=thread.moderate_url or "",
        note=thread.note,
        lock_reason=thread.lock_reason,
        pager=_pager(thread),
        posts=posts.whole,
        reply_url=thread.reply_url,
    )


# To find the sentence takes as long as to print a post, and few numbers stand over most threads.
@lru_cache(maxsize=1024)
def _replies_told(_language: str, replies: int) -> str:
    return ngettext("%(num)s reply", "%(num)s replies", replies)


def _pager(thread: ThreadHead) -> str:
    pager = thread.pager
    if pager.pages == 1:
        return ""
    shown = current_language(), thread.url, pager.page, pager.pages
    return printing.remembered(
        "pager", *shown, caller=lambda: printing.macro("_ui/pages.html", "pager")(pager)
    )
