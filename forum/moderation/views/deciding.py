"""The queue, decisions, and taking them back."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.accounts import reading as profiles
from forum.db import reading
from forum.errors import Invalid
from forum.moderation import cases, deciding, items, log, queue, undoing
from forum.moderation.forms import DecisionForm
from forum.moderation.models import ActKind
from forum.moderation.views import blueprint
from forum.screening import textmodel
from forum.threads.addresses import post_url
from forum.web.forms import submitted
from forum.web.language import current_language, local_address
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing

DECIDED_SHOWN = 20


@blueprint.get("/mod", endpoint="queue")
def waiting() -> ResponseReturnValue:
    """What waits, the oldest first; `by` keeps to one author, `after` goes on."""
    session, by = reading(), request.args.get("by", "")
    author_id = profiles.find(session, by).id if by else None
    line = queue.line(session, request.args.get("after"), author_id)
    oldest = now() - undoing.UNDO_WINDOW
    return render_template(
        "moderation/queue.html",
        items=items.items(session, line.places, current_language()),
        later=line.later,
        by=by,
        is_first="after" not in request.args,
        last=log.decided(session, current_language(), oldest, 1, current_viewer().id),
        form=DecisionForm(),
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
        return _decide(lambda session: cases.of_post(session, post_id))
    item = items.item(reading(), post_id, current_language())
    return render_template("moderation/post.html", item=item, back=post_url(post_id), form=DecisionForm())


@blueprint.route("/u/<name>/moderate", methods=["GET", "POST"])
def profile(name: str) -> ResponseReturnValue:
    """The same of what a member says of themselves."""
    if request.method == "POST":
        return _decide(lambda session: cases.of_profile(session, name, now()))
    item = items.of_profile(reading(), name, current_language())
    back = url_for("accounts.profile", name=item.author.person.name)
    return render_template("moderation/profile.html", item=item, back=back, form=DecisionForm())


@blueprint.post("/mod/acts/<int:act_id>/undo")
def undo(act_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    with writing() as (session, viewer):
        undoing.take_back(session, viewer, act_id, now())
    return redirect_with("undone", _next())


def _decide(find: Callable[[Session], cases.Case]) -> ResponseReturnValue:
    form = DecisionForm(submitted())
    if not form.validate():
        raise Invalid(" ".join(str(message) for messages in form.errors.values() for message in messages))
    kind = ActKind(form.act.data)
    # The list of reasons is about removals: nothing is said against what stays, and spam is a reason by itself.
    why = form.why.data or "" if kind == ActKind.REMOVE else ""
    ruling = deciding.Ruling(kind, form.seen.data or "", why, form.reason.data or "")
    # What was taught since is taken in here, since that may take seconds after a start, and in there all others wait.
    textmodel.learnt()
    with writing() as (session, viewer):
        deciding.decide(session, viewer, find(session), ruling, now())
    return redirect_with("spam-decided" if kind == ActKind.SPAM else "decided", _next())


def _next() -> str:
    """Where the moderator was: the page of the queue or the post."""
    return local_address(request.form.get("next") or url_for(".queue"))
