"""The addresses of moderation. All but a few do not exist for guests and members."""

from __future__ import annotations

from flask import Blueprint, request

from forum.web.viewer import moderators_only

blueprint = Blueprint("moderation", __name__)

# What is not named here is closed, so that a new address is never open by oversight.
OPEN_TO_ALL = frozenset({"moderation.report", "moderation.log", "moderation.log_feed"})


@blueprint.before_request
def close_the_rest() -> None:
    """Answer 404 to everybody but moderators."""
    if request.endpoint not in OPEN_TO_ALL:
        moderators_only()


from forum.moderation.views import deciding, public, steering, suspending  # noqa: E402, F401 - they add their routes
