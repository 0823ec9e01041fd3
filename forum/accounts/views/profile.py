"""A member's page."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts import reading as profiles
from forum.accounts.views import blueprint
from forum.db import reading
from forum.errors import NotFound
from forum.threads.addresses import post_url
from forum.web.viewer import current_viewer, now

# More digits than any post's number will have, and few enough for the database's integers.
MOST_DIGITS = 15


@blueprint.get("/u/<name>")
def profile(name: str) -> ResponseReturnValue:
    """Who somebody is and what they wrote; another spelling of the name leads to the one in which it is kept."""
    before = _before()
    page = profiles.profile_page(reading(), current_viewer(), name, before, now())
    if page.name != name:
        return redirect(url_for(".profile", name=page.name, before=before), 301)
    return render_template(
        "accounts/profile.html",
        page=page,
        post_url=post_url,
        older_url=page.older_than and url_for(".profile", name=name, before=page.older_than),
        newest_url=before and url_for(".profile", name=name),
    )


def _before() -> int | None:
    given = request.args.get("before")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        raise NotFound
    return int(given)
