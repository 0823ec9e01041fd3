"""The posts of a page as they are printed. What is the same for everybody is printed once and kept by its version."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple

from flask import current_app, request
from markupsafe import Markup

from forum.access import Viewer, sees_all
from forum.statements import Source
from forum.text.excerpts import excerpt
from forum.threads import marks, posts
from forum.threads.posts import Acts, PostText
from forum.threads.reading import ThreadHead
from forum.web.filters import teller
from forum.web.keeping import UNTIL, right_until
from forum.web.language import current_language
from forum.web.printing import joined, macro, pattern
from forum.web.shelf import Shelf
from forum.web.viewer import now

# The pages of some forty threads: those that members read at the same time.
MOST_BYTES = 3 * 1024 * 1024
# The fields of a post beside its text, and its author.
OVERHEAD_BYTES = 1500

# What search engines show of a page.
DESCRIPTION_LENGTH = 155

ARTICLE = "threads/_article.html"
PLACES = ("id", "number", "html", "note", "by", "iso", "jst", "ago")

Key = tuple[int, int, int, str]


class Posts(NamedTuple):
    """The posts of a page, printed, with what the viewer may do with each."""

    whole: Markup
    description: str
    """What the first page says of its thread to whoever has not read it."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """The posts of a page that everybody sees, printed; right until a time on them reads otherwise."""

    texts: tuple[PostText, ...]
    printed: dict[int, Markup]
    description: str
    until_s: float


def of(source: Source, viewer: Viewer, thread: ThreadHead) -> Posts:
    """The posts of a thread's page for a viewer, in their order. That they see them is noted.

    For a guest no statement when the page is kept, else one; for a member one more; for the staff one or two.
    """
    page, pages = thread.pager.page, thread.pager.pages
    if viewer.is_guest:
        texts = posts.public(source, thread.id, page)
        return Posts(joined(_articles(texts, are_whole=True)), _description(texts, page))
    if sees_all(viewer):
        texts = posts.every(source, viewer, thread.id, page, pages)
        printed, description = _print(texts), _description(texts, page)
    else:
        shared = _shared(source, thread)
        texts, printed, description = list(shared.texts), shared.printed, shared.description
        if mine := posts.own(source, viewer, thread.id, page, pages):
            texts, printed = posts.merged(texts, mine), printed | _print(mine)
    moment = now()
    whole = joined(_with_endings(viewer, thread, texts, printed, moment))
    if request.method == "GET":
        marks.note(viewer, thread.id, thread.seen, texts, moment)
    return Posts(whole, description)


def _with_endings(
    viewer: Viewer, thread: ThreadHead, texts: list[PostText], printed: dict[int, Markup], moment: datetime
) -> Iterator[Markup]:
    """The posts with what a member may do with them, and where begins what is new to them."""
    language, first_new = current_language(), marks.first_new(viewer, thread.seen, texts)
    # With others' posts of one status they may do the same, whenever these were written.
    of_others: dict[str, Acts] = {}
    for text in texts:
        acts = of_others.get(text.status) if text.author_id != viewer.id else None
        if acts is None:
            acts = posts.acts(viewer, text, moment, is_open=thread.may_reply, is_locked=thread.is_locked)
            if text.author_id != viewer.id:
                of_others[text.status] = acts
        if text.id == first_new:
            yield macro(ARTICLE, "first_new")()
        yield printed[text.id]
        ending = pattern(language, ARTICLE, "ending", ("id", "thread_id"), *acts)
        yield ending.fill(text.id, thread.id)


def _shared(source: Source, thread: ThreadHead) -> _Shared:
    """What every member sees. A guest's page is kept whole, in front of Flask."""
    key: Key = thread.id, thread.pager.page, thread.version, current_language()
    shelf: Shelf[_Shared] = current_app.extensions.setdefault("articles", Shelf(MOST_BYTES))
    shared = shelf.get(key)
    if shared is None or shared.until_s <= now().timestamp():
        texts = posts.public(source, thread.id, thread.pager.page)
        printed, description = _print(texts), _description(texts, thread.pager.page)
        shared = _Shared(tuple(texts), printed, description, request.environ.get(UNTIL, math.inf))
        texts_bytes = sum(getsizeof(text.html) + getsizeof(printed[text.id]) for text in texts)
        shelf.put(key, shared, texts_bytes + OVERHEAD_BYTES * len(texts))
    else:
        right_until(shared.until_s)
    return shared


def _description(texts: list[PostText], page: int) -> str:
    return excerpt(texts[0].html, DESCRIPTION_LENGTH) if texts and page == 1 else ""


def _print(texts: list[PostText]) -> dict[int, Markup]:
    """Each post up to the end of its text, by id."""
    return {text.id: piece for text, piece in zip(texts, _articles(texts, are_whole=False), strict=True)}


def _articles(texts: list[PostText], *, are_whole: bool) -> Iterator[Markup]:
    language, tell, author = current_language(), teller(), macro("_ui/people.html", "author")
    by = {person: author(person) for person in {text.author for text in texts}}
    for post_id, number, status, lang, html, note, edited_at, _, created_at, _, person in texts:
        kind = status, lang, number is not None, bool(note), edited_at is not None, are_whole
        article = pattern(language, ARTICLE, "article", PLACES, *kind)
        yield article.fill(post_id, number, html, note, by[person], *tell(created_at))
