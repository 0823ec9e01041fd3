"""A generated board: one line a record, `type` says which (meta, user, category, thread, post).

A thread's posts follow it at once. Bodies are Markdown, times seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from forum.importers.items import Entry, Item, Origin, Person, Shelf, Topic
from forum.importers.reading import Record


def items(lines: Iterator[Record]) -> Iterator[Item]:
    """The users, boards and threads of a corpus. A thread is held back until all its posts are read.

    Raises BadRecord, also for a thread with fewer posts than it announces: then the stream was cut off.
    """
    first = next(lines)
    if first.text("type") != "meta":
        raise first.bad("a corpus begins with a record of the type 'meta'.")
    stream = _Stream(*_sources(first))
    for record in lines:
        yield from stream.take(record)
    yield from stream.finished()


def _sources(meta: Record) -> tuple[str, str]:
    """Where people and boards come from, and where threads do.

    Two sizes of one seed have the same users and categories, but other threads under the same numbers.
    """
    seed, sizes = meta.whole("seed"), [meta.whole(name) for name in ("users", "threads", "posts")]
    return f"corpus {seed}", f"corpus {seed} {'/'.join(map(str, sizes))}"


@dataclass
class _Stream:
    shared: str
    own: str
    categories: set[str] = field(default_factory=set)
    thread: Record | None = None
    entries: list[Entry] = field(default_factory=list)

    def take(self, record: Record) -> Iterator[Item]:
        kind = record.text("type")
        if kind == "post":
            self._add(record)
            return
        yield from self.finished()
        if kind == "user":
            yield self._person(record)
        elif kind == "category":
            self.categories.add(record.key("id"))
            yield self._shelf(record)
        elif kind == "thread":
            if record.key("category") not in self.categories:
                raise record.bad(f"there is no category {record.key('category')} before this thread.")
            self.thread = record
        else:
            raise record.bad(f"there is no type {kind!r:.40} in a corpus.")

    def finished(self) -> Iterator[Topic]:
        """The thread that was being read, if there is one."""
        thread, entries = self.thread, tuple(self.entries)
        self.thread, self.entries = None, []
        if thread is None:
            return
        if len(entries) != thread.whole("posts"):
            raise thread.bad(
                f"the thread announces {thread.whole('posts')} posts, but {len(entries)} follow."
            )
        shelf = Origin(self.shared, thread.key("category"))
        yield Topic(Origin(self.own, thread.key("id")), shelf, thread.text("title"), entries)

    def _add(self, record: Record) -> None:
        if self.thread is None or record.key("thread") != self.thread.key("id"):
            raise record.bad("a post must follow the thread that it belongs to.")
        author = Origin(self.shared, record.key("author"))
        self.entries.append(Entry(author, record.moment("created"), record.text("body")))

    def _person(self, record: Record) -> Person:
        return Person(
            Origin(self.shared, record.key("id")),
            record.text("name"),
            email=record.optional("email") or "",
            password=record.optional("password") or "",
            joined_at=record.moment("joined"),
            bio=record.optional("bio") or "",
        )

    def _shelf(self, record: Record) -> Shelf:
        origin = Origin(self.shared, record.key("id"))
        return Shelf(origin, record.text("slug"), record.text("name"), record.optional("description") or "")
