"""Who is looking: from the session cookie to `current_viewer()`, by way of Flask-Login.

The cookie holds a random secret and nothing else. Flask's own signed session is not used, so guests get no cookie.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, current_app, request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from forum.access import GUEST, Viewer, require_moderator
from forum.accounts import sessions
from forum.context import held
from forum.db import change, is_as_read, snapshot, write
from forum.settings import Settings
from forum.statements import Source

# Where Flask-Login keeps whom it found.
_LOADED = "_login_user"


class NoSession(SessionInterface):
    """Flask's own session, which the board does not use and no request has to pay for."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""


def init(app: Flask, settings: Settings) -> None:
    """Teach Flask-Login to find the viewer by our cookie."""
    app.session_interface = NoSession()
    # The prefix makes browsers refuse the cookie unless it is Secure and bound to this very host.
    app.config["VIEWER_COOKIE"] = "__Host-engawa" if settings.is_https else "engawa"
    app.config["VIEWER_COOKIE_SECURE"] = settings.is_https
    # Its hints know no factory, which its documentation allows.
    manager: Any = _OurCookieAlone(app)
    manager.anonymous_user = lambda: GUEST
    app.before_request(_let_guests_be)
    app.after_request(_touch)


class _OurCookieAlone(LoginManager):
    """Flask-Login without its own ways to find somebody, by Flask's session and a cookie and headers of its own.

    The board uses none of them, and to look for them takes longer than to ask the database. `_load_user` is inside of
    Flask-Login, for which requirements.in names the versions.
    """

    def _load_user(self) -> None:
        self._update_request_context_with_user(_found())


def _let_guests_be() -> None:
    """Spare who has no cookie the ways in which Flask-Login would look for whom it names."""
    if not has_session_cookie():
        look_as_guest()


def current_viewer() -> Viewer:
    """The viewer of this request, a guest where there is no live session; the first call costs one statement."""
    found = held().get(_LOADED)
    return cast("Viewer", found or current_user._get_current_object())  # noqa: SLF001 - how werkzeug unwraps a proxy


@contextmanager
def writing() -> Generator[tuple[Session, Viewer]]:
    """One transaction that may write, and the viewer as the database knows them once it is this request's turn.

    Whoever was suspended, demoted or logged out while the request waited is no longer who they were when it came.
    """
    with write() as session:
        yield session, _seen_again()


@contextmanager
def changing() -> Generator[tuple[Source, Viewer]]:
    """The same for `Statement`s alone, as `forum.db.change` is."""
    with change() as transaction:
        yield transaction, current_viewer() if is_as_read() else _seen_again()


def now() -> datetime:
    """The moment of this request: read once, so that all its decisions speak of the same time."""
    here = held()
    moment: datetime | None = here.get("now")
    if moment is None:
        moment = here.now = datetime.now(UTC)
    return moment


def look_as_guest() -> None:
    """Let the rest of this request be a guest's, whoever sent it, so that nobody asks the database who is looking."""
    setattr(held(), _LOADED, GUEST)


def has_session_cookie() -> bool:
    """Whether the request claims to be signed in; a guest's page may be shared, this one may not."""
    return current_app.config["VIEWER_COOKIE"] in request.cookies


def sign_in(response: Response, secret: str, lives_for: timedelta | None) -> None:
    """Give the browser its session cookie."""
    response.set_cookie(
        current_app.config["VIEWER_COOKIE"],
        secret,
        max_age=lives_for,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["VIEWER_COOKIE_SECURE"],
    )


def sign_out(response: Response) -> None:
    """Take the session cookie back, and what the browser kept of member pages."""
    response.delete_cookie(
        current_app.config["VIEWER_COOKIE"],
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["VIEWER_COOKIE_SECURE"],
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def moderators_only() -> None:
    """For `Blueprint.before_request`: the whole blueprint does not exist for others."""
    require_moderator(current_viewer())


def _seen_again() -> Viewer:
    held().pop(_LOADED, None)
    return current_viewer()


def _found() -> Viewer | None:
    """Whom the request's cookie stands for."""
    secret = request.cookies.get(current_app.config["VIEWER_COOKIE"], "")
    found = sessions.find(snapshot(), secret, now()) if secret else None
    if found is None:
        return None
    if found.is_touch_due:
        held().session_to_touch = found.viewer.session_id
    return found.viewer


def _touch(response: Response) -> Response:
    """Note that the session is in use: after the view, so that it never stands inside another transaction."""
    due = held().get("session_to_touch")
    if due is not None:
        with write() as session:
            sessions.touch(session, due, now())
    return response
