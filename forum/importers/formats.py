"""Which format a file has, and the files of an import as one stream of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from forum.importers import content, corpus
from forum.importers.items import Item
from forum.importers.reading import BadRecord, Record, records

FORMATS: dict[str, Callable[[Iterator[Record]], Iterator[Item]]] = {
    "corpus": corpus.items,
    "threads": content.threads,
    "users": content.users,
    "paragraphs": content.paragraphs,
    "structure": content.structure,
}


def items(paths: Iterable[str], name: str | None = None) -> Iterator[Item]:
    """The items of all files, files of users first, so that their authors get their names.

    The format is `name`, one of FORMATS, or is told from a file's first record. Raises BadRecord.
    """
    opened = [_opened(path, name) for path in paths]
    for found, lines in sorted(opened, key=lambda pair: pair[0] != "users"):
        yield from FORMATS[found](lines)


def _opened(path: str, name: str | None) -> tuple[str, Iterator[Record]]:
    lines = records(path)
    first = next(lines, None)
    if first is None:
        raise BadRecord(f"{path}, line 1: the file is empty.")
    return name or _recognise(first), chain([first], lines)


def _recognise(first: Record) -> str:
    data = first.data
    if isinstance(data, list) and "parent" in data:
        return "structure"
    fields = set(data) if isinstance(data, dict) else set()
    marks = {
        "corpus": {"type"},
        "threads": {"title", "posts"},
        "users": {"user", "name"},
        "paragraphs": {"title", "body"},
    }
    for name, needed in marks.items():
        if needed <= fields:
            return name
    raise first.bad(f"no format is known that begins like this; --format names one of {', '.join(FORMATS)}.")
