"""What everybody sees of moderation: the form to report a post, and the log."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from forum.cursors import row_number
from forum.db import reading
from forum.moderation import log as logs
from forum.moderation import reporting
from forum.moderation.forms import ReportForm
from forum.moderation.models import ReportReason
from forum.moderation.views import blueprint
from forum.threads.addresses import post_url
from forum.web.forms import submitted
from forum.web.keeping import BEFORE, kept
from forum.web.language import current_language
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing


@blueprint.route("/p/<int:post_id>/report", methods=["GET", "POST"])
def report(post_id: int) -> ResponseReturnValue:
    """Call the moderators to a post."""
    post = reporting.find(reading(), current_viewer(), post_id)
    form = ReportForm(submitted())
    if request.method == "GET" or post.is_reported or not form.validate():
        status = 200 if request.method == "GET" else 409 if post.is_reported else 422
        return render_template("moderation/report.html", form=form, post=post), status
    with writing() as (session, viewer):
        reason = ReportReason(form.reason.data)
        reporting.report(session, viewer, post_id, reason, form.note.data or "", now())
    return redirect_with("reported", post_url(post_id))


@blueprint.get("/log")
@kept("log", "threads", "boards", "people", query=BEFORE)
def log() -> ResponseReturnValue:
    """What the moderators did, the newest first."""
    before = request.args.get("before")
    shown = logs.page(reading(), current_language(), None if before is None else row_number(before))
    return render_template("moderation/log.html", log=shown, is_newest=before is None)


@blueprint.get("/log.atom")
@kept("log", "threads", "boards", "people")
def log_feed() -> Response:
    """The same for feed readers."""
    response = make_response(
        render_template("moderation/log.atom.xml", log=logs.page(reading(), current_language()))
    )
    response.content_type = "application/atom+xml; charset=utf-8"
    return response
