"""How a member is shown beside what they wrote."""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy.orm import InstrumentedAttribute

from forum.accounts.cards import card_of, language
from forum.accounts.models import User

PERSON: tuple[InstrumentedAttribute[Any], ...] = (
    User.name,
    User.display_name,
    User.role,
    User.jet_role,
    User.prefecture,
    User.place,
    User.year_from,
    User.year_to,
    User.hidden_parts,
    User.is_demo,
)
"""The columns that `person_of` needs; add them to a select that joins the author."""


class Person(NamedTuple):
    """A name with its link, a staff badge, and the parts of the JET card that are not hidden."""

    name: str
    display_name: str
    role: str
    card: str | None
    is_demo: bool
    url: str


_NAMES = [column.key for column in PERSON]
_Row = namedtuple("_Row", _NAMES)  # pyright: ignore[reportUntypedNamedTuple]
_columns = attrgetter(*_NAMES)


def person_of(row: Any) -> Person:
    """The person in a row that has the columns of PERSON."""
    return person(language(), _columns(row))


# Pages show the same few hundred people again and again, and a card says its words in the reader's language.
@lru_cache(maxsize=1024)
def person(in_language: str, values: tuple[Any, ...]) -> Person:
    """The person of whom `values` are the columns of PERSON, for the present reader, whose language that is."""
    name, display_name, role, *parts, _, is_demo = values
    card = card_of(_Row._make(values), in_language) if any(parts) else None
    return Person(name, display_name, role, card, is_demo, f"/u/{quote(name)}")
