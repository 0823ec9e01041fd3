"""What the tests of kept pages ask for, and how they look at an answer.

Whatever the application itself answers bears the id of its request; a kept page never does.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

from forum.db import write
from tests.conftest import browser
from tests.databases import elsewhere

LONG_AGO = datetime(2020, 3, 1, 9, 0, tzinfo=UTC)
THREAD = "/t/1-first-winter-in-an-inaka-house"
PAGES = ["/", "/boards", "/b/alt", THREAD, "/feed.atom", "/b/alt.atom", "/t/1.atom", "/log", "/privacy"]


Seen = tuple[str, list[tuple[str, str]], bytes]


def is_kept(answer):
    return "X-Request-Id" not in answer.headers


def seen(answer):
    """All that a visitor gets."""
    return answer.status, [item for item in answer.headers if item[0] != "X-Request-Id"], answer.data


def asked(app, address, **more):
    """What another guest gets."""
    return seen(browser(app).get(address, **more))


def odd(app, address, **environ):
    """What somebody gets who writes their request by hand."""
    return app.test_client(use_cookies=False).get(address, environ_overrides=environ)


def change(app, statement):
    """What a person does with an SQL prompt."""
    with elsewhere(app) as prompt:
        prompt.say(statement)


def happens(app, act):
    with app.app_context(), write() as session:
        act(session, datetime.now(UTC))


def forget(app):
    app.extensions["pagecache"].clear()
    app.extensions["page_patterns"].clear()
    app.extensions.pop("articles", None)


def together(*calls):
    """Run the calls at the same time, and wait for their end."""
    threads = [threading.Thread(target=call, args=arguments) for call, *arguments in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Asked:
    """A stream for the log, which hears of each request that the application itself answers."""

    def __init__(self):
        self.addresses: list[str] = []

    def write(self, line):
        told = json.loads(line)
        if told["message"] == "request":
            self.addresses.append(told["path"])

    def flush(self):
        pass


@contextmanager
def made(app):
    """The addresses that the application itself answers meanwhile."""
    journal, asked = app.extensions["journal"], _Asked()
    before = journal.setStream(asked)
    try:
        yield asked.addresses
    finally:
        journal.setStream(before)
