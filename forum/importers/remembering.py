"""What was imported before, and what became of everything this time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.importers.items import Origin
from forum.importers.models import Imported

Kind: TypeAlias = Literal["board", "member", "thread"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of boards, members, threads and posts."""

    made: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    """Posts without a text, and threads without a post that has one."""

    def add(self, other: Tally) -> None:
        """Count what `other` counted as well."""
        self.made.update(other.made)
        self.known.update(other.known)
        self.left_out.update(other.left_out)


class _Original(Protocol):
    @property
    def origin(self) -> Origin: ...


Thing = TypeVar("Thing", bound=_Original)


def fresh(
    session: Session, kind: Kind, things: Iterable[Thing], on_their_way: Iterable[Thing] = ()
) -> tuple[list[Thing], list[Thing]]:
    """Those of `things` that were never imported, nor are `on_their_way`, and the others; one statement a source."""
    things = list(things)
    seen = set(ids(session, kind, (thing.origin for thing in things)))
    seen.update(thing.origin for thing in on_their_way)
    new: list[Thing] = []
    known: list[Thing] = []
    for thing in things:
        (known if thing.origin in seen else new).append(thing)
        seen.add(thing.origin)
    return new, known


def ids(session: Session, kind: Kind, origins: Iterable[Origin]) -> dict[Origin, int]:
    """Which rows the origins became, without those that became none; one statement for each source."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for source, key in origins:
        keys[source].add(key)
    found: dict[Origin, int] = {}
    for source, of_source in keys.items():
        query = sa.select(Imported.key, Imported.local_id)
        query = query.where(Imported.source == source, Imported.kind == kind, Imported.key.in_(of_source))
        found |= {Origin(source, key): local_id for key, local_id in session.execute(query)}
    return found


def note(session: Session, kind: Kind, made: Mapping[Origin, int]) -> None:
    """Remember what became of the origins, in the transaction that made the rows."""
    rows = [
        {"source": origin.source, "kind": kind, "key": origin.key, "local_id": local_id}
        for origin, local_id in made.items()
    ]
    if rows:
        session.execute(sa.insert(Imported), rows)
