"""The addresses of coming in, of members' pages and of the settings."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)

from forum.accounts.views import entering, links, profile, settings  # noqa: E402, F401 - they add their routes to the blueprint
