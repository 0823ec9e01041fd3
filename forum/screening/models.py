"""Tables of the spam filter: its verdicts, its lessons, and what it knows beside the text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Instant, Model, one_of
from forum.sql import partial_index


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
        partial_index("ix_screenings_pending", "id", where="decision = 'pending'"),
        sa.Index("ix_screenings_post_id", "post_id"),
        sa.Index("ix_screenings_author_id", "author_id", "created_at"),
        # Of the same words, those neither rejected, refused nor taken back, and those that were rejected.
        partial_index(
            "ix_screenings_elsewhere",
            "fingerprint",
            "created_at",
            where="decision != 'spam' AND decision != 'withdrawn' AND outcome != 'refused'",
        ),
        partial_index("ix_screenings_rejected", "fingerprint", where="decision = 'spam'"),
        # What people said of themselves: of all that they wrote, a little.
        partial_index("ix_screenings_profile", "author_id", "id", where="profile_change_id IS NOT NULL"),
        # Of those whose network is known; it is forgotten after a while.
        partial_index("ix_screenings_network", "network", "created_at", where="network IS NOT NULL"),
        sa.Index("ix_screenings_created_at", "created_at"),
        # For what is emptied when it is old: of all the old rows, the few that still hold something.
        partial_index("ix_screenings_network_kept", "created_at", where="network IS NOT NULL"),
        partial_index("ix_screenings_asked_kept", "created_at", where="asked IS NOT NULL"),
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
    standing: Mapped[str] = mapped_column(sa.String(10), server_default="")
    """How well the account was known then; empty in rows of before this was kept."""
    signals: Mapped[dict[str, float]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    """The value of each piece of evidence, by its code: what the weights of the evidence learn from."""
    hosts: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    """The sites that the text links to; a decision counts for or against each."""
    network: Mapped[int | None] = mapped_column(sa.BigInteger)
    """A keyed hash of the neighbourhood of the author's address; emptied when it is too old to tell anything."""
    shadow_probability: Mapped[float | None]
    """What the model that ran in shadow would have said."""
    rules: Mapped[list[int]] = mapped_column(sa.JSON, default=list, server_default="[]")
    """The rules that matched, those in shadow too."""
    asked: Mapped[dict[str, str] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What an outside service was told, for it to be told the decision too; emptied like `network`."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class Cause(StrEnum):
    """Why the filter was taught."""

    DECISION = "decision"
    REPLAY = "replay"
    """An older text, shown again beside a new lesson so that it is not forgotten."""
    GOOD = "good"
    """A post of a trusted member or of an import, which stood for long enough."""


class Lesson(Model):
    """One step of the filter. Never changed: an undo is a row with the opposite steps.

    A worker's model is the live one plus all rows in any order, in whole numbers, so all workers agree to the bit.
    """

    __tablename__ = "lessons"
    __table_args__ = (
        sa.Index("ix_lessons_screening_id", "screening_id"),
        sa.Index("ix_lessons_with_id", "with_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(sa.ForeignKey("screenings.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    is_spam: Mapped[bool]
    step: Mapped[int]
    """How far the text model moved."""
    weight_steps: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    """How far the weight of each piece of evidence moved, by its code."""
    cause: Mapped[str] = mapped_column(sa.String(10), server_default="decision")
    with_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lessons.id"))
    """Of a replay: the lesson that it accompanies, and with which it is taken back."""
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lessons.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class LinkHost(Model):
    """A site that posts linked to, and what moderators made of those posts."""

    __tablename__ = "link_hosts"

    host: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    approved: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)


class SiteVoice(Model):
    """The first post by which somebody trusted spoke for a site; their later ones add nothing to its record."""

    __tablename__ = "site_voices"
    __table_args__ = ({"sqlite_with_rowid": False},)

    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    host: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    screening_id: Mapped[int] = mapped_column(sa.ForeignKey("screenings.id"))


class TextBand(Model):
    """A part of a text's MinHash signature: texts that share a band are looked at as near copies of each other."""

    __tablename__ = "text_bands"
    __table_args__ = (sa.Index("ix_text_bands_screening_id", "screening_id"), {"sqlite_with_rowid": False})

    band: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    screening_id: Mapped[int] = mapped_column(sa.ForeignKey("screenings.id"), primary_key=True)


class ModelState(StrEnum):
    """What a stored model does."""

    LIVE = "live"
    SHADOW = "shadow"
    """It judges each text beside the live one; nothing follows from it."""
    RETIRED = "retired"


class FilterModel(Model):
    """A version of the text model, before the board's own lessons. At most one is live and one in shadow."""

    __tablename__ = "filter_models"
    __table_args__ = (
        one_of("state", ModelState),
        partial_index("ix_filter_models_live", "state", where="state = 'live'", unique=True),
        partial_index("ix_filter_models_shadow", "state", where="state = 'shadow'", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the file, in hexadecimal."""
    state: Mapped[str] = mapped_column(sa.String(8))
    note: Mapped[str] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Who brought it or last changed its state; None: it came with the software."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    """Since when it is in its state."""
    # At the end of the row, so that SQLite reads what stands before without going through it.
    file: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """The file that `Model.save` wrote, compressed by zlib."""


class FilterSnapshot(Model):
    """A base model, live or in shadow, with all lessons up to one: it saves a process that starts from taking them in.

    It may be deleted at any time.
    """

    __tablename__ = "filter_snapshots"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """Of the base's file; the shipped one has no row among the models before it was offered."""
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lessons.id"))
    file: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """What `Model.dump` gave, compressed by zlib."""
    weights: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    """The sum of all steps of the weights of the evidence, by code."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class FilterPolicy(Model):
    """From which probability texts are held and refused. Rows are never changed; the newest one counts."""

    __tablename__ = "filter_policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_newcomer: Mapped[float]
    hold_known: Mapped[float]
    refuse: Mapped[float]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class RuleState(StrEnum):
    """What a rule does."""

    LIVE = "live"
    SHADOW = "shadow"
    ENDED = "ended"


class FilterRule(Model):
    """A phrase or a site that staff want held. It begins in shadow: its matches are counted, nothing follows."""

    __tablename__ = "filter_rules"
    __table_args__ = (one_of("kind", ("phrase", "site")), one_of("state", RuleState))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    pattern: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(8))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ServiceReport(Model):
    """A decision that an outside service waits to be told. Written with the decision, sent by a job.

    A report that was tried may have arrived, so it stays until it is old; one that was not goes when it is undone.
    """

    __tablename__ = "service_reports"
    __table_args__ = (
        sa.Index("ix_service_reports_screening_id", "screening_id"),
        partial_index("ix_service_reports_waiting", "id", where="sent_at IS NULL AND given_up_at IS NULL"),
        # SQLite would give the number of a deleted report to the next one, while the job still works on the first.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(sa.ForeignKey("screenings.id"))
    is_spam: Mapped[bool]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    given_up_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when it is not tried any more: no try was left, what was asked is forgotten, or the decision changed."""
