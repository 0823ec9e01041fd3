"""How much, how long and how fast: each number with its reason, told to the writer before and after."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forum import limiting
from forum.access import Viewer
from forum.accounts.cards import language
from forum.errors import Invalid, TooFast
from forum.screening.models import Kind, Screening
from forum.statements import Source, Statement
from forum.threads.models import Post

# Shorter says nothing in a list; 4 characters are a question in Japanese. Longer is a post.
TITLE_MIN, TITLE_MAX = 4, 120
# "はい" is an answer. Longer than about 15 pages belongs into several posts, or nobody reads it.
BODY_MIN, BODY_MAX = 2, 20_000
# A guide links to a dozen offices; a link list is no post.
LINKS_MAX = 30
# Newcomers do link to what they ask about; lists of links are what spammers come for.
LINKS_MAX_NEW = 3
# Somebody is new until a few of their texts stood.
NEW_UNTIL_APPROVED = 3
# A double click is caught otherwise; this stops programs, and nobody writes faster.
SECONDS_BETWEEN_POSTS = 8
# On the first day people introduce themselves and ask; a flood on the first day is a campaign.
FIRST_DAY = timedelta(days=1)
FIRST_DAY_THREADS, FIRST_DAY_POSTS = 3, 15
# More than anybody of good will writes, few enough for moderators to look through.
DAY_THREADS, DAY_POSTS = 20, 200
# A long guide may take an evening of mending; every version is kept, so they can't be without end.
DAY_EDITS = 60

_PACE = Statement(
    sa.select(
        sa.func.count(),
        sa.func.count().filter(Post.is_opening),
        sa.func.max(Post.created_at),
        sa.func.min(Post.created_at),
        sa.func.min(Post.created_at).filter(Post.is_opening),
    ).where(Post.author_id == sa.bindparam("author_id"), Post.created_at > sa.bindparam("since"))
)


def is_new(viewer: Viewer) -> bool:
    """Whether the limits of new members hold: until a few texts stood, never for the staff."""
    return not viewer.is_staff and viewer.approved_count < NEW_UNTIL_APPROVED and not limiting.are_lifted()


def told(viewer: Viewer, now: datetime) -> tuple[str, ...]:
    """The limits that hold for the viewer, in sentences, for beside the form."""
    return _sentences(language(), is_new=is_new(viewer), is_first_day=_is_first_day(viewer, now))


# Each page with a form says them.
@cache
def _sentences(in_language: str, *, is_new: bool, is_first_day: bool) -> tuple[str, ...]:
    with force_locale(in_language):
        return tuple(_each(is_new=is_new, is_first_day=is_first_day))


def _each(*, is_new: bool, is_first_day: bool) -> list[str]:
    sentences = [_("Up to %(count)s characters.", count=f"{BODY_MAX:,}")]
    if is_new:
        sentences.append(
            ngettext(
                "Up to %(num)d link while you are new here.",
                "Up to %(num)d links while you are new here.",
                LINKS_MAX_NEW,
            )
        )
    if is_first_day:
        sentences.append(
            _(
                "On your first day: %(threads)d threads and %(posts)d posts.",
                threads=FIRST_DAY_THREADS,
                posts=FIRST_DAY_POSTS,
            )
        )
    return sentences


def check_links(viewer: Viewer, count: int) -> None:
    """Raise Invalid when a text has more links than the viewer may place."""
    most = LINKS_MAX_NEW if is_new(viewer) else LINKS_MAX
    if count > most:
        sentence = ngettext("At most %(num)d link, please.", "At most %(num)d links, please.", most)
        yours = _("Yours has %(count)d.", count=count)
        raise Invalid(body=f"{sentence} {yours}")


def check_pace(source: Source, viewer: Viewer, *, is_thread: bool, now: datetime) -> None:
    """Raise TooFast when the viewer writes faster than people do. One statement, over an index, a day deep."""
    if viewer.is_staff or limiting.are_lifted():
        return
    given = {"author_id": viewer.id, "since": now - timedelta(days=1)}
    posts, threads, newest, oldest_post, oldest_thread = _PACE.one(source, given)
    if newest is not None and now - newest < timedelta(seconds=SECONDS_BETWEEN_POSTS):
        raise TooFast(_("One moment: your last post was only seconds ago."), SECONDS_BETWEEN_POSTS)
    most_threads, most_posts = (
        (FIRST_DAY_THREADS, FIRST_DAY_POSTS) if _is_first_day(viewer, now) else (DAY_THREADS, DAY_POSTS)
    )
    if posts >= most_posts:
        raise _enough_for_today(oldest_post, now)
    if is_thread and threads >= most_threads:
        raise _enough_for_today(oldest_thread, now)


def check_edits(session: Session, viewer: Viewer, now: datetime) -> None:
    """Raise TooFast when the viewer has edited more in a day than people do. One statement, over an index."""
    if viewer.is_staff or limiting.are_lifted():
        return
    query = sa.select(sa.func.count(), sa.func.min(Screening.created_at)).where(
        Screening.author_id == viewer.id,
        Screening.created_at > now - timedelta(days=1),
        Screening.kind == Kind.EDIT,
    )
    edits, oldest = session.execute(query).one()
    if edits >= DAY_EDITS:
        raise _enough_for_today(oldest, now)


def _enough_for_today(oldest: datetime, now: datetime) -> TooFast:
    """The refusal that ends when the oldest of what was counted is a day old."""
    wait_s = int((oldest + timedelta(days=1) - now).total_seconds()) + 1
    return TooFast(
        _("That is a lot for one day. Please go on tomorrow; what you wrote stays in the form."), wait_s
    )


def _is_first_day(viewer: Viewer, now: datetime) -> bool:
    return viewer.joined_at is not None and is_new(viewer) and now - viewer.joined_at < FIRST_DAY
