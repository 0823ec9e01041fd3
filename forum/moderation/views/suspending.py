"""Suspend a member, or let them write again."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.db import reading
from forum.moderation import suspending
from forum.moderation.forms import SuspendForm
from forum.moderation.models import ReportReason
from forum.moderation.reasons import PUBLIC
from forum.moderation.views import blueprint
from forum.web.forms import submitted
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing


@blueprint.route("/u/<name>/suspend", methods=["GET", "POST"])
def suspend(name: str) -> ResponseReturnValue:
    """The form with a reason and an end. `for=spam` fills it in for an account that only spams."""
    member = suspending.find_member(reading(), current_viewer(), name)
    suspending.require_may_suspend(current_viewer(), member)
    form = SuspendForm(submitted(), data=_prefilled())
    if request.method == "GET" or not form.validate():
        shown = render_template(
            "moderation/suspend.html",
            form=form,
            member=member,
            in_force=suspending.in_force(reading(), member.id, now()),
        )
        return shown, 200 if request.method == "GET" else 422
    with writing() as (session, viewer):
        reason, term = form.reason.data or "", form.term.data
        suspending.suspend(session, viewer, member.name, reason, term, now())
    return redirect_with("suspended", url_for("accounts.profile", name=member.name))


@blueprint.post("/u/<name>/suspend/lift")
def lift(name: str) -> ResponseReturnValue:
    """End a suspension before its time."""
    with writing() as (session, viewer):
        suspending.lift(session, viewer, name, now())
    return redirect_with("lifted", url_for("accounts.profile", name=name))


def _prefilled() -> dict[str, str]:
    if request.args.get("for") != ReportReason.SPAM:
        return {}
    return {"reason": str(PUBLIC[ReportReason.SPAM]), "term": "forever"}
