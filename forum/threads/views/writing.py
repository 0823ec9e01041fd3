"""Forms that write. Each view finds, validates, opens one transaction, calls one verb and answers."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from forum.access import GUEST, require_writer
from forum.cursors import read_place, row_number
from forum.db import is_as_read, reading, snapshot
from forum.errors import NotFound
from forum.spam.judging import Outcome
from forum.text.quoting import quote
from forum.text.rendering import stored
from forum.threads import answering, editing, lists, marks, posting
from forum.threads.addresses import post_url, reply_url
from forum.threads.forms import ReplyForm, ThreadForm, TitledForm
from forum.threads.posting import Draft
from forum.threads.views import blueprint
from forum.threads.views.composing import Composer, Place
from forum.web.forms import submitted
from forum.web.language import current_language
from forum.web.notices import redirect_with
from forum.web.origin import current_origin
from forum.web.viewer import changing, current_viewer, now, writing


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Open a thread."""
    if request.method == "GET":
        if current_viewer().is_guest:
            return _log_in_first()
        require_writer(current_viewer())
    form = ThreadForm(submitted(), board=request.args.get("board"))
    form.board.choices = [(row.slug, row.name) for row in lists.boards(reading(), current_language())]
    page = Composer(form, lazy_gettext("New thread"), url_for(".new"), "new", lazy_gettext("Post thread"))
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
    try:
        thread = answering.find(snapshot(), current_viewer(), thread_id, draft.mark(str(thread_id)))
    except NotFound:
        if request.method == "GET":
            raise
        return _reply_page(form, thread_id).come_back(
            NotFound(lazy_gettext("This thread is no longer there. Your text still is, below."))
        )
    is_quoting = request.method == "GET" and "quote" in request.args
    if request.method == "GET":
        # Who may not answer is told so before writing; what was written meanwhile comes back with the refusal.
        answering.require_open(current_viewer(), thread)
        form.body.data = _quotation(request.args["quote"], thread_id) if is_quoting else None
    return _reply_page(form, thread_id, Place.of(thread), is_quoting=is_quoting).answer(
        lambda viewer: posting.prepare_reply(snapshot(), viewer, thread, draft, now()),
        lambda source, viewer, text: posting.reply(
            source, viewer, thread_id, text, now(), thread if is_as_read() else None
        ),
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
    page = Composer(
        form,
        lazy_gettext("Edit"),
        url_for(".edit", post_id=post_id),
        f"edit-{post_id}-{post.versions}",
        lazy_gettext("Save"),
        thread=Place.of(thread),
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
            thread=Place.of(thread),
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


def _reply_page(
    form: ReplyForm, thread_id: int, thread: Place | None = None, *, is_quoting: bool = False
) -> Composer:
    return Composer(
        form,
        lazy_gettext("Reply"),
        reply_url(thread_id),
        f"reply-{thread_id}",
        lazy_gettext("Post reply"),
        thread=thread,
        is_quoting=is_quoting,
    )


def _draft(form: ReplyForm) -> Draft:
    return form.draft(now(), current_origin())


def _take_back(post_id: int) -> ResponseReturnValue:
    with writing() as (session, viewer):
        done = editing.take_back(session, viewer, post_id, now())
    return redirect_with("edit-withdrawn" if done else "unchanged", post_url(post_id))


def _quotation(post_id: str, thread_id: int) -> str:
    try:
        found = editing.find_quotable(reading(), row_number(post_id), thread_id)
    except NotFound:
        return ""
    return quote(found.body, found.name, post_url(found.id)) if found else ""


def _log_in_first() -> ResponseReturnValue:
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
