"""Threads of another forum as threads of this one, with dense post numbers and all counters right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.db import db, reading, write
from forum.importers import people
from forum.importers.items import Entry, Origin, Topic
from forum.importers.remembering import Tally, fresh, ids, note
from forum.importers.texts import Press, Raw, Text, one_line
from forum.sql import least
from forum.text.languages import language_of
from forum.text.slugs import slugify
from forum.threads.limits import TITLE_MAX
from forum.threads.models import Board, Post, Status, Thread


@dataclass(frozen=True, slots=True)
class _Piece:
    """A post that can be written."""

    author: Origin
    written_at: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class _Ready:
    """A thread that can be written: it has at least one post."""

    topic: Topic
    pieces: list[_Piece]


@dataclass(frozen=True, slots=True)
class Batch:
    """Threads on their way: the texts of `new` are being made, `known` are there already."""

    new: list[Topic]
    known: list[Topic]
    texts: Callable[[], list[Text]]


def begin(topics: Sequence[Topic], press: Press, before: Batch | None) -> Batch:
    """Begin to make the texts of the threads that are not there yet, nor in the batch `before`, still to be written."""
    new, known = fresh(reading(), "thread", topics, before.new if before else ())
    raws = [_raws(topic) for topic in new]
    members = _members(raw for of_topic in raws for raw in of_topic)
    # Nothing is read while the texts are made, which takes a part of a second.
    db.session.rollback()
    return Batch(
        new, known, press.begin([raw.with_members(members) for of_topic in raws for raw in of_topic])
    )


def finish(batch: Batch, names: people.Names, now: datetime, board_id: int | None) -> Tally:
    """Wait for the texts of a batch, then write its threads in one transaction."""
    tally = Tally()
    new, known = batch.new, batch.known
    tally.known.update(threads=len(known), posts=sum(_count_texts(topic) for topic in known))
    tally.left_out["posts"] += sum(len(topic.entries) - _count_texts(topic) for topic in known)
    ready = _ready(new, batch.texts(), now)
    n_pieces = sum(len(thread.pieces) for thread in ready)
    tally.left_out.update(
        threads=len(new) - len(ready), posts=sum(len(topic.entries) for topic in new) - n_pieces
    )
    if ready:
        with write() as session:
            tally.made["members"] += _write(session, ready, names, now, board_id)
    tally.made.update(threads=len(ready), posts=n_pieces)
    return tally


def _count_texts(topic: Topic) -> int:
    return sum(_has_text(entry) for entry in topic.entries)


def _has_text(entry: Entry) -> bool:
    return bool(entry.body and entry.body.strip())


def _ready(topics: Sequence[Topic], made: Sequence[Text], now: datetime) -> list[_Ready]:
    texts = iter(made)
    ready: list[_Ready] = []
    for topic in topics:
        dated = zip(topic.entries, _moments(topic, now), strict=True)
        pieces = [_Piece(entry.author, at, next(texts)) for entry, at in dated if _has_text(entry)]
        if pieces := [piece for piece in pieces if piece.text.body]:
            ready.append(_Ready(topic, pieces))
    return ready


def _raws(topic: Topic) -> list[Raw]:
    """The bodies of a thread; the first of them is going to say where the thread is from."""
    raws = [Raw(entry.body or "", entry.format) for entry in topic.entries if _has_text(entry)]
    return [raw if number else raw.with_source(topic.address) for number, raw in enumerate(raws)]


def _members(raws: Iterable[Raw]) -> dict[str, str]:
    """Who of all that the bodies may mention is a member, as key -> name; one statement, or none without an @."""
    keys = frozenset().union(*(raw.mentions() for raw in raws))
    if not keys:
        return {}
    rows = reading().execute(sa.select(User.name_key, User.name).where(User.name_key.in_(keys)))
    return dict(rows.all())


def _moments(topic: Topic, now: datetime) -> list[datetime]:
    """When each post was written. An unknown time is that of the nearest post before, or after; a future one is now."""
    known = [entry.created_at for entry in topic.entries]
    last = next((moment for moment in known if moment is not None), now)
    moments: list[datetime] = []
    for moment in known:
        last = moment or last
        moments.append(min(last, now))
    return moments


def _write(
    session: Session, ready: Sequence[_Ready], names: people.Names, now: datetime, board_id: int | None
) -> int:
    """Insert threads with their posts, and count them; returns how many members had to be made for it."""
    first_at: dict[Origin, datetime] = {}
    for thread in ready:
        for piece in thread.pieces:
            first_at[piece.author] = min(first_at.get(piece.author, now), piece.written_at)
    authors = ids(session, "member", first_at)
    nameless = people.add_unnamed(session, first_at.keys() - authors.keys(), names, first_at)
    authors |= nameless
    shelves = ids(session, "board", (thread.topic.shelf for thread in ready)) if board_id is None else {}
    rows = [_thread_row(thread, shelves.get(thread.topic.shelf, board_id), authors) for thread in ready]
    returned = session.scalars(sa.insert(Thread).returning(Thread.id, sort_by_parameter_order=True), rows)
    made = dict(zip((thread.topic.origin for thread in ready), returned, strict=True))
    # The table, not the class: the rows are whole, and what the mapping would add to 1000 of them takes 10 ms.
    session.execute(
        sa.insert(Post.metadata.tables[Post.__tablename__]),
        [row for thread in ready for row in _post_rows(thread, made[thread.topic.origin], authors)],
    )
    _count(session, ready, rows, authors, first_at)
    note(session, "thread", made)
    return len(nameless)


def _thread_row(thread: _Ready, board_id: int | None, authors: Mapping[Origin, int]) -> dict[str, Any]:
    title = one_line(thread.topic.title, TITLE_MAX) or one_line(thread.pieces[0].text.body, TITLE_MAX)
    return {
        "board_id": board_id,
        "author_id": authors[thread.pieces[0].author],
        "title": title,
        "slug": slugify(title),
        "lang": language_of(title),
        "status": Status.PUBLIC,
        "created_at": thread.pieces[0].written_at,
        "posts_count": len(thread.pieces),
        "last_number": len(thread.pieces),
        "last_post_at": max(piece.written_at for piece in thread.pieces),
        "last_author_id": authors[thread.pieces[-1].author],
    }


def _post_rows(thread: _Ready, thread_id: int, authors: Mapping[Origin, int]) -> list[dict[str, Any]]:
    """Posts keep the order of the source; where its clock ran backwards, a post appears with the one before it."""
    published = accumulate((piece.written_at for piece in thread.pieces), max)
    return [
        {
            "thread_id": thread_id,
            "author_id": authors[piece.author],
            "number": number,
            "is_opening": number == 1,
            "status": Status.PUBLIC,
            "body": piece.text.body,
            "html": piece.text.html,
            "lang": piece.text.lang,
            "created_at": piece.written_at,
            "published_at": published_at,
            "versions": 1,
        }
        for number, (piece, published_at) in enumerate(zip(thread.pieces, published, strict=True), 1)
    ]


def _count(
    session: Session,
    ready: Sequence[_Ready],
    rows: Sequence[Mapping[str, Any]],
    authors: Mapping[Origin, int],
    first_at: Mapping[Origin, datetime],
) -> None:
    """Add to the counters of boards and members. Texts that stood elsewhere are a record, as texts that stood here are.

    Nobody posted before they joined: the date of joining moves back where a list of users did not know it.
    """
    n_threads = Counter(row["board_id"] for row in rows)
    n_posts: Counter[int] = Counter()
    for row in rows:
        n_posts[row["board_id"]] += row["posts_count"]
    for board_id, count in n_threads.items():
        more = {
            "threads_count": Board.threads_count + count,
            "posts_count": Board.posts_count + n_posts[board_id],
        }
        session.execute(sa.update(Board).where(Board.id == board_id).values(more))
    n_written = Counter(piece.author for thread in ready for piece in thread.pieces)
    users = User.metadata.tables[User.__tablename__]
    user = users.c
    session.execute(
        sa.update(users)
        .where(user.id == sa.bindparam("author"))
        .values(
            posts_count=user.posts_count + sa.bindparam("n"),
            approved_count=user.approved_count + sa.bindparam("n"),
            joined_at=least(user.joined_at, sa.bindparam("first", type_=user.joined_at.type)),
        ),
        [{"author": authors[who], "n": n, "first": first_at[who]} for who, n in n_written.items()],
    )
