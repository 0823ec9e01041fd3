"""The addresses of moderation. All but a few do not exist for guests and members."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from werkzeug.exceptions import MethodNotAllowed

from forum.web.viewer import moderators_only

blueprint = Blueprint("moderation", __name__)

# What is not named here is closed, so that a new address is never open by oversight.
OPEN_TO_ALL = frozenset({"moderation.report", "moderation.log", "moderation.log_feed"})


@blueprint.before_app_request
def close_the_rest() -> None:
    """Answer 404 to everybody but moderators, whatever the method: 405 would tell that there is something."""
    endpoint = request.endpoint or _meant_by_another_method()
    if endpoint.startswith(f"{blueprint.name}.") and endpoint not in OPEN_TO_ALL:
        moderators_only()


def _meant_by_another_method() -> str:
    """What stands at the address for those who ask in the right way; empty where nothing does."""
    fault = request.routing_exception
    adapter = current_app.create_url_adapter(request)
    if not (isinstance(fault, MethodNotAllowed) and fault.valid_methods and adapter):
        return ""
    return str(adapter.match(method=next(iter(fault.valid_methods)))[0])


from forum.moderation.views import deciding, filtering, public, steering, suspending  # noqa: E402, F401 - they add their routes
