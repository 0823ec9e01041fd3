"""A sentence that is carried over a redirect, such as one that a post is public.

The redirect leaves a cookie that holds a code from the table below, never a text, so that nobody can make us show
theirs; the next page shows the sentence and takes the cookie back. Only answers to forms set it, so a guest who just
reads gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

COOKIE = "notice"
LIVES_FOR_S = 60
# What a form's one-time value may look like.
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the top of the page; `kind` is "good", "info" or "bad"."""

    text: LazyString
    kind: str = "good"


NOTICES = {
    "posted": Notice(_("Your post is public.")),
    "held": Notice(_("Thank you. Your post waits for a moderator; until then only you can see it."), "info"),
    "edited": Notice(_("Your change is public.")),
    "edit-held": Notice(
        _("Your change waits for a moderator; until then others see the version before it."), "info"
    ),
    "edit-withdrawn": Notice(_("Your change is taken back; the text stays as everybody sees it.")),
    "unchanged": Notice(_("Nothing was changed."), "info"),
    "deleted": Notice(_("Your post is deleted. You can bring it back from here.")),
    "restored": Notice(_("Your post is back.")),
    "restored-held": Notice(_("Your post is back, and waits for a moderator."), "info"),
    "withdrawn": Notice(_("Your post is withdrawn.")),
    "joined": Notice(_("Welcome! You can post right away.")),
    "joined-confirm": Notice(
        _("Welcome! We sent you a mail: open its link to confirm your address, then you can post.")
    ),
    "confirmed": Notice(_("Your address is confirmed.")),
    "logged-in": Notice(_("You are logged in.")),
    "logged-out": Notice(_("You are logged out.")),
    "password-changed": Notice(_("Your password is changed, and all other browsers are logged out.")),
    "email-sent": Notice(_("We sent a mail to the new address: open its link to confirm it."), "info"),
    "email-changed": Notice(_("Your address is changed. Please log in again.")),
    "profile-saved": Notice(_("Your profile is saved.")),
    "profile-held": Notice(
        _("Your profile text waits for a moderator; until then others see the old one."), "info"
    ),
    "reset-sent": Notice(_("If an account has that address, a mail with a link is on its way."), "info"),
    "confirm-sent": Notice(_("We sent you a mail: open its link to confirm your address."), "info"),
    "sessions-ended": Notice(_("All other browsers are logged out.")),
    "session-ended": Notice(_("That browser is logged out.")),
    "all-read": Notice(_("Everything counts as read.")),
    "reported": Notice(_("Thank you. A moderator will look at it.")),
    "decided": Notice(_("Done. You can undo it under “Recently decided”.")),
    "spam-decided": Notice(
        _("Removed as spam, and the filter has learned it. If the account only spams, suspend it: see below.")
    ),
    "undone": Notice(_("Undone.")),
    "suspended": Notice(_("The member is suspended.")),
    "lifted": Notice(_("The suspension is lifted.")),
    "locked": Notice(_("The thread is locked.")),
    "unlocked": Notice(_("The thread is open again.")),
    "pinned": Notice(_("The thread is pinned.")),
    "unpinned": Notice(_("The thread is no longer pinned.")),
    "moved": Notice(_("The thread is moved.")),
    "filter-changed": Notice(_("Done. The filter works like this from now on.")),
    "rule-added": Notice(
        _("The rule runs in shadow: its matches are counted, and nothing follows from them.")
    ),
}


def init(app: Flask) -> None:
    """Take the cookie back once its sentence was shown."""
    app.after_request(_forget_shown)


def redirect_with(code: str, address: str, *, posted_key: str = "") -> Response:
    """303 to `address`, where the sentence of `code` will be shown.

    `posted_key` is the one-time value of the form that was taken, by which the browser finds the draft to forget.
    """
    # Written as it travels: a code and a key need none of what Werkzeug does for any value and any address.
    key = posted_key if _KEY.fullmatch(posted_key) else ""
    cookie = f"{COOKIE}={code}.{key}; Max-Age={LIVES_FOR_S}; HttpOnly; Path=/; SameSite=Lax"
    if current_app.config["VIEWER_COOKIE_SECURE"]:
        cookie += "; Secure"
    return current_app.response_class(status=303, headers=[("Location", address), ("Set-Cookie", cookie)])


def current() -> Notice | None:
    """The sentence that the redirect to this page left, if any."""
    notice = NOTICES.get(_cookie_part(0))
    if notice is not None:
        g.is_notice_shown = True
    return notice


def posted_key() -> str:
    """The one-time value of the form that led here, if any."""
    key = _cookie_part(1)
    return key if _KEY.fullmatch(key) else ""


def _cookie_part(index: int) -> str:
    parts = request.cookies.get(COOKIE, "").split(".", 1)
    return parts[index] if index < len(parts) else ""


def _forget_shown(response: Response) -> Response:
    if g.get("is_notice_shown") and COOKIE not in response.headers.get("Set-Cookie", ""):
        response.delete_cookie(COOKIE, path="/")
    return response
