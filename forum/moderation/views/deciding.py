"""The queue, decisions, and taking them back."""

from __future__ import annotations

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.models import User
from forum.db import reading, write
from forum.errors import Invalid, NotFound
from forum.moderation import cases, deciding, items, log, queue, reasons, undoing
from forum.moderation.forms import DecisionForm
from forum.moderation.models import ActKind
from forum.moderation.views import blueprint
from forum.text import names
from forum.threads.addresses import post_url
from forum.web.forms import submitted
from forum.web.language import current_language, local_address
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now

DECIDED_SHOWN = 20


@blueprint.get("/mod", endpoint="queue")
def waiting() -> ResponseReturnValue:
    """What waits, the oldest first; `by` keeps to one author, `after` goes on."""
    session, by = reading(), request.args.get("by", "")
    author_id = session.scalar(sa.select(User.id).where(User.name_key == names.key(by))) if by else None
    if by and author_id is None:
        raise NotFound
    line = queue.line(session, request.args.get("after"), author_id)
    oldest = now() - undoing.UNDO_WINDOW
    return render_template(
        "moderation/queue.html",
        items=items.items(session, line.places, current_language()),
        later=line.later,
        by=by,
        is_first="after" not in request.args,
        last=log.decided(session, current_language(), oldest, 1, current_viewer().id),
        reasons=reasons.PUBLIC,
    )


@blueprint.get("/mod/decided")
def decided() -> ResponseReturnValue:
    """The last decisions of all moderators, each with its undo."""
    shown = log.decided(reading(), current_language(), now() - undoing.UNDO_WINDOW, DECIDED_SHOWN)
    return render_template("moderation/decided.html", decided=shown)


@blueprint.route("/p/<int:post_id>/moderate", methods=["GET", "POST"])
def post(post_id: int) -> ResponseReturnValue:
    """One post as the queue shows it, whether it waits or not; decisions about it."""
    if request.method == "POST":
        return _decide(post_id=post_id)
    item = items.item(reading(), post_id, current_language())
    return render_template("moderation/post.html", item=item, back=post_url(post_id), reasons=reasons.PUBLIC)


@blueprint.post("/mod/profiles/<int:change_id>")
def profile(change_id: int) -> ResponseReturnValue:
    """A decision about a waiting profile text."""
    return _decide(change_id=change_id)


@blueprint.post("/mod/acts/<int:act_id>/undo")
def undo(act_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    with write() as session:
        undoing.take_back(session, current_viewer(), act_id, now())
    return redirect_with("undone", _next())


def _decide(*, post_id: int = 0, change_id: int = 0) -> ResponseReturnValue:
    form = DecisionForm(submitted())
    if not form.validate():
        raise Invalid(" ".join(str(message) for messages in form.errors.values() for message in messages))
    kind = ActKind(form.act.data)
    # The list of reasons is about removals: nothing is said against what stays, and spam is a reason by itself.
    why = form.why.data or "" if kind == ActKind.REMOVE else ""
    ruling = deciding.Ruling(kind, form.seen.data or "", why, form.reason.data or "")
    with write() as session:
        case = cases.of_post(session, post_id) if post_id else cases.of_profile(session, change_id)
        deciding.decide(session, current_viewer(), case, ruling, now())
    return redirect_with("spam-decided" if kind == ActKind.SPAM else "decided", _next())


def _next() -> str:
    """Where the moderator was: the page of the queue or the post."""
    return local_address(request.form.get("next") or url_for(".queue"))
