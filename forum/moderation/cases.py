"""What a decision is about: a post, a waiting version of one, or what a member says of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum.accounts import profiles, reading
from forum.accounts.models import ProfileChange, User
from forum.errors import NotFound
from forum.moderation.models import ActKind, Report
from forum.moderation.queue import IS_PENDING
from forum.schema import EPOCH, MICROSECOND
from forum.screening.models import Screening
from forum.threads import publishing
from forum.threads.models import Post, Revision, Status


@dataclass(frozen=True, slots=True)
class Subject:
    """The one text that a decision publishes, takes away or, when it is undone, holds again."""

    post_id: int | None
    revision_id: int | None = None
    change_id: int | None = None

    def status(self, session: Session) -> str:
        """What the database says of it now."""
        if self.change_id:
            query = sa.select(ProfileChange.status).where(ProfileChange.id == self.change_id)
        elif self.revision_id:
            query = sa.select(Revision.status).where(Revision.id == self.revision_id)
        else:
            query = sa.select(Post.status).where(Post.id == self.post_id)
        return session.execute(query).scalar_one()

    def publish(self, session: Session, now: datetime) -> None:
        if self.change_id:
            profiles.publish_change(session, self.change_id)
        elif self.revision_id:
            publishing.publish_revision(session, self.revision_id, now)
        elif self.post_id:
            publishing.publish(session, self.post_id, now)

    def take_away(self, session: Session, now: datetime) -> None:
        if self.change_id:
            profiles.reject_change(session, self.change_id)
        elif self.revision_id:
            publishing.reject_revision(session, self.revision_id)
        elif self.post_id:
            publishing.take_away(session, self.post_id, Status.REMOVED, now)

    def hold_again(self, session: Session, now: datetime) -> None:
        if self.change_id:
            profiles.hold_change_again(session, self.change_id)
        elif self.revision_id:
            publishing.hold_revision_again(session, self.revision_id)
        elif self.post_id:
            publishing.hold_again(session, self.post_id, now)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a decision rests on, as it is in the database now."""

    subject: Subject
    author_id: int
    thread_id: int | None
    is_public: bool
    """Whether the post, or a profile text, is there for everybody."""
    target: str
    """For the log: "thread", "post", "edit" or "profile"."""
    waiting: Screening | None
    newest_screening_id: int
    reports: Mapping[int, datetime]
    """When each open report came, by its id."""
    words: str = ""
    """Of a profile, what everybody reads there."""

    @property
    def seen(self) -> str:
        """What the moderator's form sends back, so that nothing is decided that was not on the page."""
        return seen_mark(self.waiting, self.newest_screening_id, self.reports.values(), self.words)

    @property
    def choices(self) -> tuple[ActKind, ...]:
        return choices(
            is_public=self.is_public, is_waiting=self.waiting is not None, is_reported=bool(self.reports)
        )


def seen_mark(
    waiting: Screening | None, newest_screening_id: int, reported_at: Iterable[datetime], words: str
) -> str:
    """Changes with every text that the author sends, with every report, and with every decision about them.

    Reports are told by their moments, all added up, because who reports again does so on the same row.
    """
    reports = sum((moment - EPOCH) // MICROSECOND for moment in reported_at)
    return f"{waiting.id if waiting else 0}.{newest_screening_id}.{reports}.{crc32(words.encode())}"


def choices(*, is_public: bool, is_waiting: bool, is_reported: bool) -> tuple[ActKind, ...]:
    """What can be decided. A text that its author or a moderator took away is left to them, and to undo."""
    if is_waiting:
        return (ActKind.APPROVE, ActKind.REMOVE, ActKind.SPAM)
    if not is_public:
        return ()
    return (ActKind.DISMISS, ActKind.REMOVE, ActKind.SPAM) if is_reported else (ActKind.REMOVE, ActKind.SPAM)


def of_post(session: Session, post_id: int) -> Case:
    """What there is to decide about a post: first its waiting text, then the reports on what is public.

    Four statements. Raises NotFound.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound(_("There is nothing at this address."))
    waiting = session.scalars(sa.select(Screening).where(Screening.post_id == post_id, IS_PENDING)).first()
    revision_id = waiting.revision_id if waiting else None
    reports = sa.select(Report.id, Report.created_at).where(
        Report.post_id == post_id, Report.closed_by_id.is_(None)
    )
    return Case(
        subject=Subject(post_id, revision_id),
        author_id=post.author_id,
        thread_id=post.thread_id,
        is_public=post.status == Status.PUBLIC,
        target=_target(post, revision_id),
        waiting=waiting,
        newest_screening_id=newest_screening(session, post.author_id, post_id),
        reports={row.id: row.created_at for row in session.execute(reports)},
    )


def of_profile(session: Session, name: str, now: datetime) -> Case:
    """What there is to decide about a member's words: first those that wait, then those that everybody reads.

    Four statements. Raises NotFound.
    """
    member = reading.find(session, name)
    of_member = sa.and_(Screening.author_id == member.id, Screening.profile_change_id.is_not(None))
    waiting = session.scalars(sa.select(Screening).where(of_member, IS_PENDING)).first()
    words = public_words(member.display_name, member.bio)
    change_id = waiting.profile_change_id if waiting else _change_shown(session, member, now).id
    return Case(
        subject=Subject(None, change_id=change_id),
        author_id=member.id,
        thread_id=None,
        is_public=bool(words),
        target="profile",
        waiting=waiting,
        newest_screening_id=newest_screening(session, member.id, None),
        reports={},
        words=words,
    )


def public_words(display_name: str, bio: str) -> str:
    """A member's display name and biography as one text; either may be empty."""
    return "\n\n".join(part for part in (display_name, bio) if part)


def _change_shown(session: Session, member: User, now: datetime) -> ProfileChange:
    """The change that made a profile what it is.

    Words that came by import or as demo have none; they get a row now, so that they can be taken away and come back.
    """
    query = sa.select(ProfileChange).where(
        ProfileChange.user_id == member.id,
        ProfileChange.status == "published",
        ProfileChange.display_name == member.display_name,
        ProfileChange.bio == member.bio,
    )
    found = session.scalars(query.order_by(ProfileChange.id.desc()).limit(1)).first()
    if found:
        return found
    change = ProfileChange(
        user_id=member.id,
        display_name=member.display_name,
        bio=member.bio,
        old_display_name="",
        old_bio="",
        status="published",
        created_at=now,
    )
    session.add(change)
    session.flush()
    return change


def newest_screening(session: Session, author_id: int, post_id: int | None) -> int:
    """The newest text that the author sent for a post or, without one, for the profile, by the row of its screening.

    0 for a post that came by import and was never screened.
    """
    of_profile = sa.and_(Screening.author_id == author_id, Screening.profile_change_id.is_not(None))
    clause = Screening.post_id == post_id if post_id else of_profile
    return session.scalar(sa.select(sa.func.max(Screening.id)).where(clause)) or 0


def _target(post: Post, revision_id: int | None) -> str:
    if revision_id:
        return "edit"
    return "thread" if post.is_opening else "post"
