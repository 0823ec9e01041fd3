"""How the filter does, and what other settings would change."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.access import require_admin
from forum.db import reading
from forum.errors import Invalid
from forum.moderation import filtering, overview
from forum.moderation.forms import RuleForm, ThresholdsForm
from forum.moderation.views import blueprint
from forum.screening.models import ModelState, RuleState
from forum.screening.rules import RuleKind
from forum.web.forms import submitted
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing

State = TypeVar("State", bound=StrEnum)


@blueprint.get("/mod/filter", endpoint="filter")
def spam_filter() -> ResponseReturnValue:
    """All figures, the model in shadow, and the rules."""
    return _page(RuleForm())


@blueprint.get("/mod/filter/thresholds")
def thresholds() -> ResponseReturnValue:
    """What the thresholds in the address would have changed, before anything is changed."""
    form = ThresholdsForm(request.args)
    if not form.validate():
        return _refused(form)
    preview = overview.preview(reading(), current_viewer(), form.policy, now())
    return render_template("moderation/thresholds.html", form=form, preview=preview)


@blueprint.post("/mod/filter/thresholds")
def choose_thresholds() -> ResponseReturnValue:
    """Let thresholds count from now on."""
    require_admin(current_viewer())
    form = ThresholdsForm(submitted())
    seen = form.seen.data or ""
    if not form.validate() or not (seen.isascii() and seen.isdigit()):
        return _refused(form)
    with writing() as (session, viewer):
        filtering.choose_policy(session, viewer, form.policy, int(seen), now())
    return redirect_with("filter-changed", url_for(".filter"))


@blueprint.post("/mod/filter/rules")
def add_rule() -> ResponseReturnValue:
    """Begin a rule, in shadow."""
    require_admin(current_viewer())
    form = RuleForm(submitted())
    if not form.validate():
        return _page(form), 422
    try:
        with writing() as (session, viewer):
            kind, pattern = RuleKind(form.kind.data), form.pattern.data or ""
            filtering.add_rule(session, viewer, kind, pattern, now())
    except Invalid as problem:
        form.refuse(problem.fields)
        return _page(form), 422
    return redirect_with("rule-added", url_for(".filter", _anchor="rules"))


@blueprint.post("/mod/filter/rules/<int:rule_id>")
def steer_rule(rule_id: int) -> ResponseReturnValue:
    """Let a rule count, only watch, or end."""
    require_admin(current_viewer())
    with writing() as (session, viewer):
        filtering.steer_rule(session, viewer, rule_id, _state(RuleState), now())
    return redirect_with("filter-changed", url_for(".filter", _anchor="rules"))


@blueprint.post("/mod/filter/models/<int:version_id>")
def steer_model(version_id: int) -> ResponseReturnValue:
    """Let a version of the model decide, run in shadow, or rest."""
    require_admin(current_viewer())
    with writing() as (session, viewer):
        filtering.steer_model(session, viewer, version_id, _state(ModelState), now())
    return redirect_with("filter-changed", url_for(".filter", _anchor="models"))


def _page(rule_form: RuleForm) -> str:
    shown = overview.overview(reading(), current_viewer(), now())
    form = ThresholdsForm.of(shown.policy)
    return render_template("moderation/filter.html", filter=shown, form=form, rule_form=rule_form)


def _refused(form: ThresholdsForm) -> ResponseReturnValue:
    return render_template("moderation/thresholds.html", form=form, preview=None), 422


def _state(states: type[State]) -> State:
    try:
        return states(request.form.get("state", ""))
    except ValueError:
        raise Invalid from None
