"""Tables of reports and of everything that moderators did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Instant, Model, one_of
from forum.sql import partial_index


class ReportReason(StrEnum):
    SPAM = "spam"
    UNKIND = "unkind"
    PERSONAL = "personal"
    """Somebody's private data."""
    WRONG_PLACE = "wrong_place"
    OTHER = "other"


class Report(Model):
    """A member's wish that a moderator looks at a post. Open until an act closes it."""

    __tablename__ = "reports"
    __table_args__ = (
        one_of("reason", ReportReason),
        sa.UniqueConstraint("post_id", "reporter_id"),
        sa.Index("ix_reports_closed_by_id", "closed_by_id"),
        partial_index("ix_reports_open", "post_id", where="closed_by_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(12))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderation_acts.id"))


class ActKind(StrEnum):
    APPROVE = "approve"
    REMOVE = "remove"
    SPAM = "spam"
    DISMISS = "dismiss"
    """The reports were looked at; the post stays."""
    LOCK = "lock"
    UNLOCK = "unlock"
    PIN = "pin"
    UNPIN = "unpin"
    MOVE = "move"
    SUSPEND = "suspend"
    LIFT = "lift"
    """A suspension ends before its time."""
    UNDO = "undo"


class Act(Model):
    """Something that a moderator did. Rows are only ever added, which triggers in the database enforce."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        one_of("kind", ActKind),
        sa.Index("ix_moderation_acts_post_id", "post_id"),
        sa.Index("ix_moderation_acts_thread_id", "thread_id"),
        sa.Index("ix_moderation_acts_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    """Whose text or account it is about."""
    thread_id: Mapped[int | None] = mapped_column(sa.ForeignKey("threads.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"))
    screening_id: Mapped[int | None] = mapped_column(sa.ForeignKey("screenings.id"))
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderation_acts.id"), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    """Shown to everybody in the log."""
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What an undo needs to know, such as the status before, and what the log tells, such as the boards of a move."""
    created_at: Mapped[datetime] = mapped_column(Instant)
