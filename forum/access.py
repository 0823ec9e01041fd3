"""Who may see and do what: the whole policy on one page.

`visible_*` gives an SQL clause for lookups: what it leaves out does not exist for the viewer. `may_*` answers a
question about something that the viewer may see. Every surface asks here: pages, feeds, forms and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import get_locale
from flask_babel import gettext as _

from forum.accounts.models import Role
from forum.errors import Forbidden, NotFound
from forum.text.moments import in_japan
from forum.threads.models import Post, Status, Thread

# Long enough to mend what is seen a day later; after that, answers rest on what was said.
EDIT_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking. A guest is a Viewer too, so that no rule has to ask whether there is one."""

    id: int = 0
    name: str = ""
    display_name: str = ""
    role: str = ""
    joined_at: datetime | None = None
    read_before: datetime | None = None
    is_confirmed: bool = False
    approved_count: int = 0
    rejected_count: int = 0
    session_id: int = 0
    suspension_reason: str = ""
    suspended_until: datetime | None = None
    is_suspended: bool = False

    @property
    def is_guest(self) -> bool:
        return self.id == 0

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.MODERATOR, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    # Flask-Login asks these four of whatever it calls the current user.
    @property
    def is_authenticated(self) -> bool:
        return not self.is_guest

    @property
    def is_anonymous(self) -> bool:
        return self.is_guest

    @property
    def is_active(self) -> bool:
        return True

    def get_id(self) -> str:
        return str(self.id)


GUEST = Viewer()


# Nobody's number, for whom nothing exists that not everybody sees.
_MEMBER, _STAFF = Viewer(id=-1, role=Role.MEMBER), Viewer(id=-1, role=Role.MODERATOR)


def seen_by(viewer: Viewer) -> Viewer:
    """Who stands for all viewers whose statements are the same but for the value `viewer_id`: a key to keep them by."""
    if viewer.is_guest:
        return GUEST
    return _STAFF if sees_all(viewer) else _MEMBER


def sees_all(viewer: Viewer) -> bool:
    """Whether nothing is hidden from the viewer: the staff, while they are not suspended."""
    return viewer.is_staff and not viewer.is_suspended


def visible_threads(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The threads that exist for the viewer: public ones, one's own, and all for the staff."""
    if sees_all(viewer):
        return sa.true()
    if viewer.is_guest:
        return Thread.status == Status.PUBLIC
    return sa.or_(Thread.status == Status.PUBLIC, Thread.author_id == _id_of(viewer))


def visible_posts(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The posts that exist for the viewer, inside a thread that does: public ones, one's own, all for the staff."""
    if sees_all(viewer):
        return sa.true()
    if viewer.is_guest:
        return Post.status == Status.PUBLIC
    return sa.or_(Post.status == Status.PUBLIC, Post.author_id == _id_of(viewer))


def _id_of(viewer: Viewer) -> sa.BindParameter[int]:
    return sa.bindparam("viewer_id", viewer.id, sa.Integer)


def listed_threads() -> sa.ColumnElement[bool]:
    """The threads that stand in lists and feeds, whoever looks; a held one is found from its author's profile."""
    return Thread.status == Status.PUBLIC


def listed_posts() -> sa.ColumnElement[bool]:
    """The posts that feeds and profiles show, whoever looks, joined with their threads."""
    return sa.and_(Post.status == Status.PUBLIC, Thread.status == Status.PUBLIC)


def may_write(viewer: Viewer) -> bool:
    """Whether the viewer may publish anything at all."""
    return not viewer.is_guest and viewer.is_confirmed and not viewer.is_suspended


def require_member(viewer: Viewer) -> None:
    """Raise Forbidden for a guest."""
    if viewer.is_guest:
        raise Forbidden(_("Please log in first."))


def require_writer(viewer: Viewer) -> None:
    """Raise Forbidden, with the reason in words, unless `may_write`."""
    require_member(viewer)
    if viewer.is_suspended:
        raise Forbidden(suspension_of(viewer))
    if not viewer.is_confirmed:
        raise Forbidden(
            _("Please confirm your mail address first: the link is in the mail that we sent you.")
        )


def suspension_of(viewer: Viewer) -> str:
    """Why and until when a suspended viewer can't write, as a sentence for them."""
    reason, until = viewer.suspension_reason, viewer.suspended_until
    if until is None:
        return _("You are suspended for good and can't post: %(reason)s", reason=reason)
    date = in_japan(until, str(get_locale()))
    return _("You are suspended and can't post until %(date)s: %(reason)s", date=date, reason=reason)


def may_reply(viewer: Viewer, thread_status: str, *, is_locked: bool) -> bool:
    """Whether the viewer may add to a thread: it must be public, and open unless the viewer is staff."""
    return may_write(viewer) and thread_status == Status.PUBLIC and (viewer.is_staff or not is_locked)


def may_edit(
    viewer: Viewer, author_id: int, status: str, created_at: datetime, now: datetime, *, is_locked: bool
) -> bool:
    """Whether the viewer may change a post: its author, for EDIT_WINDOW, while it is public or waits.

    In a locked thread only the staff changes what it said: else the quarrel would go on in edits. Moderators do not
    rewrite what others said; they remove it and say why.
    """
    is_open = viewer.is_staff or (not is_locked and now - created_at < EDIT_WINDOW)
    return may_write(viewer) and viewer.id == author_id and status in (Status.PUBLIC, Status.HELD) and is_open


def may_delete(viewer: Viewer, author_id: int, status: str) -> bool:
    """Whether the viewer may take away a post as its author."""
    return may_write(viewer) and viewer.id == author_id and status in (Status.PUBLIC, Status.HELD)


def may_restore(viewer: Viewer, author_id: int, status: str, *, is_locked: bool) -> bool:
    """Whether the viewer may bring back a post that they took away themselves; not into a locked thread."""
    is_open = viewer.is_staff or not is_locked
    return may_write(viewer) and viewer.id == author_id and status == Status.DELETED and is_open


def may_report(viewer: Viewer, author_id: int, status: str) -> bool:
    """Whether the viewer may call a moderator to a post: any member, for somebody else's public post."""
    return may_write(viewer) and viewer.id != author_id and status == Status.PUBLIC


def may_see_versions(viewer: Viewer, author_id: int) -> bool:
    """Whether the viewer may see versions of a post that are not public: its author and the staff."""
    return sees_all(viewer) or viewer.id == author_id


def may_moderate(viewer: Viewer) -> bool:
    """Whether the viewer decides about others' texts, threads and accounts."""
    return sees_all(viewer)


def require_moderator(viewer: Viewer) -> None:
    """Raise NotFound unless `may_moderate`: the moderators' rooms do not exist for others."""
    if not may_moderate(viewer):
        raise NotFound(_("There is nothing at this address."))


def may_steer_filter(viewer: Viewer) -> bool:
    """Whether the viewer changes how the filter judges: admins.

    How strict it is decides how the board receives its newcomers: not a thing for each moderator to change.
    """
    return may_moderate(viewer) and viewer.is_admin


def require_admin(viewer: Viewer) -> None:
    """Raise NotFound or Forbidden unless `may_steer_filter`."""
    require_moderator(viewer)
    if not may_steer_filter(viewer):
        raise Forbidden(_("Admins change the filter; moderators may look at it."))


def may_suspend(viewer: Viewer, member_id: int, member_role: str) -> bool:
    """Whether the viewer may suspend a member: moderators members, admins also moderators, nobody an admin."""
    if not may_moderate(viewer) or viewer.id == member_id or member_role == Role.ADMIN:
        return False
    return viewer.is_admin or member_role == Role.MEMBER
