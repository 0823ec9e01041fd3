"""How a member is shown beside what they wrote."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
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


def person_of(row: Any) -> Person:
    """The person in a row that has the columns of PERSON."""
    return person(language(), tuple(getattr(row, column.key) for column in PERSON))


# Pages show the same few hundred people again and again, and a card says its words in the reader's language.
@lru_cache(maxsize=1024)
def person(_language: str, values: tuple[Any, ...]) -> Person:
    """The person of whom `values` are the columns of PERSON, for the present reader, whose language it is."""
    row: Any = SimpleNamespace(**{column.key: value for column, value in zip(PERSON, values, strict=True)})
    return Person(row.name, row.display_name, row.role, card_of(row), row.is_demo, f"/u/{quote(row.name)}")
