"""People of another board as members of this one: names made valid and unique, accounts inserted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts import addresses, hashing
from forum.accounts.models import User
from forum.db import db, reading, write
from forum.errors import Invalid
from forum.importers.items import Origin, Person
from forum.importers.remembering import Tally, fresh, note
from forum.importers.texts import one_line
from forum.text import names
from forum.text.cleaning import clean
from forum.text.rendering import render

# argon2 lets go of the interpreter while it works, so that threads use all processors; more would only take memory.
HASHING_THREADS = 4
LONGEST_DISPLAY_NAME = 60
LONGEST_BIO = 2000

_NOT_IN_NAMES = re.compile(r"[\W_]+")
_LAST_RESORT = "member"


def load(people: Sequence[Person], chosen: Names, now: datetime) -> Tally:
    """Make the members that are not there yet; hashing comes before the transaction."""
    tally = Tally()
    new, known = fresh(reading(), "member", people)
    tally.known["members"] += len(known)
    db.session.rollback()
    hashes = _password_hashes(new)
    if new:
        with write() as session:
            for person, password_hash in zip(new, hashes, strict=True):
                note(session, "member", {person.origin: _add(session, person, password_hash, chosen, now)})
    tally.made["members"] += len(new)
    return tally


def add_unnamed(
    session: Session, origins: Iterable[Origin], chosen: Names, first_at: Mapping[Origin, datetime]
) -> dict[Origin, int]:
    """Make members for authors of whom only the code is known, or not even that; they joined with their first post."""
    made = {
        origin: _add(session, Person(origin, origin.key), None, chosen, first_at[origin])
        for origin in sorted(origins)
    }
    note(session, "member", made)
    return made


def _password_hashes(people: Sequence[Person]) -> list[str | None]:
    """None without a password. About 50 ms each on one processor."""

    def of(person: Person) -> str | None:
        return hashing.hash_password(person.password) if person.password else None

    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        return list(pool.map(of, people))


@dataclass
class Names:
    """Finds free names. It remembers how far it counted, so that ten thousand people of one name stay quick."""

    reached: dict[str, int] = field(default_factory=dict)

    def choose(self, session: Session, person: Person) -> str:
        """A valid name that nobody has or looks like, as near to the person's own as can be: 'Ann Lee' is Ann_Lee.

        Usually one statement.
        """
        return next(name for name in self._candidates(person) if _is_valid(name) and _is_free(session, name))

    def _candidates(self, person: Person) -> Iterator[str]:
        stem = _stem(person)
        if stem not in self.reached:
            self.reached[stem] = 1
            yield stem
        for number in count(self.reached[stem] + 1):
            self.reached[stem] = number
            tail = f"_{number}"
            yield stem[: names.MAX_LENGTH - len(tail)] + tail


def _add(session: Session, person: Person, password_hash: str | None, chosen: Names, now: datetime) -> int:
    """Insert a member; three or four statements."""
    name = chosen.choose(session, person)
    bio = clean(person.bio)[:LONGEST_BIO]
    user = User(
        name=name,
        name_key=names.key(name),
        name_skeleton=names.skeleton(name),
        display_name=_display_name(person, name),
        password_hash=password_hash,
        joined_at=min(person.joined_at or now, now),
        bio=bio,
        bio_html=render(bio).html if bio else "",
    )
    _give_address(session, user, person.email, now)
    session.add(user)
    session.flush()
    return user.id


def _display_name(person: Person, name: str) -> str:
    """The name as the source shows it, unless that is the user name, or sounds like the board itself."""
    shown = one_line(person.name, LONGEST_DISPLAY_NAME)
    return "" if shown == name or names.is_reserved(shown) else shown


def _give_address(session: Session, user: User, email: str, now: datetime) -> None:
    """An address that is malformed or taken is dropped: a file must not claim somebody else's mailbox."""
    if not email:
        return
    try:
        address = addresses.parse(email)
    except Invalid:
        return
    if session.scalar(sa.select(User.id).where(User.email_key == address.key)) is None:
        user.email, user.email_key, user.email_confirmed_at = address.text, address.key, now


def _stem(person: Person) -> str:
    """What the name begins with: the person's name if a name can be made of it, else their code at the source."""
    origin = person.origin
    own = [person.name, origin.key] if origin.key else [f"unknown_{origin.source}"]
    stems = [text if _is_valid(text) else _tidy(text) for text in own]
    return next((stem for stem in stems if _is_valid(stem) or _is_valid(f"{stem[:26]}_2")), _LAST_RESORT)


def _tidy(text: str) -> str:
    joined = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFKC", text)).strip("_")
    return joined[: names.MAX_LENGTH].strip("_")


def _is_valid(name: str) -> bool:
    try:
        return names.check(name) == name
    except names.BadName:
        return False


def _is_free(session: Session, name: str) -> bool:
    alike = sa.or_(User.name_key == names.key(name), User.name_skeleton == names.skeleton(name))
    return session.scalar(sa.select(User.id).where(alike).limit(1)) is None
