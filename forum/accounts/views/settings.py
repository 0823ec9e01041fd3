"""What members set for themselves: profile, password, address, sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum import mail
from forum.accounts import (
    addresses,
    confirming,
    hashing,
    pace,
    passwords,
    profiles,
    sessions,
    signing_in,
    tokens,
)
from forum.accounts.forms import ChangeAddressForm, ChangePasswordForm, ProfileForm
from forum.accounts.models import User
from forum.accounts.views import blueprint
from forum.db import reading, write
from forum.errors import Invalid, NotFound
from forum.screening import words
from forum.spam.judging import Outcome
from forum.web import viewer as cookies
from forum.web.forms import submitted
from forum.web.notices import redirect_with
from forum.web.origin import current_origin
from forum.web.viewer import current_viewer, now, writing

P = ParamSpec("P")


def members_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let guests log in first, and then come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_viewer().is_guest:
            return redirect(url_for(".login", next=request.path), 303)
        return view(*args, **kwargs)

    return guarded


@blueprint.route("/settings", methods=["GET", "POST"])
@members_only
def settings() -> ResponseReturnValue:
    """One's profile: words and JET card."""
    form = ProfileForm(submitted(), now=now(), data=_profile_data())
    if request.method == "POST" and form.validate():
        try:
            return _save_profile(form)
        except Invalid as problem:
            form.refuse(problem.fields or {"": problem.sentence})
    form.stamp()
    waiting = profiles.waiting_change(reading(), current_viewer().id)
    page = render_template("accounts/settings.html", form=form, is_waiting=waiting is not None)
    return page, 422 if form.errors else 200


@blueprint.route("/settings/password", methods=["GET", "POST"])
@members_only
def password() -> ResponseReturnValue:
    """A new password by the old one."""
    form = ChangePasswordForm(submitted())
    if request.method == "POST" and form.validate():
        try:
            return _change_password(form)
        except Invalid as problem:
            form.refuse(problem.fields)
    return render_template("accounts/password.html", form=form), 422 if form.errors else 200


@blueprint.route("/settings/email", methods=["GET", "POST"])
@members_only
def email() -> ResponseReturnValue:
    """One's address, and asking for another, or once more for the link that confirms it."""
    form = ChangeAddressForm(submitted())
    if request.method == "POST" and form.validate():
        try:
            return _change_address(form)
        except Invalid as problem:
            form.refuse(problem.fields)
    user = reading().get_one(User, current_viewer().id)
    asked_for = tokens.waiting_address(reading(), user.id, now())
    page = render_template("accounts/email.html", form=form, address=user.email, asked_for=asked_for)
    return page, 422 if form.errors else 200


@blueprint.get("/settings/sessions", endpoint="sessions")
@members_only
def list_sessions() -> ResponseReturnValue:
    """Where one is logged in."""
    rows = sessions.of_member(reading(), current_viewer().id, now())
    return render_template("accounts/sessions.html", rows=rows)


@blueprint.post("/settings/sessions/<int:session_id>/end")
@members_only
def end_session(session_id: int) -> ResponseReturnValue:
    """Log one browser out."""
    with writing() as (session, viewer):
        if not sessions.end(session, session_id, viewer.id):
            raise NotFound
    if session_id != viewer.session_id:
        return redirect_with("session-ended", url_for(".sessions"))
    response = redirect_with("logged-out", "/")
    cookies.sign_out(response)
    return response


@blueprint.post("/settings/sessions/end-others")
@members_only
def end_other_sessions() -> ResponseReturnValue:
    """Log all browsers out but this one."""
    with writing() as (session, viewer):
        sessions.end_all(session, viewer.id, except_id=viewer.session_id)
    return redirect_with("sessions-ended", url_for(".sessions"))


def _profile_data() -> dict[str, object]:
    user = reading().get_one(User, current_viewer().id)
    waiting = profiles.waiting_change(reading(), user.id)
    return {
        "display_name": waiting.display_name if waiting else user.display_name,
        "bio": waiting.bio if waiting else user.bio,
        "jet_role": user.jet_role or "",
        "prefecture": user.prefecture or "",
        "place": user.place or "",
        "year_from": str(user.year_from or ""),
        "year_to": str(user.year_to or ""),
        **{f"hide_{part}": True for part in user.hidden_parts.split()},
    }


def _save_profile(form: ProfileForm) -> ResponseReturnValue:
    pace.count_profile(current_viewer().id)
    prepared = profiles.prepare(reading(), current_viewer(), form.words(now(), current_origin()), now())
    with writing() as (session, viewer):
        saved = profiles.save(session, viewer, prepared, form.card(), now())
    if saved.outcome == Outcome.REFUSED:
        raise Invalid(" ".join(words.for_author(saved.reasons)))
    return redirect_with(
        "profile-held" if saved.outcome == Outcome.HELD else "profile-saved", url_for(".settings")
    )


def _change_password(form: ChangePasswordForm) -> ResponseReturnValue:
    viewer, new = current_viewer(), form.password.data or ""
    pace.count_password_check(viewer.id)
    proof = signing_in.prove_member(reading(), viewer.id, form.old_password.data or "", "old_password")
    passwords.check(new, viewer.name, viewer.display_name)
    password_hash = hashing.hash_password(new)
    with writing() as (session, viewer):
        passwords.change(
            session,
            viewer.id,
            proof.credentials_version,
            password_hash,
            now(),
            kept_session_id=viewer.session_id,
        )
    mail.deliver_soon()
    return redirect_with("password-changed", url_for(".password"))


def _change_address(form: ChangeAddressForm) -> ResponseReturnValue:
    viewer = current_viewer()
    address = addresses.parse(form.email.data or "")
    pace.count_password_check(viewer.id)
    proof = signing_in.prove_member(reading(), viewer.id, form.password.data or "")
    pace.count_mail(request.remote_addr, address.key)
    with write() as session:
        confirming.ask(session, signing_in.proven(session, proof), address, now())
    mail.deliver_soon()
    return redirect_with("email-sent" if viewer.is_confirmed else "confirm-sent", url_for(".email"))
