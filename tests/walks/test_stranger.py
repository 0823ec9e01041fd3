"""A stranger's week, told by what a guest sees after each step: forms as a browser sends them, without scripts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html import unescape
from html.parser import HTMLParser

import pytest
import time_machine

from forum.db import write
from tests import makers
from tests.conftest import browser

GOOD_EN = "I lived in Tottori for three years. ESID, but the winters are cold everywhere. Buy a kotatsu."
GOOD_JA = "夏に米子へ引っ越します。中学校の英語助手です。冬は朝起きると台所も凍りますか。燃料はどのお店にありますか。"
BAD_EN = (
    "Cheap Louis Vuitton bags, best price, free shipping, visit http://bags-outlet.example and buy now!!!"
)
BAD_JA = "副業で月収100万円！スマホだけで誰でも簡単に稼げます。LINE登録はこちら http://line-fukugyo.example"
EDITED = f"{GOOD_EN}\n\nMake money online, 12,000 USD a month guaranteed! http://easy-income.example/join"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture
def clock():
    """A clock that the walk moves on, as a person's reading and typing would."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def thread(app, clock) -> str:
    with app.app_context(), write() as session:
        makers.moderator(session)
        row = makers.thread(session, makers.member(session), at=NOON - timedelta(days=2))
        return f"/t/{row.id}-{row.slug}"


def test_what_a_guest_sees_of_a_stranger(app, clock, thread, guest, sign_in):
    stranger = browser(app)
    fill(
        stranger,
        clock,
        "/join",
        username="Nana",
        email="nana@example.org",
        password="kotatsu and forty mikan",
    )

    good = fill(stranger, clock, thread, body=GOOD_EN)
    fill(stranger, clock, thread, body=GOOD_JA)
    assert GOOD_EN in text(guest, thread)
    assert GOOD_JA in text(guest, thread)

    for bad in (BAD_EN, BAD_JA):
        fill(stranger, clock, thread, body=bad)
        assert "waits for a moderator" in text(stranger, thread) or bad in text(stranger, thread)
        assert_unseen(guest, thread, bad[:20])

    post = re.search(r"#p(\d+)", good).group(1)
    fill(stranger, clock, f"/p/{post}/edit", body=EDITED)
    assert GOOD_EN in text(guest, thread)
    assert_unseen(guest, thread, "easy-income")
    assert "A newer version waits" in text(stranger, thread)
    assert guest.get(f"/p/{post}/history").status_code == 404

    mori = sign_in("Mori")
    queue = text(mori, "/mod")
    assert all(bad in queue for bad in ("Louis Vuitton", "副業", "easy-income"))
    for bad in ("Louis Vuitton", "副業", "easy-income"):
        decide(mori, clock, bad, "spam")
        assert_unseen(guest, thread, bad)
    assert "Louis Vuitton" not in text(mori, "/mod")
    assert GOOD_EN in text(guest, thread)

    log = text(guest, "/log")
    assert log.count("Mori") >= 3
    assert "Nana" not in log
    assert "Louis Vuitton" not in log

    undo(mori, clock)
    assert any(bad in text(mori, "/mod") for bad in ("Louis Vuitton", "副業", "easy-income"))


def fill(client, clock, page, *, wait_s=40, **fields):
    """Open a page, let time pass, and send the form that holds the fields with all that it hides; where it led to."""
    response = client.get(page)
    form = next(f for f in forms(response.text) if set(fields) <= set(f["fields"]))
    clock.shift(wait_s)
    answer = client.post(form["action"] or page, data=form["fields"] | fields)
    assert answer.status_code == 303, unescape(answer.text)
    return answer.location


def decide(client, clock, words, decision):
    """Send the form of the queue's item that holds the words, by the button of that decision."""
    page = client.get("/mod").text
    item = next(part for part in re.split(r'<li class="queue-item"', page) if words in part)
    form = next(f for f in forms(item) if any(value == decision for _name, value in f["buttons"]))
    clock.shift(5)
    name, value = next(pair for pair in form["buttons"] if pair[1] == decision)
    assert client.post(form["action"], data={**form["fields"], name: value}).status_code == 303


def undo(client, clock):
    page = client.get("/mod/decided").text
    form = next(f for f in forms(page) if f["action"].endswith("/undo"))
    clock.shift(5)
    assert client.post(form["action"], data=form["fields"]).status_code == 303


def assert_unseen(guest, thread, words):
    """Nowhere that a guest can look."""
    for page in (thread, "/", "/b/alt", "/feed.atom", "/b/alt.atom", "/t/1.atom", "/u/Nana", "/log"):
        assert words not in text(guest, page), page


def text(client, page):
    response = client.get(page)
    assert response.status_code == 200, page
    return unescape(response.text)


def forms(page):
    reader = Forms()
    reader.feed(page)
    return reader.found


class Forms(HTMLParser):
    """The forms of a page with what a browser would send of each."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.area = None
        self.choice = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.found.append({"action": given.get("action", ""), "fields": {}, "buttons": []})
        elif tag == "option" and self.choice:
            fields = self.found[-1]["fields"]
            if "selected" in given or not fields[self.choice]:
                fields[self.choice] = given.get("value", "")
        elif self.found and given.get("name"):
            if tag == "button":
                self.found[-1]["buttons"].append((given["name"], given.get("value", "")))
            elif tag in ("input", "textarea", "select"):
                is_off = given.get("type") in ("checkbox", "radio") and "checked" not in given
                self.area = given["name"] if tag == "textarea" else None
                self.choice = given["name"] if tag == "select" else None
                if not is_off:
                    self.found[-1]["fields"][given["name"]] = given.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.found[-1]["fields"][self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
