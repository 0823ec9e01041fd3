"""The posts of a page as they are printed. What is the same for everybody is printed once and kept by its version."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from sys import getsizeof
from typing import NamedTuple

from flask import current_app, request
from markupsafe import Markup, escape

from forum.access import Viewer, sees_all
from forum.people import Person
from forum.statements import Source
from forum.text.excerpts import excerpt
from forum.text.rendering import stored
from forum.threads import marks, posts
from forum.threads.posts import Acts, PostText
from forum.threads.reading import ThreadHead
from forum.web.filters import teller
from forum.web.keeping import UNTIL, right_until
from forum.web.language import current_language
from forum.web.printing import pattern
from forum.web.shelf import Shelf
from forum.web.viewer import now

# The pages of some sixty threads: those that members read at the same time.
MOST_BYTES = 4 * 1024 * 1024
# The fields of a post beside its text, and its author.
OVERHEAD_BYTES = 1500

# What search engines show of a page.
DESCRIPTION_LENGTH = 155

_VALUES = ("id", "number", "by", "iso", "jst", "ago", "note", "html")
_NAMES = ("name", "display_name", "card", "url")

Key = tuple[int, int, int, str]


class Article(NamedTuple):
    """A post as it is printed, up to the end of its text, and what the viewer may do with it."""

    html: Markup
    acts: Acts
    is_first_new: bool
    """Whether what the viewer has not seen yet begins here, and there is something before it."""


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a page, one by one or, for a guest, who can do nothing with them, whole."""

    articles: list[Article]
    whole: str
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
        return Posts([], stored("".join(_articles(texts, are_whole=True))), _description(texts, page))
    if sees_all(viewer):
        texts = posts.every(source, viewer, thread.id, page, pages)
        printed, description = _print(texts), _description(texts, page)
    else:
        shared = _shared(source, thread)
        texts, printed, description = list(shared.texts), shared.printed, shared.description
        if mine := posts.own(source, viewer, thread.id, page, pages):
            texts, printed = posts.merged(texts, mine), printed | _print(mine)
    state = {"is_open": thread.may_reply, "is_locked": thread.is_locked}
    first_new, moment = marks.first_new(viewer, thread.seen, texts), now()
    articles = [
        Article(printed[text.id], posts.acts(viewer, text, thread.id, moment, **state), text.id == first_new)
        for text in texts
    ]
    if request.method == "GET":
        marks.note(viewer, thread.id, thread.seen, texts, moment)
    return Posts(articles, "", description)


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
    pieces = map(stored, _articles(texts, are_whole=False))
    return {text.id: piece for text, piece in zip(texts, pieces, strict=True)}


def _articles(texts: list[PostText], *, are_whole: bool) -> Iterator[str]:
    tell = teller()
    by = {author: _signature(author) for author in {text.author for text in texts}}
    for post_id, number, status, lang, html, note, edited_at, _, created_at, _, author in texts:
        kind = status, lang, number is not None, edited_at is not None, bool(note), are_whole
        iso, jst, ago = tell(created_at)
        yield pattern("threads/_article.html", "article", _VALUES, *kind) % {
            "id": post_id,
            "number": number,
            "by": by[author],
            "iso": iso,
            "jst": jst,
            "ago": ago,
            "note": escape(note),
            "html": html,
        }


def _signature(author: Person) -> str:
    kind = author.role, author.is_demo
    # A place that stays empty is no place, but a case of its own.
    places = tuple(name for name in _NAMES if getattr(author, name))
    values = {name: escape(getattr(author, name)) for name in places}
    return pattern("_ui/people.html", "signature", places, *kind) % values
