"""Writing something new: a thread, a reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from flask_babel import gettext as _

from forum.access import Viewer, require_writer
from forum.errors import Conflict, Invalid
from forum.screening import asking
from forum.screening.examined import Examined, unread
from forum.screening.models import Kind
from forum.screening.origins import Origin
from forum.spam.judging import Outcome, Submission, Verdict
from forum.statements import Source, Statement
from forum.text.languages import language_of
from forum.text.rendering import Rendered, render
from forum.text.slugs import slugify
from forum.threads import answering, limits, mentions, publishing
from forum.threads.addresses import place_url
from forum.threads.answering import Answered
from forum.threads.models import Board, Post, Status, Thread
from forum.threads.publishing import Added

_MADE_BEFORE = Statement(
    sa.select(Post.id, Post.status).where(
        Post.author_id == sa.bindparam("author_id"), Post.idempotency == sa.bindparam("mark")
    )
)
_BOARD = Statement(sa.select(Board.id).where(Board.slug == sa.bindparam("slug")))
_OPEN_THREAD = Statement(sa.insert(Thread).returning(Thread.id))


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote, and how the form came to us."""

    body: str
    title: str = ""
    idempotency: str = ""
    form_age_s: float | None = None
    is_trap_filled: bool = False
    pasted_share: float | None = None
    origin: Origin = field(default_factory=Origin)

    def mark(self, place: str) -> str | None:
        """What a form that is sent twice has in common with itself alone: its one-time value, its place and its texts.

        Who goes back in the browser and writes something else sends the same value with another text, which is a new
        post.
        """
        if not self.idempotency:
            return None
        whole = f"{self.idempotency}\0{place}\0{self.title}\0{self.body}"
        return sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft with its HTML and what the filter found out about it: too slow to do while all other writers wait."""

    draft: Draft
    rendered: Rendered
    examined: Examined
    is_read: bool = True
    """Whether the filter was asked; it isn't about what is there already."""

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(link.url for link in self.rendered.links)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of it: `post_id` is 0 when it was refused, and `reasons` say why it was not published."""

    post_id: int
    outcome: Outcome
    reasons: tuple[dict[str, object], ...] = ()
    address: str = ""
    """Where a new post stands; empty for one that was there before, which may have moved."""
    is_taken_back: bool = False
    """Whether a change that waited was taken back, so that what was public stands alone."""


def prepare_thread(source: Source, viewer: Viewer, board_slug: str, draft: Draft, now: datetime) -> Prepared:
    """Render and examine a thread's first post, for `start_thread`. It only reads, and is called before the transaction
    that writes. What can't be posted anyway is not examined, and no outside service hears of it.

    Raises what `start_thread` raises.
    """
    require_writer(viewer)
    if _made_before(source, viewer, draft.mark(board_slug)) is not None:
        return _unread(source, viewer, Kind.THREAD, draft)
    _find_board(source, board_slug)
    limits.check_pace(source, viewer, is_thread=True, now=now)
    return _examined(source, viewer, Kind.THREAD, draft, now)


def prepare_reply(source: Source, viewer: Viewer, thread: Answered, draft: Draft, now: datetime) -> Prepared:
    """The same for `reply`, with the thread that it answers, found by the draft's mark. Raises what `reply` raises."""
    require_writer(viewer)
    if thread.answer_id is not None:
        return _unread(source, viewer, Kind.REPLY, draft)
    answering.require_open(viewer, thread)
    limits.check_pace(source, viewer, is_thread=False, now=now)
    return _examined(source, viewer, Kind.REPLY, draft, now, thread.context)


def start_thread(
    source: Source, viewer: Viewer, board_slug: str, prepared: Prepared, now: datetime
) -> Posted:
    """Open a thread on a board; the same form twice gives the first result.

    Raises Forbidden, Invalid, TooFast or Conflict.
    """
    draft, mark = prepared.draft, prepared.draft.mark(board_slug)
    if (before := _made_before(source, viewer, mark)) is not None:
        return before
    require_writer(viewer)
    board_id = _find_board(source, board_slug)
    limits.check_pace(source, viewer, is_thread=True, now=now)
    limits.check_links(viewer, len(prepared.links))
    require_read(prepared)
    verdict = asking.screen(source, viewer, prepared.examined, now)
    if verdict.outcome == Outcome.REFUSED:
        return refused(source, viewer, prepared, verdict, now)
    thread_id, slug = _open_thread(source, viewer, board_id, draft.title, now)
    text = _Text(prepared, mark, verdict, thread_id, is_opening=True)
    added, reasons = _add(source, viewer, text, now)
    return Posted(added.post_id, verdict.outcome, reasons, place_url(thread_id, slug, 1, added.post_id))


def reply(
    source: Source,
    viewer: Viewer,
    thread_id: int,
    prepared: Prepared,
    now: datetime,
    found: Answered | None = None,
) -> Posted:
    """Answer in a thread; the same form twice gives one post. `found` is the thread when it is known to be as it was.

    Raises NotFound, Forbidden, Locked, Invalid, TooFast or Conflict.
    """
    mark = prepared.draft.mark(str(thread_id))
    thread = found or answering.find(source, viewer, thread_id, mark)
    if thread.answer_id is not None:
        return _made(thread.answer_id, thread.answer_status)
    answering.require_open(viewer, thread)
    limits.check_pace(source, viewer, is_thread=False, now=now)
    limits.check_links(viewer, len(prepared.links))
    require_read(prepared)
    verdict = asking.screen(source, viewer, prepared.examined, now)
    if verdict.outcome == Outcome.REFUSED:
        return refused(source, viewer, prepared, verdict, now)
    added, reasons = _add(source, viewer, _Text(prepared, mark, verdict, thread.id), now)
    # What waits stands at the end.
    number = added.number or thread.last_number or 1
    address = place_url(thread.id, thread.slug, number, added.post_id)
    return Posted(added.post_id, verdict.outcome, reasons, address)


def require_read(prepared: Prepared) -> None:
    """Raise Conflict for a text that was there already when it was prepared, and no longer is."""
    if not prepared.is_read:
        raise Conflict(_("Something changed while this was being sent. Please send it again."))


def rendering_of(source: Source, draft: Draft) -> Rendered:
    """A draft's HTML, with the members whom it mentions. Up to a third of a second."""
    return render(draft.body, mentions.known(source, draft.body))


def submission_of(
    kind: Kind, viewer: Viewer, draft: Draft, rendered: Rendered, context: str = ""
) -> Submission:
    """A draft as the filter looks at it."""
    return Submission(
        kind=kind,
        title=draft.title,
        body=draft.body,
        author_name=viewer.display_name or viewer.name,
        links=tuple(link.url for link in rendered.links),
        context=context,
        form_age_s=draft.form_age_s,
        is_trap_filled=draft.is_trap_filled,
        pasted_share=draft.pasted_share,
    )


def refused(source: Source, viewer: Viewer, prepared: Prepared, verdict: Verdict, now: datetime) -> Posted:
    """Keep the verdict on a text that becomes nothing."""
    kept = asking.keep(source, viewer.id, prepared.examined, verdict, now)
    return Posted(0, verdict.outcome, kept.reasons)


def _examined(
    source: Source, viewer: Viewer, kind: Kind, draft: Draft, now: datetime, context: str = ""
) -> Prepared:
    rendered = rendering_of(source, draft)
    limits.check_links(viewer, len(rendered.links))
    submission = submission_of(kind, viewer, draft, rendered, context)
    return Prepared(draft, rendered, asking.examine(source, viewer, submission, now, draft.origin))


def _unread(source: Source, viewer: Viewer, kind: Kind, draft: Draft) -> Prepared:
    rendered = rendering_of(source, draft)
    return Prepared(draft, rendered, unread(submission_of(kind, viewer, draft, rendered)), is_read=False)


def _find_board(source: Source, board_slug: str) -> int:
    board_id = _BOARD.scalar(source, {"slug": board_slug})
    if board_id is None:
        raise Invalid(board=_("Please choose a board."))
    return board_id


def _made_before(source: Source, viewer: Viewer, mark: str | None) -> Posted | None:
    """What the same form made before: a double click, a second tab, a browser that sends again after a lost answer."""
    if mark is None:
        return None
    row = _MADE_BEFORE.first(source, {"author_id": viewer.id, "mark": mark})
    return _made(row.id, row.status) if row else None


def _made(post_id: int, status: str | None) -> Posted:
    return Posted(post_id, Outcome.HELD if status == Status.HELD else Outcome.PUBLISHED)


def _open_thread(source: Source, viewer: Viewer, board_id: int, title: str, now: datetime) -> tuple[int, str]:
    """A thread that waits for its first post: its number and its slug. One INSERT."""
    thread = {
        "board_id": board_id,
        "author_id": viewer.id,
        "title": title,
        "slug": slugify(title),
        "lang": language_of(title),
        "status": Status.HELD,
        "created_at": now,
        "last_post_at": now,
    }
    return _OPEN_THREAD.one(source, thread).id, slugify(title)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that becomes a post, with all that was decided about it."""

    prepared: Prepared
    mark: str | None
    verdict: Verdict
    thread_id: int
    is_opening: bool = False


def _add(
    source: Source, viewer: Viewer, text: _Text, now: datetime
) -> tuple[Added, tuple[dict[str, object], ...]]:
    """Put a text into its thread, where everybody sees it or where it waits, and keep the verdict on it."""
    rendered = text.prepared.rendered
    post = {
        "thread_id": text.thread_id,
        "author_id": viewer.id,
        "is_opening": text.is_opening,
        "body": text.prepared.draft.body,
        "html": rendered.html,
        "lang": rendered.lang,
        "created_at": now,
        "idempotency": text.mark,
    }
    is_public = text.verdict.outcome == Outcome.PUBLISHED
    added = publishing.add(source, post, now) if is_public else publishing.add_held(source, post)
    examined = text.prepared.examined
    kept = asking.keep(source, viewer.id, examined, text.verdict, now, post_id=added.post_id)
    return added, kept.reasons
