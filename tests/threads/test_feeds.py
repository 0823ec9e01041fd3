"""Atom feeds: well formed, whole and public."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from forum.accounts.models import User
from forum.db import write
from forum.text.cleaning import clean
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = 'Tom & "Jerry" <b>]]></b> 日本語 &amp; 🎌'


@pytest.mark.parametrize("path", ["/feed.atom", "/b/alt.atom", "/t/1.atom"])
def test_a_feed_is_well_formed_whatever_people_write(app, guest, path):
    with app.app_context(), write() as session:
        alice = session.get_one(User, 1)
        alice.display_name = NASTY
        makers.thread(session, alice, title=NASTY, body=f"{NASTY}\n\n```\n<x>]]>\n```", replies=2)
    answer = guest.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == NASTY
    assert feed.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == NASTY


@pytest.mark.parametrize("path", ["/feed.atom", "/b/alt.atom"])
def test_an_empty_feed_is_a_feed(guest, path):
    feed = ET.fromstring(guest.get(path).text)
    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert feed.findall(f"{ATOM}entry") == []


def test_text_that_xml_cannot_hold_is_cleaned_before_it_is_stored():
    assert clean("a\x00b\x0cc\ufffed\ud800e\x1bf") == "ab\ncdef"


def test_a_threads_feed_has_its_newest_posts_with_permanent_ids(app, guest):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), replies=44)
    entries = ET.fromstring(guest.get("/t/1.atom").text).findall(f"{ATOM}entry")
    assert len(entries) == 30
    assert [entry.findtext(f"{ATOM}id") for entry in entries[:2]] == [
        "http://localhost/p/45",
        "http://localhost/p/44",
    ]
    assert entries[0].findtext(f"{ATOM}content") == "<p>Reply number 45.</p>"


def test_every_entry_has_what_atom_demands(app, guest):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), replies=1)
    for path in ("/feed.atom", "/t/1.atom"):
        feed = ET.fromstring(guest.get(path).text)
        for node in (feed, *feed.findall(f"{ATOM}entry")):
            assert all(node.findtext(ATOM + name) for name in ("id", "title", "updated"))
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("host", ["evil.example", "localhost:99"])
def test_addresses_come_from_the_settings_and_not_from_the_request(app, guest, host):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1))
    answer = guest.get("/feed.atom", headers={"Host": host})
    assert host not in answer.text
    assert "http://localhost/t/1-" in answer.text


def test_a_member_gets_the_same_feed_as_a_guest(app, guest, sign_in):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), status="held", title="Waiting here")
        makers.thread(session, session.get_one(User, 1))
    shown = {browser.get("/feed.atom").text for browser in (guest, sign_in("Alice"), sign_in("Mori"))}
    assert len(shown) == 1
    assert "Waiting here" not in shown.pop()
