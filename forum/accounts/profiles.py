"""A member's public face: words about themselves, which are screened, and the JET card, which is chosen from lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forum.access import Viewer, require_writer
from forum.accounts import cards
from forum.accounts.models import IS_STAFF, ProfileChange, Role, User
from forum.accounts.prefectures import PREFECTURES
from forum.errors import Conflict, Invalid
from forum.screening import asking
from forum.screening.examined import Examined, unread
from forum.screening.models import Decision, Kind, Screening
from forum.screening.origins import Origin
from forum.spam.judging import Outcome, Submission
from forum.text import names
from forum.text.rendering import render

# As long as a user name and a little, for it stands in the same place.
LONGEST_DISPLAY_NAME = 40
# Half a page; what is longer is a thread, where others can answer.
LONGEST_BIO = 2000
# A blog, a school, two networks and one more; a page of links is what link farms make.
MOST_LINKS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What a member writes about themselves, and how the form came to us."""

    display_name: str
    bio: str
    form_age_s: float | None = None
    is_trap_filled: bool = False
    pasted_share: float | None = None
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The words and what the filter found out about them: too slow to do while all other writers wait."""

    words: Words
    examined: Examined
    is_read: bool = True
    """Whether the filter was asked; it isn't about words that stand or wait already."""


@dataclass(frozen=True, slots=True)
class Card:
    """The JET card as a form gives it: None for what somebody leaves open, and the parts that nobody else shall see."""

    jet_role: str | None = None
    prefecture: str | None = None
    place: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the words: None when they were public as they are. `reasons` say why they are not public."""

    outcome: Outcome | None
    reasons: tuple[dict[str, object], ...] = ()


def prepare(session: Session, viewer: Viewer, words: Words, now: datetime) -> Prepared:
    """Examine the words, for `save`. It only reads, and is called before the transaction that writes.

    Words that can't be saved anyway are not examined, and no outside service hears of them.

    Raises Forbidden or Invalid.
    """
    require_writer(viewer)
    user = session.get_one(User, viewer.id)
    submission = Submission(
        kind=Kind.PROFILE,
        title=words.display_name,
        body=words.bio,
        author_name=viewer.name,
        links=tuple(link.url for link in render(words.bio).links),
        form_age_s=words.form_age_s,
        is_trap_filled=words.is_trap_filled,
        pasted_share=words.pasted_share,
    )
    if _is_unchanged(words, waiting_change(session, viewer.id) or user):
        # The card was changed: nobody is asked about words that nobody is asked to publish.
        return Prepared(words, unread(submission), is_read=False)
    _check_display_name(session, user, words.display_name)
    _check_links(viewer, len(submission.links))
    return Prepared(words, asking.examine(session, viewer, submission, now, words.origin))


def save(session: Session, viewer: Viewer, prepared: Prepared, card: Card, now: datetime) -> Saved:
    """Take a whole profile form. Changed words are screened: held ones wait and leave the old ones public.

    Refused words change nothing, and neither does the card that came with them. Raises Forbidden, Invalid or Conflict.
    """
    require_writer(viewer)
    user = session.get_one(User, viewer.id)
    _check_card(card, now)
    waiting = waiting_change(session, user.id)
    if _is_unchanged(prepared.words, waiting or user):
        saved = Saved(Outcome.HELD if waiting else None)
    else:
        saved = _save_words(session, viewer, user, prepared, now)
    if saved.outcome != Outcome.REFUSED:
        _save_card(user, card)
    return saved


def publish_change(session: Session, change_id: int) -> None:
    """Make a member's waiting words the public ones."""
    change = session.get_one(ProfileChange, change_id)
    user = session.get_one(User, change.user_id)
    _show(user, change.display_name, change.bio)
    change.status = "published"


def reject_change(session: Session, change_id: int) -> None:
    """Decide against a member's words; where they are public already, the ones before come back."""
    _take_back(session, change_id, "rejected")


def hold_change_again(session: Session, change_id: int) -> None:
    """Undo either decision: the words wait again, and the ones before them are public."""
    _take_back(session, change_id, "held")


def waiting_change(session: Session, user_id: int) -> ProfileChange | None:
    """The words of a member that wait for a moderator. One statement."""
    query = sa.select(ProfileChange).where(ProfileChange.user_id == user_id, ProfileChange.status == "held")
    return session.scalars(query.order_by(ProfileChange.id.desc()).limit(1)).first()


def _is_unchanged(words: Words, present: ProfileChange | User) -> bool:
    return (words.display_name, words.bio) == (present.display_name, present.bio)


def _save_words(session: Session, viewer: Viewer, user: User, prepared: Prepared, now: datetime) -> Saved:
    words, examined = prepared.words, prepared.examined
    _check_display_name(session, user, words.display_name)
    _check_links(viewer, len(examined.submission.links))
    if not prepared.is_read:
        # The words stood or waited when this was sent, and a moderator or another tab has changed that since.
        raise Conflict(_("Something changed while this was being sent. Please send it again."))
    verdict = asking.screen(session, viewer, examined, now)
    if verdict.outcome == Outcome.REFUSED:
        kept = asking.keep(session, user.id, examined, verdict, now)
        return Saved(verdict.outcome, kept.reasons)
    _withdraw_waiting(session, user.id)
    change = _change(session, user, words, now)
    kept = asking.keep(session, user.id, examined, verdict, now, profile_change_id=change.id)
    if verdict.outcome == Outcome.PUBLISHED:
        publish_change(session, change.id)
    return Saved(verdict.outcome, kept.reasons)


def _check_display_name(session: Session, user: User, display_name: str) -> None:
    """Display names are free, but only the staff speak as the board, and nobody stands under another's name."""
    if user.role == Role.MEMBER and names.is_reserved(display_name):
        raise Invalid(display_name=_("This name would sound as if the board itself were speaking."))
    skeleton = names.skeleton(names.letters(display_name))
    if skeleton and _is_like_anothers(session, user, skeleton):
        raise Invalid(display_name=_("This looks too much like the name of somebody else here."))


def _is_like_anothers(session: Session, user: User, skeleton: str) -> bool:
    """Whether somebody else has a user name, or a moderator a display name, that looks like this."""
    others = sa.select(User.id).where(User.name_skeleton == skeleton, User.id != user.id)
    if session.scalar(others) is not None:
        return True
    of_staff = sa.select(User.display_name).where(IS_STAFF, User.display_name != "", User.id != user.id)
    return any(names.skeleton(names.letters(shown)) == skeleton for shown in session.scalars(of_staff))


def _check_links(viewer: Viewer, count: int) -> None:
    if count > MOST_LINKS and not viewer.is_staff:
        raise Invalid(bio=ngettext("At most %(num)d link.", "At most %(num)d links.", MOST_LINKS))


def _withdraw_waiting(session: Session, user_id: int) -> None:
    """Newer words take the place of those that wait, in the queue too."""
    waiting = sa.select(ProfileChange.id).where(
        ProfileChange.user_id == user_id, ProfileChange.status == "held"
    )
    session.execute(
        sa.update(Screening)
        .where(
            # By these two SQLite finds what a member said of themselves, instead of walking through the whole queue.
            Screening.author_id == user_id,
            Screening.profile_change_id.is_not(None),
            Screening.profile_change_id.in_(waiting),
            Screening.decision == Decision.PENDING,
        )
        .values(decision=Decision.WITHDRAWN)
    )
    session.execute(
        sa.update(ProfileChange)
        .where(ProfileChange.user_id == user_id, ProfileChange.status == "held")
        .values(status="replaced")
    )


def _change(session: Session, user: User, words: Words, now: datetime) -> ProfileChange:
    change = ProfileChange(
        user_id=user.id,
        display_name=words.display_name,
        bio=words.bio,
        old_display_name=user.display_name,
        old_bio=user.bio,
        status="held",
        created_at=now,
    )
    session.add(change)
    session.flush()
    return change


def _take_back(session: Session, change_id: int, status: str) -> None:
    change = session.get_one(ProfileChange, change_id)
    user = session.get_one(User, change.user_id)
    # What the member has written since is another change, which this decision says nothing about.
    if change.status == "published" and (user.display_name, user.bio) == (change.display_name, change.bio):
        _show(user, change.old_display_name, change.old_bio)
    change.status = status


def _show(user: User, display_name: str, bio: str) -> None:
    user.display_name, user.bio = display_name, bio
    user.bio_html = render(bio).html


def _check_card(card: Card, now: datetime) -> None:
    """The form offers only what is right, but not only our form can send."""
    years = [year for year in (card.year_from, card.year_to) if year is not None]
    if any(not cards.FIRST_YEAR <= year <= cards.latest_year(now) for year in years):
        raise Invalid(year_from=_("Please choose years from the lists."))
    if card.year_from is not None and card.year_to is not None and card.year_from > card.year_to:
        raise Invalid(year_to=_("The last year comes before the first."))
    if card.prefecture is not None and card.prefecture not in PREFECTURES:
        raise Invalid(prefecture=_("Please choose from the list."))


def _save_card(user: User, card: Card) -> None:
    user.jet_role, user.prefecture, user.place = card.jet_role, card.prefecture, card.place
    user.year_from, user.year_to = card.year_from, card.year_to
    user.hidden_parts = " ".join(part for part in cards.PARTS if part in card.hidden)
