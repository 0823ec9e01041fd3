"""What every format is translated into before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

Format: TypeAlias = Literal["markdown", "text", "html"]


class Origin(NamedTuple):
    """What a thing is called where it comes from. The same origin is never loaded twice.

    An author with an empty key is whoever wrote there without a name: one member for each source.
    """

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member-to-be. `name` is as the source writes it; without a password nobody can log in as them."""

    origin: Origin
    name: str
    email: str = ""
    password: str = ""
    joined_at: datetime | None = None
    bio: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A board-to-be; a board that has the slug already is taken instead."""

    origin: Origin
    slug: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post-to-be. `body` is None where the source does not have the text."""

    author: Origin
    created_at: datetime | None
    body: str | None
    format: Format = "markdown"


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread-to-be with all its posts, in the order in which they stand."""

    origin: Origin
    shelf: Origin
    title: str
    entries: tuple[Entry, ...]
    address: str = ""
    """Where the original is; most licences ask to say so, and the opening post does."""


@dataclass(frozen=True, slots=True)
class Textless:
    """A post of a source that has no texts at all: counted, and left out."""


Item: TypeAlias = Person | Shelf | Topic | Textless
