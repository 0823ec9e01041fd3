"""The public log of moderation: who of the staff did what, where and why. Whom it was about is never told.

Nor is what was removed, who reported it, or the title of a thread that not everybody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session, aliased

from forum.access import listed_threads
from forum.accounts.models import User
from forum.moderation import reasons
from forum.moderation.models import Act, ActKind
from forum.text.languages import KANA, KANJI
from forum.threads.addresses import board_url, thread_url
from forum.threads.models import Board, Thread

ENTRIES_PER_PAGE = 30
REDACTED = "▇▇▇"
# A single letter names nobody, and covering every one of them would leave no reason to read.
SHORTEST_COVERED = 2

# By kind of act and what it was about. "where" is a link to the thread when everybody sees it, else to its board.
SENTENCES: Mapping[tuple[str, str], LazyString] = {
    ("approve", "thread"): _l("%(name)s approved a thread: %(where)s."),
    ("approve", "post"): _l("%(name)s approved a reply in %(where)s."),
    ("approve", "edit"): _l("%(name)s approved an edit in %(where)s."),
    ("approve", "profile"): _l("%(name)s approved a profile text."),
    ("remove", "thread"): _l("%(name)s removed a thread from the board %(board)s."),
    ("remove", "post"): _l("%(name)s removed a reply from %(where)s."),
    ("remove", "edit"): _l("%(name)s turned down an edit in %(where)s."),
    ("remove", "profile"): _l("%(name)s turned down a profile text."),
    ("spam", "thread"): _l("%(name)s removed a thread from the board %(board)s as spam."),
    ("spam", "post"): _l("%(name)s removed a reply from %(where)s as spam."),
    ("spam", "edit"): _l("%(name)s turned down an edit in %(where)s as spam."),
    ("spam", "profile"): _l("%(name)s turned down a profile text as spam."),
    ("dismiss", "thread"): _l("%(name)s looked at reports and kept a thread: %(where)s."),
    ("dismiss", "post"): _l("%(name)s looked at reports and kept a reply in %(where)s."),
    ("lock", "thread"): _l("%(name)s locked %(where)s."),
    ("unlock", "thread"): _l("%(name)s unlocked %(where)s."),
    ("pin", "thread"): _l("%(name)s pinned %(where)s."),
    ("unpin", "thread"): _l("%(name)s unpinned %(where)s."),
    ("move", "thread"): _l("%(name)s moved a thread to the board %(to)s: %(where)s."),
    ("suspend", "day"): _l("%(name)s suspended a member for a day."),
    ("suspend", "three_days"): _l("%(name)s suspended a member for three days."),
    ("suspend", "week"): _l("%(name)s suspended a member for a week."),
    ("suspend", "month"): _l("%(name)s suspended a member for a month."),
    ("suspend", "forever"): _l("%(name)s suspended a member for good."),
    ("lift", "member"): _l("%(name)s lifted a member's suspension."),
}
UNDO = _l("%(name)s took back %(earlier)s.")

# A letter or digit of a script that puts blanks between its words, which Japanese does not.
_SPACED = rf"[^\W_{KANA}{KANJI}]"


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as everybody may read it.

    `sentence` has places for %(name)s, %(where)s, %(board)s, %(to)s and %(earlier)s.
    """

    id: int
    sentence: str
    moderator: str
    title: str
    """Of the thread; empty unless everybody sees it."""
    lang: str
    url: str
    board: str
    board_url: str
    moved_to: str
    reason: str
    created_at: datetime
    undone_at: datetime | None
    """When the act was taken back."""
    undoes_id: int | None


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log; `older` is the cursor of the next, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """An act as the staff sees it, with what can still be done about it."""

    entry: Entry
    undo_url: str | None
    post_id: int | None
    spammer: str | None
    """Whose text was called spam: for the link to suspend them."""


def page(session: Session, language: str, before: int | None = None) -> Log:
    """The newest acts, or those before the one of that number; one statement at any depth."""
    query = _select().limit(ENTRIES_PER_PAGE + 1)
    if before is not None:
        query = query.where(Act.id < before)
    rows = session.execute(query).all()
    entries = tuple(_entry(row, language) for row in rows[:ENTRIES_PER_PAGE])
    return Log(entries, entries[-1].id if len(rows) > ENTRIES_PER_PAGE else None)


def decided(
    session: Session, language: str, oldest: datetime, limit: int, actor_id: int | None = None
) -> tuple[Decided, ...]:
    """For the staff: the newest acts, each with its undo unless it is older than `oldest`. One statement."""
    query = _select().where(Act.kind != ActKind.UNDO).limit(limit)
    if actor_id is not None:
        query = query.where(Act.actor_id == actor_id)
    return tuple(_decided(row, language, oldest) for row in session.execute(query))


_actor = aliased(User)
_about = aliased(User)
_undo = aliased(Act)


def _select() -> sa.Select[*tuple[Any, ...]]:
    is_listed = listed_threads()
    return (
        sa.select(
            Act,
            _actor.name.label("moderator"),
            _about.name.label("about"),
            _undo.created_at.label("undone_at"),
            sa.case((is_listed, Thread.title)).label("title"),
            Thread.lang,
            Thread.id.label("thread_id"),
            Thread.slug,
            Board.name.label("board"),
            Board.name_ja.label("board_ja"),
            Board.slug.label("board_slug"),
        )
        # Both are always there; an outer join keeps SQLite from beginning with the members, of whom there are more.
        .outerjoin(_actor, _actor.id == Act.actor_id)
        .outerjoin(_about, _about.id == Act.user_id)
        .outerjoin(_undo, _undo.undoes_id == Act.id)
        .outerjoin(Thread, Thread.id == Act.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .order_by(Act.id.desc())
    )


def _entry(row: Any, language: str) -> Entry:
    act: Act = row.Act
    to_name = act.detail.get("to_name", {})
    why = reasons.public_reason(act.detail.get("why", ""), redacted(act.reason, act.detail["names"]))
    return Entry(
        id=act.id,
        sentence=_sentence(act),
        moderator=row.moderator,
        title=row.title or "",
        lang=row.lang or "",
        url=thread_url(row.thread_id, row.slug) if row.title else "",
        board=(language == "ja" and row.board_ja) or row.board or "",
        board_url=board_url(row.board_slug) if row.board_slug else "",
        moved_to=to_name.get(language) or to_name.get("en", ""),
        reason=why,
        created_at=act.created_at,
        undone_at=row.undone_at,
        undoes_id=act.undoes_id,
    )


def _sentence(act: Act) -> str:
    if act.kind == ActKind.UNDO:
        return str(UNDO)
    about = act.detail["term"] if act.kind == ActKind.SUSPEND else act.detail["target"]
    return str(SENTENCES[act.kind, about])


def _decided(row: Any, language: str, oldest: datetime) -> Decided:
    act: Act = row.Act
    is_undoable = row.undone_at is None and act.created_at >= oldest
    return Decided(
        entry=_entry(row, language),
        undo_url=f"/mod/acts/{act.id}/undo" if is_undoable else None,
        post_id=act.post_id,
        spammer=row.about if act.kind == ActKind.SPAM and row.undone_at is None else None,
    )


def redacted(reason: str, names: Iterable[str]) -> str:
    """`reason` with each of the names, in whatever case, covered. The longest go first, since one may hold another.

    A name that begins or ends with a letter of a script with blanks is not covered inside a longer word.
    """
    coverable = (name for name in names if len(name) >= SHORTEST_COVERED)
    covered = [_alone(name) for name in sorted(coverable, key=len, reverse=True)]
    return re.sub("|".join(covered), REDACTED, reason, flags=re.IGNORECASE) if covered else reason


def _alone(name: str) -> str:
    before = f"(?<!{_SPACED})" if re.match(_SPACED, name[0]) else ""
    after = f"(?!{_SPACED})" if re.match(_SPACED, name[-1]) else ""
    return before + re.escape(name) + after
