"""Tables of members, their sessions and their one-time tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.schema import Instant, Model, one_of
from forum.sql import partial_index


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"


class JetRole(StrEnum):
    ALT = "alt"
    CIR = "cir"
    SEA = "sea"
    APPLICANT = "applicant"
    FORMER = "former"
    OTHER = "other"


class Place(StrEnum):
    CITY = "city"
    TOWN = "town"
    INAKA = "inaka"


class User(Model):
    """A member.

    `email` is None until an address is confirmed; `password_hash` is None for imported people, who can't log in.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        one_of("jet_role", JetRole),
        one_of("place", Place),
        sa.Index("ix_users_email_key", "email_key", unique=True),
        # The few whose display names nobody may imitate.
        partial_index("ix_users_staff", "id", where="role != 'member'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    name_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    """The folded name: what is typed to log in, and what an @mention is looked up by."""
    name_skeleton: Mapped[str] = mapped_column(sa.String(240), unique=True)
    """What the name looks like; unique, so that nobody can look like somebody else."""
    display_name: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str | None] = mapped_column(sa.String(254))
    email_key: Mapped[str | None] = mapped_column(sa.String(254))
    email_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    credentials_version: Mapped[int] = mapped_column(default=1)
    """Grows with every change of address or password; a token made before is void."""
    role: Mapped[str] = mapped_column(sa.String(12), default=Role.MEMBER)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    is_demo: Mapped[bool] = mapped_column(default=False)

    bio: Mapped[str] = mapped_column(sa.Text, default="")
    bio_html: Mapped[str] = mapped_column(sa.Text, default="")
    jet_role: Mapped[str | None] = mapped_column(sa.String(12))
    prefecture: Mapped[str | None] = mapped_column(sa.String(20))
    place: Mapped[str | None] = mapped_column(sa.String(8))
    year_from: Mapped[int | None]
    year_to: Mapped[int | None]
    hidden_parts: Mapped[str] = mapped_column(sa.String(80), default="")
    """The parts of the JET card that nobody else sees, with spaces between: 'jet_role prefecture place years'."""

    posts_count: Mapped[int] = mapped_column(default=0)
    """Public posts."""
    approved_count: Mapped[int] = mapped_column(default=0)
    """Texts published and left standing or approved: the record that screening asks for."""
    rejected_count: Mapped[int] = mapped_column(default=0)
    """Texts that a moderator removed as spam."""
    read_before: Mapped[datetime | None] = mapped_column(Instant)
    """What was published until then counts as read: when they last said so of everything."""


# In the words of the index that holds nobody else.
IS_STAFF = User.role != sa.literal_column(f"'{Role.MEMBER}'")


class Suspension(Model):
    """A member may not write from `created_at` until `until` (None: for good), unless lifted before."""

    __tablename__ = "suspensions"
    __table_args__ = (sa.Index("ix_suspensions_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(500))
    created_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def in_force(cls, now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
        """Whether a suspension in a query keeps its member from writing at `now`."""
        return sa.and_(cls.lifted_at.is_(None), sa.or_(cls.until.is_(None), cls.until > now))


class LoginSession(Model):
    """A signed-in browser. The cookie holds the secret; the table holds only its SHA-256."""

    __tablename__ = "login_sessions"
    __table_args__ = (sa.Index("ix_login_sessions_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    is_remembered: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str] = mapped_column(sa.String(80), default="")
    """Such as 'Firefox · Android', for the member's own list."""


class Purpose(StrEnum):
    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"
    CHANGE_EMAIL = "change_email"


class Token(Model):
    """A one-time link in a mail. Only the SHA-256 of its secret is kept."""

    __tablename__ = "tokens"
    __table_args__ = (one_of("purpose", Purpose), sa.Index("ix_tokens_user_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    email: Mapped[str] = mapped_column(sa.String(254))
    """The address that the token proves: the present one, or the one to change to."""
    credentials_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class ProfileChange(Model):
    """A display name and biography that wait for a moderator; the public profile keeps the old ones."""

    __tablename__ = "profile_changes"
    __table_args__ = (
        one_of("status", ("held", "published", "rejected", "replaced")),
        sa.Index("ix_profile_changes_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    display_name: Mapped[str] = mapped_column(sa.String(60))
    bio: Mapped[str] = mapped_column(sa.Text)
    old_display_name: Mapped[str] = mapped_column(sa.String(60))
    old_bio: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(Instant)
