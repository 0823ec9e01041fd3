"""Atom feeds of the site, of a board and of a thread."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask_babel import gettext as _

from forum.db import reading
from forum.threads import feeds
from forum.threads.views import blueprint
from forum.web.keeping import kept


@blueprint.get("/feed.atom")
@kept("threads", "people")
def feed() -> Response:
    """The threads of all boards."""
    return _atom(feeds.site(reading(), _("Engawa · Life in Japan / JET")))


@blueprint.get("/b/<slug>.atom")
@kept("board {slug}", "people")
def board_feed(slug: str) -> Response:
    """The threads of a board."""
    return _atom(feeds.board(reading(), slug))


@blueprint.get("/t/<int:thread_id>.atom")
@kept("thread {thread_id}", "people")
def thread_feed(thread_id: int) -> Response:
    """The newest posts of a thread."""
    return _atom(feeds.thread(reading(), thread_id))


def _atom(shown: feeds.Feed) -> Response:
    response = make_response(render_template("threads/feed.atom.xml", feed=shown))
    response.content_type = "application/atom+xml; charset=utf-8"
    return response
