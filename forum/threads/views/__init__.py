"""The addresses of reading and writing."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("threads", __name__)

from forum.threads.views import feeds, reading, writing  # noqa: E402, F401 - they add their routes to the blueprint
