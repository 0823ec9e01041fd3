"""The public log: everything that was done, and nobody whom it was done to."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from forum.db import write
from forum.moderation.log import SENTENCES, redacted
from forum.moderation.models import ActKind
from tests import makers
from tests.databases import elsewhere
from tests.moderation import scenes
from tests.moderation.scenes import counted, decide, newest_act, staged

ATOM = "{http://www.w3.org/2005/Atom}"


def test_guests_read_who_did_what_and_why(app, mori, guest):
    post = staged(app, scenes.reported_reply)
    decide(mori, f"/p/{post}/moderate", "remove", why="unkind", reason="Please argue about things.")
    page = guest.get("/log").text
    assert "removed a reply from" in page
    assert "Mori" in page
    assert "Unkind to others. Please argue about things." in page
    assert "First winter in an inaka house" in page
    assert not guest.get("/log").headers.getlist("Set-Cookie")


def test_the_punished_is_never_named(app, mori, guest):
    def scene(session, author):
        author.display_name = "Alice in Chiba"
        return scenes.public_reply(session, author)

    post = staged(app, scene)
    reason = "ALICE IN CHIBA, that is alice, was rude to Bob."
    decide(mori, f"/p/{post}/moderate", "remove", why="unkind", reason=reason)
    mori.post("/u/Alice/suspend", data={"reason": "aLiCe again.", "term": "day"})
    with app.app_context(), write() as session:
        session.query(scenes.User).filter_by(name="Alice").one().display_name = "Somebody else"
    for url in ("/log", "/log.atom"):
        page = guest.get(url).text
        assert "alice" not in page.lower().replace("/log", "")
        assert "▇▇▇, that is ▇▇▇, was rude to Bob." in page
        assert "▇▇▇ again." in page


def test_what_was_removed_is_not_shown_nor_a_title_that_is_gone(app, mori, guest):
    post = staged(app, scenes.held_thread)
    decide(mori, f"/p/{post}/moderate", "spam")
    for url in ("/log", "/log.atom"):
        page = guest.get(url).text
        assert "removed a thread from the board" in page
        assert "cheap" not in page
        assert "ALT" in page


def test_reporters_are_never_named(app, mori, guest):
    post = staged(app, scenes.reported_reply, reporter=None, note="Bob was here")
    decide(mori, f"/p/{post}/moderate", "dismiss")
    assert "Bob" not in guest.get("/log").text
    assert "looked at reports and kept a reply" in guest.get("/log").text


def test_an_undo_stands_beside_what_it_took_back(app, mori, guest):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "spam")
    act = newest_act(app)
    mori.post(f"/mod/acts/{act}/undo")
    page = guest.get("/log").text
    assert page.count("Taken back") == 1
    assert f"#act{act}" in page
    assert f'id="act{act}"' in guest.get(f"/log?before={act + 1}").text


def test_the_log_goes_on_where_the_page_ended_at_the_same_cost(app, mori, guest):
    staged(app, scenes.public_reply)
    with counted(app) as few:
        guest.get("/log")
    for step in range(32):
        mori.post("/t/1/moderate", data={"act": "unpin" if step % 2 else "pin"})
    with counted(app) as many:
        page = guest.get("/log").text
    assert len(many) == len(few) == 1
    assert page.count(' class="log-entry') == 30
    assert "/log?before=3" in page
    assert guest.get("/log?before=3").text.count(' class="log-entry') == 2


@pytest.mark.parametrize("before", ["x", "0", "-1", "9" * 30, "9" * 5000, "²", "٣", ""])
def test_a_page_that_is_not_there_is_404(guest, before):
    assert guest.get(f"/log?before={before}").status_code == 404


def test_the_feed_is_atom(app, mori, guest):
    staged(app, scenes.public_reply)
    mori.post("/t/1/moderate", data={"act": "lock", "reason": "Enough < said & done."})
    answer = guest.get("/log.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    entry = ET.fromstring(answer.text).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Mori locked First winter in an inaka house."
    assert entry.findtext(f"{ATOM}content") == "Enough < said & done."


def test_the_feed_tells_when_an_entry_was_taken_back(app, mori, guest):
    decide(mori, f"/p/{staged(app, scenes.held_reply)}/moderate", "spam")
    mori.post(f"/mod/acts/{newest_act(app)}/undo")
    moment_us = scenes.value(app, "SELECT min(created_at) FROM moderation_acts") - 3600 * 1_000_000
    with elsewhere(app) as other, other.unguarded("moderation_acts", "moderation_acts_keep"):
        other.say(
            "UPDATE moderation_acts SET created_at = :moment WHERE kind = 'spam'", {"moment": moment_us}
        )
    undo, spam = ET.fromstring(guest.get("/log.atom").text).findall(f"{ATOM}entry")
    assert spam.findtext(f"{ATOM}updated") == undo.findtext(f"{ATOM}updated")


def test_an_empty_log_says_so(guest):
    assert "Nothing has been decided yet." in guest.get("/log").text
    assert ET.fromstring(guest.get("/log.atom").text).find(f"{ATOM}entry") is None


def test_a_title_that_is_a_script_stays_text(app, mori, guest):
    def scene(session, author):
        return makers.thread(session, author, title="<script>alert(1)</script>")

    staged(app, scene)
    mori.post("/t/1/moderate", data={"act": "pin"})
    assert "<script>alert" not in guest.get("/log").text


def test_every_kind_of_act_has_a_sentence():
    assert {kind for kind, _about in SENTENCES} == set(ActKind) - {ActKind.UNDO}


@pytest.mark.parametrize(
    ("reason", "names", "shown"),
    [
        ("bob", ["Bob"], "▇▇▇"),
        ("Bobby and Bob", ["Bob", "Bobby"], "▇▇▇ and ▇▇▇"),
        ("田中さん", ["田中"], "▇▇▇さん"),
        ("a.b and axb", ["a.b"], "▇▇▇ and axb"),
        ("nothing", [], "nothing"),
        ("Advertising, Alice's.", ["e", "Al", "alice"], "Advertising, ▇▇▇'s."),
        ("Aliceさんと_alice_ and Malice", ["Alice"], "▇▇▇さんと_▇▇▇_ and Malice"),
        ("これは管理人さんの林", ["管理人", "林"], "これは▇▇▇さんの林"),
    ],
)
def test_names_are_covered_in_any_case(reason, names, shown):
    assert redacted(reason, names) == shown
