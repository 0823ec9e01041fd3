"""Links in mails. Opening one shows a page with a button, because mail scanners open links too; the button acts."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum import mail
from forum.accounts import addresses, confirming, hashing, pace, passwords, resetting, sessions, tokens
from forum.accounts.forms import AddressForm, NewPasswordForm
from forum.accounts.models import Purpose
from forum.accounts.views import blueprint
from forum.accounts.views.entering import this_browser
from forum.db import reading, write
from forum.errors import Invalid
from forum.web import viewer as cookies
from forum.web.forms import submitted
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the first address of an account."""
    if request.method == "GET":
        return _question(Purpose.CONFIRM_EMAIL, token)
    with writing() as (session, viewer):
        confirming.confirm(session, Purpose.CONFIRM_EMAIL, token, viewer, now())
    return redirect_with("confirmed", url_for(".login") if viewer.is_guest else "/")


@blueprint.route("/email/<token>", methods=["GET", "POST"])
def new_email(token: str) -> ResponseReturnValue:
    """Change to a new address. Guests are not led to the log-in and back: the secret would stand in its address."""
    if request.method == "GET":
        return _question(Purpose.CHANGE_EMAIL, token)
    with writing() as (session, viewer):
        confirming.confirm(session, Purpose.CHANGE_EMAIL, token, viewer, now())
    response = redirect_with("email-changed", url_for(".login"))
    cookies.sign_out(response)
    return response


@blueprint.route("/reset", methods=["GET", "POST"])
def ask_reset() -> ResponseReturnValue:
    """Ask for a link that sets a new password."""
    form = AddressForm(submitted())
    if request.method == "POST" and form.validate():
        try:
            return _send_reset(form)
        except Invalid as problem:
            form.refuse(problem.fields)
    has_mail = current_app.config["SETTINGS"].has_mail
    page = render_template("accounts/ask_reset.html", form=form, has_mail=has_mail)
    return page, 422 if form.errors else 200


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by a link."""
    grant = tokens.find(reading(), Purpose.RESET_PASSWORD, token, now())
    form = NewPasswordForm(submitted())
    if request.method == "POST" and form.validate():
        try:
            return _reset(form, token, grant)
        except Invalid as problem:
            form.refuse(problem.fields)
    return render_template("accounts/reset.html", form=form, account=grant.name), 422 if form.errors else 200


def _question(purpose: Purpose, token: str) -> ResponseReturnValue:
    grant = tokens.find(reading(), purpose, token, now())
    if purpose == Purpose.CHANGE_EMAIL:
        confirming.require_owner(current_viewer(), grant)
    return render_template("accounts/confirm.html", account=grant.name, address=grant.email)


def _send_reset(form: AddressForm) -> ResponseReturnValue:
    address = addresses.parse(form.email.data or "")
    pace.count_mail(request.remote_addr, address.key)
    with write() as session:
        resetting.ask(session, address, now())
    mail.deliver_soon()
    return redirect_with("reset-sent", url_for(".login"))


def _reset(form: NewPasswordForm, token: str, grant: tokens.Grant) -> ResponseReturnValue:
    """Whoever opened the link is signed in at once, so that a member whom others have locked out gets in."""
    password = form.password.data or ""
    pace.count_password_check(grant.user_id)
    passwords.check(password, grant.name, grant.email)
    password_hash = hashing.hash_password(password)
    with write() as session:
        resetting.reset(session, token, password_hash, now())
        secret, lives_for = sessions.open_session(
            session, grant.user_id, is_remembered=False, browser=this_browser(), now=now()
        )
    mail.deliver_soon()
    response = redirect_with("password-changed", "/")
    cookies.sign_in(response, secret, lives_for)
    return response
