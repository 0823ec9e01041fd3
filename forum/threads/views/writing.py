"""Forms that write. Each view finds, validates, opens one transaction, calls one verb and answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from forum.access import GUEST, Viewer, require_writer
from forum.cursors import read_place
from forum.db import reading, snapshot
from forum.errors import Forbidden, Invalid, Problem, TooFast
from forum.screening import words
from forum.spam.judging import Outcome
from forum.text.quoting import quote
from forum.text.rendering import render, stored
from forum.threads import answering, editing, lists, marks, mentions, posting
from forum.threads import reading as threads
from forum.threads.addresses import post_url, reply_url, thread_url
from forum.threads.answering import Answered
from forum.threads.forms import ReplyForm, ThreadForm, TitledForm
from forum.threads.limits import BODY_MAX, told
from forum.threads.models import Thread
from forum.threads.posting import Draft, Posted, Prepared
from forum.threads.views import blueprint
from forum.web.forms import submitted
from forum.web.language import current_language
from forum.web.notices import redirect_with
from forum.web.origin import current_origin
from forum.web.viewer import changing, current_viewer, now, writing

FRAGMENT = "X-Fragment"

Prepare = Callable[[Viewer], Prepared]
Way = TypeVar("Way")
"""A session or a transaction of statements: what the verb at hand writes with."""
Take = Callable[[Way, Viewer, Prepared], Posted | None]
Open = Callable[[], AbstractContextManager[tuple[Way, Viewer]]]


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Open a thread."""
    if request.method == "GET":
        if current_viewer().is_guest:
            return _log_in_first()
        require_writer(current_viewer())
    form = ThreadForm(submitted(), board=request.args.get("board"))
    form.board.choices = [(row.slug, row.name) for row in lists.boards(reading(), current_language())]
    page = _Composer(form, lazy_gettext("New thread"), url_for(".new"), "new", lazy_gettext("Post thread"))
    return page.answer(
        lambda viewer: posting.prepare_thread(snapshot(), viewer, form.board.data, _draft(form), now()),
        lambda source, viewer, text: posting.start_thread(source, viewer, form.board.data, text, now()),
        changing,
    )


@blueprint.route("/t/<int:thread_id>/reply", methods=["GET", "POST"])
def reply(thread_id: int) -> ResponseReturnValue:
    """Answer in a thread; `?quote=` names a post to begin with."""
    if request.method == "GET" and current_viewer().is_guest:
        return _log_in_first()
    form = ReplyForm(submitted())
    draft = _draft(form)
    thread = answering.find(snapshot(), current_viewer(), thread_id, draft.mark(str(thread_id)))
    is_quoting = request.method == "GET" and "quote" in request.args
    if request.method == "GET":
        # Who may not answer is told so before writing; what was written meanwhile comes back with the refusal.
        answering.require_open(current_viewer(), thread)
        form.body.data = _quotation(request.args["quote"], thread_id) if is_quoting else None
    page = _Composer(
        form,
        lazy_gettext("Reply"),
        reply_url(thread_id),
        f"reply-{thread_id}",
        lazy_gettext("Post reply"),
        thread=_Place.of(thread),
        is_quoting=is_quoting,
    )
    return page.answer(
        lambda viewer: posting.prepare_reply(snapshot(), viewer, thread, draft, now()),
        lambda source, viewer, text: posting.reply(source, viewer, thread_id, text, now()),
        changing,
    )


@blueprint.post("/read-all")
def read_all() -> ResponseReturnValue:
    """Let everything count as read that was there when the list with the button was shown."""
    newest = request.form.get("newest")
    until = read_place(newest)[0] if newest else now()
    with writing() as (session, viewer):
        marks.read_all(session, viewer, until, now())
    return redirect_with("all-read", "/")


@blueprint.route("/p/<int:post_id>/edit", methods=["GET", "POST"])
def edit(post_id: int) -> ResponseReturnValue:
    """Give a post a new version, or take back the one that waits."""
    if "take_back" in request.form:
        return _take_back(post_id)
    viewer = current_viewer()
    post, thread = editing.find_own(reading(), viewer, post_id)
    # Its author, and whose log-in ended, are refused with the text in hand, so that it is not lost.
    if request.method == "GET" or viewer.id not in (GUEST.id, post.author_id):
        editing.find_editable(reading(), viewer, post_id, now())
    waiting = editing.waiting_version(reading(), viewer, post_id)
    kept = {"body": (waiting or post).body, "title": (waiting and waiting.title) or thread.title}
    form = TitledForm(submitted(), data=kept) if post.is_opening else ReplyForm(submitted(), data=kept)
    page = _Composer(
        form,
        lazy_gettext("Edit"),
        url_for(".edit", post_id=post_id),
        f"edit-{post_id}-{post.versions}",
        lazy_gettext("Save"),
        thread=_Place.of(thread),
        is_edit=True,
        has_waiting=waiting is not None,
    )
    return page.answer(
        lambda viewer: editing.prepare(reading(), viewer, post_id, _draft(form), now()),
        lambda session, viewer, text: editing.edit(session, viewer, post_id, text, now()),
        writing,
    )


@blueprint.route("/p/<int:post_id>/delete", methods=["GET", "POST"])
def delete(post_id: int) -> ResponseReturnValue:
    """Take one's own post away, after a question."""
    if request.method == "GET":
        post, thread = editing.find_deletable(reading(), current_viewer(), post_id)
        return render_template(
            "threads/delete.html",
            html=stored(post.html),
            lang=post.lang,
            thread=_Place.of(thread),
            post_id=post_id,
        )
    with writing() as (session, viewer):
        done = editing.delete(session, viewer, post_id, now())
    return redirect_with("deleted" if done.outcome == Outcome.PUBLISHED else "withdrawn", post_url(post_id))


@blueprint.post("/p/<int:post_id>/restore")
def restore(post_id: int) -> ResponseReturnValue:
    """Bring one's own post back."""
    with writing() as (session, viewer):
        done = editing.restore(session, viewer, post_id, now())
    return redirect_with(
        "restored" if done.outcome == Outcome.PUBLISHED else "restored-held", post_url(post_id)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The thread that a text belongs to, as the page names it."""

    title: str
    lang: str
    url: str

    @classmethod
    def of(cls, thread: Thread | Answered) -> _Place:
        return cls(thread.title, thread.lang, thread_url(thread.id, thread.slug))


@dataclass(frozen=True)
class _Composer:
    """A page with a form for a text: shown, previewed, sent back with what is wrong, or taken."""

    form: ReplyForm
    heading: LazyString
    action: str
    draft_key: str
    button: LazyString
    thread: _Place | None = None
    is_edit: bool = False
    has_waiting: bool = False
    is_quoting: bool = False

    def answer(self, prepare: Prepare, take: Take[Way], opened: Open[Way]) -> ResponseReturnValue:
        """The page on GET; on POST a preview, the form with its errors (422), or a redirect to what was made.

        `prepare` works before the transaction, `take` in it; `opened` is how it begins.
        """
        if request.method == "GET":
            return self._page()
        if current_viewer().is_guest:
            ended = _("You are no longer logged in. Log in in another tab, then send this again.")
            return self._come_back(Forbidden(ended)), Forbidden.status
        if "preview" in request.form:
            return self._preview()
        if not self.form.validate():
            return self._page(), 422
        return self._publish(prepare, take, opened)

    def _publish(self, prepare: Prepare, take: Take[Way], opened: Open[Way]) -> ResponseReturnValue:
        try:
            text = prepare(current_viewer())
            with opened() as (source, viewer):
                posted = take(source, viewer, text)
        except Invalid as problem:
            self.form.refuse(problem.fields)
            return self._page(), 422
        except TooFast as problem:
            return self._come_back(problem), problem.status, {"Retry-After": str(problem.retry_after_s)}
        except Problem as problem:
            # A thread that was locked or a member suspended meanwhile: the text must not be lost with the page.
            return self._come_back(problem), problem.status
        if posted is not None and posted.outcome == Outcome.REFUSED:
            return self._refused(posted), 422
        return self._done(posted)

    def _done(self, posted: Posted | None) -> ResponseReturnValue:
        if posted is None:
            return redirect_with("unchanged", self.action.removesuffix("/edit"), posted_key=self.form.key)
        if posted.is_taken_back:
            return redirect_with("edit-withdrawn", post_url(posted.post_id), posted_key=self.form.key)
        is_public = posted.outcome == Outcome.PUBLISHED
        code = (
            ("edited" if is_public else "edit-held") if self.is_edit else ("posted" if is_public else "held")
        )
        place = posted.address or threads.place_of(reading(), current_viewer(), posted.post_id)
        return redirect_with(code, place, posted_key=self.form.key)

    def _come_back(self, problem: Problem) -> str:
        self.form.form_errors.append(str(problem.sentence))
        return self._page()

    def _refused(self, posted: Posted) -> str:
        self.form.form_errors.append(
            _("This was not published, because it looks like spam in more than one way.")
        )
        self.form.form_errors.extend(words.for_author(posted.reasons))
        self.form.form_errors.append(_("If we are wrong, please change it, or write to a moderator."))
        return self._page()

    def _preview(self) -> ResponseReturnValue:
        body = self.form.body.data or ""
        if len(body) > BODY_MAX:
            # What can't be posted is not rendered either: the time that takes grows with the text.
            self.form.validate()
            return self._page(), 422
        rendered = render(body, mentions.known(reading(), body))
        html = stored(rendered.html)
        if request.headers.get(FRAGMENT) == "preview":
            return render_template("threads/_preview.html", html=html, lang=rendered.lang)
        return self._page(html, rendered.lang)

    def _page(self, preview: Markup | None = None, preview_lang: str | None = None) -> str:
        self.form.stamp()
        return render_template(
            "threads/compose.html",
            form=self.form,
            heading=self.heading,
            action=self.action,
            draft_key=self.draft_key,
            button_label=self.button,
            thread=self.thread,
            limits=told(current_viewer(), now()),
            is_quoting=self.is_quoting,
            has_waiting=self.has_waiting,
            preview_html=preview,
            preview_lang=preview_lang,
        )


def _draft(form: ReplyForm) -> Draft:
    return form.draft(now(), current_origin())


def _take_back(post_id: int) -> ResponseReturnValue:
    with writing() as (session, viewer):
        done = editing.take_back(session, viewer, post_id, now())
    return redirect_with("edit-withdrawn" if done else "unchanged", post_url(post_id))


def _quotation(post_id: str, thread_id: int) -> str:
    if not (post_id.isascii() and post_id.isdigit() and len(post_id) <= 12):
        return ""
    found = editing.find_quotable(reading(), int(post_id), thread_id)
    return quote(found.body, found.name, post_url(found.id)) if found else ""


def _log_in_first() -> ResponseReturnValue:
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
