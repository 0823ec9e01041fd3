"""Tables of boards, threads, posts and their revisions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Instant, Model, one_of
from forum.sql import partial_index


class Status(StrEnum):
    """What became of a thread or post. Only a public one exists for everybody."""

    PUBLIC = "public"
    HELD = "held"
    """Waits for a moderator; its author and the staff see it."""
    REMOVED = "removed"
    """Taken away by a moderator; its author and the staff see it."""
    DELETED = "deleted"
    """Taken away by its author, who may bring it back."""


class Board(Model):
    """A shelf of threads."""

    __tablename__ = "boards"
    __table_args__ = (one_of("lang", ("en", "ja")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    name_ja: Mapped[str] = mapped_column(sa.String(80), default="")
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    description_ja: Mapped[str] = mapped_column(sa.String(300), default="")
    lang: Mapped[str] = mapped_column(sa.String(2), default="en")
    position: Mapped[int] = mapped_column(default=0)
    threads_count: Mapped[int] = mapped_column(default=0)
    posts_count: Mapped[int] = mapped_column(default=0)


class Thread(Model):
    """A title and its posts. The counters speak of public posts only."""

    __tablename__ = "threads"
    __table_args__ = (
        one_of("status", Status),
        one_of("lang", ("en", "ja")),
        sa.Index("ix_threads_status_last_post_at", "status", "last_post_at", "id"),
        sa.Index("ix_threads_board_id", "board_id", "status", "last_post_at", "id"),
        sa.Index("ix_threads_author_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(sa.ForeignKey("boards.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    slug: Mapped[str] = mapped_column(sa.String(80))
    lang: Mapped[str] = mapped_column(sa.String(2))
    status: Mapped[str] = mapped_column(sa.String(8), default=Status.HELD)
    created_at: Mapped[datetime] = mapped_column(Instant)
    posts_count: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    """The highest number given to a post; numbers are never given twice."""
    last_post_at: Mapped[datetime] = mapped_column(Instant)
    """When the newest public post was published; the order of every list."""
    last_author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class Lock(Model):
    """The thread takes no more replies."""

    __tablename__ = "thread_locks"

    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(500))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Pin(Model):
    """The thread stands above the others of its board."""

    __tablename__ = "thread_pins"

    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Post(Model):
    """One contribution, shown in its present public version.

    `number` is given when the post becomes public for the first time: dense per thread, so that page k of a thread is
    a range of numbers. A post that never was public has none; a removed one keeps its own, so that links stay right.
    """

    __tablename__ = "posts"
    __table_args__ = (
        one_of("status", Status),
        one_of("lang", ("en", "ja")),
        sa.UniqueConstraint("thread_id", "number"),
        sa.UniqueConstraint("author_id", "idempotency"),
        sa.Index("ix_posts_author_id", "author_id", "created_at"),
        partial_index("ix_posts_held", "author_id", "id", where="status = 'held'"),
        partial_index("ix_posts_unpublished", "thread_id", "author_id", where="number IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    number: Mapped[int | None]
    is_opening: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(sa.String(8))
    body: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    lang: Mapped[str] = mapped_column(sa.String(2))
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was given its number."""
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    versions: Mapped[int] = mapped_column(default=1)
    """How many public versions there have been; above 1 the history holds them all."""
    idempotency: Mapped[str | None] = mapped_column(sa.String(64))
    """A digest of the form's one-time value and texts: a form sent twice finds the post that the first made."""


class ReadMark(Model):
    """How far a member has read a thread: up to the post of that number. Written by `forum.threads.seeing`."""

    __tablename__ = "read_marks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - how SQLAlchemy takes a table's options

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    number: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(Instant)


class RevisionStatus(StrEnum):
    PUBLIC = "public"
    HELD = "held"
    REJECTED = "rejected"
    REPLACED = "replaced"
    """Was waiting when its author sent a newer one."""


class Revision(Model):
    """A version of a post. Written from the first edit on: then also for the version before it, as number 1."""

    __tablename__ = "revisions"
    __table_args__ = (
        one_of("status", RevisionStatus),
        sa.Index("ix_revisions_post_id", "post_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"))
    editor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    title: Mapped[str | None] = mapped_column(sa.String(120))
    """The thread's title in this version, for an opening post."""
    body: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(8))
    created_at: Mapped[datetime] = mapped_column(Instant)
