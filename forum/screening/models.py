"""Tables of the spam filter's verdicts and of the lessons that moderators gave it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Instant, Model, one_of


class Kind(StrEnum):
    """What was screened."""

    THREAD = "thread"
    REPLY = "reply"
    EDIT = "edit"
    PROFILE = "profile"


# What builds a record when the filter lets it through. Saving one's profile or mending a post over and over must not
# make a newcomer known.
RECORDED = (Kind.THREAD, Kind.REPLY)


class Decision(StrEnum):
    """What a moderator made of it; a published text has none unless somebody reported it."""

    PENDING = "pending"
    NONE = "none"
    APPROVED = "approved"
    REMOVED = "removed"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"
    """Its author took it back, or sent a newer version, before anybody decided."""


class Screening(Model):
    """One text as it was judged, with the verdict and the reasons. One row a submission, refused ones too."""

    __tablename__ = "screenings"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("outcome", ("published", "held", "refused")),
        one_of("decision", Decision),
        sa.Index("ix_screenings_pending", "id", sqlite_where=sa.text("decision = 'pending'")),
        sa.Index("ix_screenings_post_id", "post_id"),
        sa.Index("ix_screenings_author_id", "author_id", "created_at"),
        sa.Index("ix_screenings_fingerprint", "fingerprint", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"))
    revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revisions.id"))
    profile_change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("profile_changes.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    """The words that the model read, and learns from when a moderator decides."""
    fingerprint: Mapped[int] = mapped_column(sa.BigInteger)
    outcome: Mapped[str] = mapped_column(sa.String(10))
    probability: Mapped[float]
    """0 to 1, of being spam."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    """The strongest first: [{"code": …, "weight": log-odds, "detail": …}]."""
    decision: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Lesson(Model):
    """One step of the text model. Never changed: an undo is a row with the opposite step.

    A worker's model is the shipped one plus all rows in any order, in whole numbers, so all workers agree to the bit.
    """

    __tablename__ = "lessons"
    __table_args__ = (sa.Index("ix_lessons_screening_id", "screening_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(sa.ForeignKey("screenings.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    is_spam: Mapped[bool]
    step: Mapped[int]
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lessons.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
