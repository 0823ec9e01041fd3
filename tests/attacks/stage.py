"""Where an attack is played: a real board, its clock, people with their browsers, and a count of what came of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller
from werkzeug.test import TestResponse

from forum.accounts import sessions
from forum.accounts.models import User
from forum.db import write
from tests import makers
from tests.conftest import browser
from tests.walks.test_stranger import forms

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=9)))
TYPING_S = 40.0
POST = re.compile(r"#p(\d+)")
NOTICE = re.compile(r"notice=([a-z-]+)")
# What the board says of a text that it refuses for its evidence, and not for a limit.
LOOKS_LIKE_SPAM = "looks like spam in more than one way"


class Fate(StrEnum):
    """What became of a text."""

    PUBLIC = "public"
    HELD = "held"
    REFUSED = "refused"
    LIMITED = "limited"


FATES = {
    "posted": Fate.PUBLIC,
    "edited": Fate.PUBLIC,
    "profile-saved": Fate.PUBLIC,
    "held": Fate.HELD,
    "edit-held": Fate.HELD,
    "profile-held": Fate.HELD,
}


@dataclass
class Counts:
    """Of the attacker's texts, how many met which fate; of honest people's, how many did not become public at once."""

    attack: Counter[Fate] = field(default_factory=Counter)
    honest: int = 0
    wronged: int = 0
    wronged_texts: list[str] = field(default_factory=list)

    def bad(self, fate: Fate) -> Fate:
        """Count a text of the attacker."""
        self.attack[fate] += 1
        return fate

    def good(self, text: str, fate: Fate) -> Fate:
        """Count a text of somebody honest."""
        self.honest += 1
        if fate is not Fate.PUBLIC:
            self.wronged += 1
            self.wronged_texts.append(text)
        return fate

    @property
    def public(self) -> int:
        return self.attack[Fate.PUBLIC]


@dataclass(frozen=True)
class Sent:
    """What became of one text, and the number of its post."""

    fate: Fate
    post_id: int = 0


class Stage:
    """A board with Alice, who is known, Mori, who moderates, and one thread about winter."""

    def __init__(self, app: Flask, clock: Traveller) -> None:
        self.app, self.clock = app, clock
        self.guest = browser(app)
        with app.app_context(), write() as session:
            makers.moderator(session)
            makers.member(session, "Alice")
        self.thread = self.start_thread(
            "First winter in an inaka house",
            "How do you keep the pipes from freezing, and what do you heat with?",
        )
        self._mori = self.person("Mori").client

    def start_thread(self, title: str, body: str) -> str:
        """The address of a thread of Alice's, two days old."""
        with self.app.app_context(), write() as session:
            alice = session.query(User).filter_by(name="Alice").one()
            at = datetime.now(NOON.tzinfo) - timedelta(days=2)
            row = makers.thread(session, alice, title=title, body=body, at=at)
            return f"/t/{row.id}-{row.slug}"

    def newcomer(self, name: str, address: str = "192.0.2.1", **fields: Any) -> Person:
        """Somebody who joined ten minutes ago, at a browser of their own."""
        with self.app.app_context(), write() as session:
            makers.newcomer(session, name, **fields)
        return self.person(name, address)

    def member(self, name: str, address: str = "192.0.2.2", **fields: Any) -> Person:
        """A member of two years' standing."""
        with self.app.app_context(), write() as session:
            makers.member(session, name, **fields)
        return self.person(name, address)

    def person(self, name: str, address: str = "192.0.2.3") -> Person:
        """A browser that a member is signed in with."""
        with self.app.app_context(), write() as session:
            user = session.query(User).filter_by(name=name).one()
            secret, _ = sessions.open_session(
                session, user.id, is_remembered=True, browser="Attack", now=makers.now()
            )
        client = browser(self.app)
        client.environ_base["REMOTE_ADDR"] = address
        client.set_cookie(self.app.config["VIEWER_COOKIE"], secret)
        return Person(self, name, client)

    def decide(self, place: str, act: str) -> None:
        """Mori decides about a post ("/p/3") or a profile ("/u/Nana"): "spam", "approve", "remove" or "dismiss"."""
        page = self._mori.get(f"{place}/moderate")
        form = next(
            found for found in forms(page.text) if any(value == act for _name, value in found["buttons"])
        )
        self.clock.shift(5)
        answer = self._mori.post(form["action"], data={**form["fields"], "act": act})
        assert answer.status_code == 303, unescape(answer.text)

    def is_public(self, post_id: int) -> bool:
        """Whether a guest can read a post."""
        answer = self.guest.get(f"/p/{post_id}")
        if answer.status_code in (302, 303):
            answer = self.guest.get(answer.location)
        return answer.status_code == 200 and f'id="p{post_id}"' in answer.text


@dataclass
class Person:
    """Somebody with a browser."""

    stage: Stage
    name: str
    client: FlaskClient

    def reply(self, body: str, place: str = "", wait_s: float = TYPING_S, **fields: str) -> Sent:
        """Answer in a thread, by its form, `wait_s` after that was served."""
        return self._send(place or self.stage.thread, wait_s, {"body": body, **fields})

    def start_thread(self, title: str, body: str, wait_s: float = TYPING_S) -> Sent:
        """Open a thread on the board of the stage."""
        return self._send("/new", wait_s, {"title": title, "body": body, "board": "alt"})

    def edit(self, post_id: int, body: str) -> Sent:
        """Give a post another text."""
        return self._send(f"/p/{post_id}/edit", TYPING_S, {"body": body})

    def describe(self, bio: str) -> Sent:
        """Say something about oneself in the profile."""
        return self._send("/settings", TYPING_S, {"bio": bio})

    def _send(self, page: str, wait_s: float, fields: dict[str, str]) -> Sent:
        served = self.client.get(page)
        form = next(found for found in forms(served.text) if set(fields) <= set(found["fields"]))
        self.stage.clock.shift(wait_s)
        answer = self.client.post(form["action"] or page, data=form["fields"] | fields)
        return self._read(answer)

    def _read(self, answer: TestResponse) -> Sent:
        """By the answer; where a post came of it, what a guest sees of that has to agree."""
        if answer.status_code != 303:
            assert answer.status_code in (422, 429), unescape(answer.text)
            is_refused = answer.status_code == 422 and LOOKS_LIKE_SPAM in unescape(answer.text)
            return Sent(Fate.REFUSED if is_refused else Fate.LIMITED)
        notice = next(filter(None, map(NOTICE.search, answer.headers.getlist("Set-Cookie"))))
        found = POST.search(answer.location)
        sent = Sent(FATES[notice[1]], int(found[1]) if found else 0)
        if sent.post_id and notice[1] in ("posted", "held"):
            assert self.stage.is_public(sent.post_id) == (sent.fate is Fate.PUBLIC)
        return sent
