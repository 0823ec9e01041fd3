"""A board served over HTTP, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from forum import create_app
from forum.accounts import sessions
from forum.accounts.models import User
from forum.db import db, write
from forum.settings import load
from tests import makers
from tests.databases import Databases

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


class Site:
    """A board that answers at `url`."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url

    def session_of(self, name: str) -> dict[str, Any]:
        """The cookie of a browser that a member, by name, is signed in with."""
        with self.app.app_context(), write() as session:
            user = session.query(User).filter_by(name=name).one()
            secret, _ = sessions.open_session(
                session, user.id, is_remembered=True, browser="Walk", now=makers.now()
            )
        return {"name": self.app.config["VIEWER_COOKIE"], "value": secret, "url": self.url}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine; set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def site(data_dir: Path, databases: Databases) -> Iterator[Site]:
    """A board with Alice, who has been here for years, and Mori, who moderates; no walk waits for a limit on pace."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DATA_DIR": str(data_dir), "PORT": str(port), "FORUM_LIMITS": "off"}
    app = create_app(load(settings | databases.settings()))
    with app.app_context():
        flask_migrate.upgrade()
        with write() as session:
            alice = makers.member(session)
            makers.moderator(session)
            makers.thread(session, alice, makers.board(session, "inaka", name="Inaka living"))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{port}")
    server.shutdown()
    thread.join()
    app.extensions["seeing"].stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own, signed in when a name is given."""
    contexts = []

    def open_one(name: str = "", **options: Any) -> Page:
        chosen: dict[str, Any] = {"base_url": site.url, "locale": "en-GB"} | options
        context = chromium.new_context(**chosen)
        contexts.append(context)
        if name:
            context.add_cookies([site.session_of(name)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
