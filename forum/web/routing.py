"""How addresses are found and written: all of them stand at the root of the board's own host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from forum.settings import Settings


def init(app: Flask, settings: Settings) -> None:
    """Let the router know the board's host once, rather than ask each request for it.

    Flask would take apart whatever name a stranger gives to the host, encode it, and put it into the address of a
    redirect of its own. That took as long as a small statement.
    """
    site = urlsplit(settings.base_url)

    def adapter(request: Request | None) -> MapAdapter:
        root, asked = (app.url_map, site.netloc, "/", "", site.scheme), ("/", "GET", "")
        if request is not None:
            asked = (request.path, request.method, request.query_string.decode(errors="replace"))
        return MapAdapter(*root, *asked)

    # Flask leaves it to be overridden.
    board: Any = app
    board.create_url_adapter = adapter
