"""A member's page."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts import reading as profiles
from forum.accounts.views import blueprint
from forum.cursors import row_number
from forum.db import reading
from forum.threads.addresses import post_url
from forum.web.viewer import current_viewer, now


@blueprint.get("/u/<name>")
def profile(name: str) -> ResponseReturnValue:
    """Who somebody is and what they wrote; another spelling of the name leads to the one in which it is kept."""
    given = request.args.get("before")
    before = None if given is None else row_number(given)
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
