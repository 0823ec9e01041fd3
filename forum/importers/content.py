"""Collected content: threads with their posts, lists of users, encyclopedia paragraphs, and bare structure.

Members of all these files share one set of codes (`se-travel-10`), so that a list of users names the authors of the
threads. What the board has no place for is not read: scores, views, tags, which answer was accepted, and that a thread
is closed where it comes from, which is no reason to lock it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

from forum.importers.items import Entry, Format, Item, Origin, Person, Shelf, Textless, Topic
from forum.importers.reading import Record
from forum.text.slugs import slugify

PEOPLE = "content"
ENCYCLOPEDIA = "jsquad"
FORMATS: dict[str | None, Format] = {"text": "text", "html": "html", "markdown": "markdown", None: "text"}


def threads(lines: Iterator[Record]) -> Iterator[Item]:
    """A thread a line, with `source`, `id`, `title` and `posts`; a board for each source."""
    seen: set[str] = set()
    for line in lines:
        source = line.key("source", longest=60)
        if source not in seen:
            seen.add(source)
            yield _shelf(source)
        yield Topic(
            Origin(source, line.key("id")),
            Origin(source, ""),
            line.text("title"),
            tuple(_entries(line, source)),
            line.optional("url") or "",
        )


def users(lines: Iterator[Record]) -> Iterator[Item]:
    """A member a line: `user`, the code that threads use, and `name`, the name to show."""
    for line in lines:
        yield Person(Origin(PEOPLE, line.key("user")), line.text("name"))


def paragraphs(lines: Iterator[Record]) -> Iterator[Item]:
    """A paragraph a line; those of one `title`, which stand together, become a thread.

    The questions that come with a paragraph are left out: they are what a search for it is tried with.
    """
    yield _shelf(ENCYCLOPEDIA)
    for title, group in groupby(lines, key=lambda line: line.text("title")):
        entries = tuple(
            Entry(Origin(PEOPLE, ENCYCLOPEDIA), None, line.optional("body"), "text") for line in group
        )
        # Of any length, and titles may begin alike.
        key = sha256(title.encode()).hexdigest()
        yield Topic(Origin(ENCYCLOPEDIA, key), Origin(ENCYCLOPEDIA, ""), title, entries)


def structure(lines: Iterator[Record]) -> Iterator[Item]:
    """The names of the columns, then a post a line as a list. There are no texts, so that nothing can be loaded."""
    columns = next(lines)
    for line in lines:
        if not isinstance(line.data, list) or len(line.data) != len(columns.data):
            raise line.bad(f"a list of {len(columns.data)} values is expected.")
        yield Textless()


def _shelf(source: str) -> Shelf:
    return Shelf(Origin(source, ""), slugify(source) or "imported", source)


def _entries(line: Record, source: str) -> Iterator[Entry]:
    for post in line.parts("posts"):
        name = post.optional("format")
        if name not in FORMATS:
            raise post.bad(f"the format {name!r:.40} of a post is not known.")
        author = Origin(PEOPLE, post.key("user")) if post.optional("user") else Origin(source, "")
        yield Entry(author, post.moment("created_at"), post.optional("body"), FORMATS[name])
