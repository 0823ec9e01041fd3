"""Pages that are alike are printed by a pattern, and nobody could tell."""

from __future__ import annotations

import gc
import re

import pytest
from flask import before_render_template
from markupsafe import Markup, escape

from forum.accounts.models import User
from forum.db import write
from forum.threads.models import Lock, Pin, Post
from forum.web.printing import Pattern, Printing
from tests import makers
from tests.conftest import browser
from tests.web.kept import LONG_AGO, forget

HOSTILE = "<b>\"100 %\" & %(title)s {{ 7 * 7 }} '\\1'</b>"


@pytest.fixture
def addresses(app):
    """Threads that differ in all that their pages ask about."""
    with app.app_context(), write() as session:
        alice = makers.member(session, display_name="Alice & Bob", jet_role="alt")
        titles = ["First winter", "雪国の冬", HOSTILE, "Locked", "Pinned", "Empty", "Long"]
        threads = [
            makers.thread(session, alice, title=title, replies=place, at=LONG_AGO)
            for place, title in enumerate(titles)
        ]
        for _ in range(45):
            makers.post(session, threads[6], alice)
        for thread in threads[3:5]:
            session.add(Lock(thread_id=thread.id, by_id=alice.id, reason=HOSTILE, created_at=LONG_AGO))
        session.add(Pin(thread_id=threads[4].id, by_id=alice.id, created_at=LONG_AGO))
        session.query(Post).filter_by(thread_id=threads[5].id).update({"status": "removed"})
        session.query(Post).filter_by(thread_id=threads[0].id).update({"edited_at": LONG_AGO})
        found = [f"/t/{thread.id}-{thread.slug}" for thread in threads]
    return [*found, f"{found[6]}?page=2", f"{found[6]}?page=3"]


def printed(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_by_a_pattern_is_the_page_of_its_template(app, guest, addresses, language):
    stranger = browser(app)
    stranger.set_cookie(app.config["VIEWER_COOKIE"], "of nobody")
    for address in addresses * 2:
        by_template = printed(stranger, address, Accept_Language=language)
        assert f'<html lang="{language}"' in by_template
        assert printed(guest, address, Accept_Language=language) == by_template
        # The page, and not the pattern that it was printed by.
        app.extensions["pagecache"].clear()


def test_a_pattern_is_made_once_for_pages_that_are_alike(app, guest, addresses):
    forget(app)
    by_template = []

    def note(_sender, template, **_more):
        by_template.append(template.name)

    with before_render_template.connected_to(note, app):
        for number in range(8, 20):
            with app.app_context(), write() as session:
                makers.thread(session, session.get_one(User, 1), title=f"Number {number}", at=LONG_AGO)
            assert f"<title>Number {number} · " in printed(guest, f"/t/{number}-number-{number}")
    assert by_template == ["threads/thread.html"]


def test_what_is_told_to_one_visitor_is_in_no_pattern(app, guest, addresses):
    """They come with a sentence to be told, before anybody else has seen a page like this one."""
    forget(app)
    told = browser(app)
    told.set_cookie("notice", "posted.kakurega")
    assert "kakurega" in printed(told, addresses[0])
    assert "kakurega" not in printed(guest, addresses[0])
    assert "kakurega" not in printed(guest, addresses[1])


def test_each_value_is_escaped_once_where_it_stands():
    pattern = Pattern(Markup("\0one\0 % %s {} \0two\0\0one\0"), ("one", "two"))
    filled = pattern.fill("<\0two\0>", Markup("<i>"))
    assert filled == "&lt;\0two\0&gt; % %s {} <i>&lt;\0two\0&gt;"
    assert isinstance(filled, Markup)


@pytest.mark.parametrize(
    "value",
    ["", "plain", HOSTILE, 7, -3, True, None, 2.5, Markup("<i>"), Markup(""), escape("<"), ["<"]],
    ids=repr,
)
def test_what_is_printed_is_what_markupsafe_escapes(value):
    assert str(Printing.printed(value)) == str(escape(value))


@pytest.mark.parametrize("name", [None, "Bob"])
def test_a_page_leaves_nothing_of_its_template_to_the_garbage_collector(app, guest, sign_in, addresses, name):
    with app.app_context(), write() as session:
        makers.member(session, "Bob")
    client = sign_in(name) if name else guest
    pages = [
        "/",
        "/b/alt",
        addresses[0],
        "/log",
        "/u/Alice",
        *(["/new", "/settings"] if name else ["/login"]),
    ]
    for page in pages:
        client.get(page)
    forget(app)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for page in pages:
            client.get(page)
            gc.collect()
        left = {f"{type(thing).__module__}.{type(thing).__name__}" for thing in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert not [kind for kind in left if re.match("jinja2|markupsafe", kind)]


def test_a_page_is_made_where_its_compiled_templates_can_not_be_kept(app, guest, tmp_path):
    """As on a full disk."""
    cache = app.jinja_env.bytecode_cache
    kept, cache.directory = cache.directory, str(tmp_path / "not there")
    app.jinja_env.cache.clear()
    try:
        assert guest.get("/nothing-is-here").status_code == 404
    finally:
        cache.directory = kept
