"""Joining, logging in and logging out."""

from __future__ import annotations

import logging

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import mail
from forum.accounts import addresses, hashing, joining, pace, passwords, sessions, signing_in
from forum.accounts.browsers import browser_name
from forum.accounts.forms import JoinForm, LoginForm
from forum.accounts.views import blueprint
from forum.db import reading, write
from forum.errors import Invalid
from forum.web import viewer as cookies
from forum.web.forms import submitted
from forum.web.language import local_address
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing

log = logging.getLogger(__name__)


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Become a member."""
    if not current_viewer().is_guest:
        return redirect("/", 303)
    form = JoinForm(submitted())
    if request.method == "POST" and form.validate():
        try:
            return _join(form)
        except Invalid as problem:
            form.refuse(problem.fields or {"": problem.sentence})
    return render_template("accounts/join.html", form=form), 422 if form.errors else 200


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Log in; `next` names the page of this board to go on to."""
    form = LoginForm(submitted(), next=request.args.get("next", "/"))
    if not current_viewer().is_guest and request.method == "GET":
        return redirect(local_address(form.next.data or "/"), 303)
    if request.method == "POST" and form.validate():
        try:
            return _log_in(form)
        except Invalid as problem:
            form.refuse({"": problem.sentence})
    return render_template("accounts/login.html", form=form), 422 if form.errors else 200


@blueprint.route("/logout", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    """Log this browser out; the page itself only asks."""
    if request.method == "GET":
        return render_template("accounts/logout.html")
    with writing() as (session, viewer):
        sessions.end(session, viewer.session_id, viewer.id)
    response = redirect_with("logged-out", "/")
    cookies.sign_out(response)
    return response


def _join(form: JoinForm) -> ResponseReturnValue:
    _require_person(form)
    name, password = form.username.data or "", form.password.data or ""
    joining.require_free(reading(), joining.checked_name(name))
    address = addresses.parse(form.email.data or "")
    pace.count_join(request.remote_addr)
    passwords.check(password, name, address.text)
    needs_confirmation = current_app.config["SETTINGS"].has_mail
    if needs_confirmation:
        pace.count_mail(request.remote_addr, address.key)
    password_hash = hashing.hash_password(password)
    with write() as session:
        user = joining.join(
            session,
            name=name,
            address=address,
            password_hash=password_hash,
            needs_confirmation=needs_confirmation,
            now=now(),
        )
        secret, lives_for = sessions.open_session(
            session, user.id, is_remembered=True, browser=this_browser(), now=now()
        )
    mail.deliver_soon()
    log.info("joined", extra={"user": user.id})
    response = redirect_with("joined-confirm" if needs_confirmation else "joined", "/")
    cookies.sign_in(response, secret, lives_for)
    return response


def _require_person(form: JoinForm) -> None:
    if form.website.data:
        raise Invalid(_("A field that people don't see was filled in. Please leave it empty."))


def _log_in(form: LoginForm) -> ResponseReturnValue:
    account, password = form.username.data or "", form.password.data or ""
    pace.count_login(request.remote_addr, account)
    try:
        proof = signing_in.prove(reading(), account, password)
    except Invalid:
        log.warning("log-in failed", extra={"address": request.remote_addr})
        raise
    with writing() as (session, viewer):
        secret, lives_for = signing_in.sign_in(
            session,
            proof,
            viewer,
            is_remembered=bool(form.remember.data),
            browser=this_browser(),
            now=now(),
        )
    log.info("logged in", extra={"user": proof.user_id})
    response = redirect_with("logged-in", local_address(form.next.data or "/"))
    cookies.sign_in(response, secret, lives_for)
    return response


def this_browser() -> str:
    """What the member's list of sessions will call the browser of this request."""
    return browser_name(request.user_agent.string)
