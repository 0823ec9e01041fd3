"""Templates only print: no SQL runs while a page is rendered, and no guest's page sets a cookie."""

from __future__ import annotations

import pytest
from flask import before_render_template, template_rendered
from sqlalchemy import event

from forum.db import db, write
from tests import makers

GUEST_PAGES = [
    "/",
    "/boards",
    "/b/alt",
    "/t/1-first-winter-in-an-inaka-house",
    "/u/Alice",
    "/log",
    "/join",
    "/login",
    "/reset",
    "/feed.atom",
    "/b/alt.atom",
    "/t/1.atom",
    "/nothing-here",
    "/logout",
]
MEMBER_PAGES = [
    "/",
    "/b/alt",
    "/t/1-first-winter-in-an-inaka-house",
    "/new",
    "/t/1/reply",
    "/p/1/report",
    "/u/Alice",
    "/settings",
    "/settings/password",
    "/settings/email",
    "/settings/sessions",
    "/log",
]
STAFF_PAGES = [
    "/mod",
    "/mod/filter",
    "/mod/filter/thresholds?hold_newcomer=30&hold_known=60&refusal=98",
    "/p/2/moderate",
    "/t/1/moderate",
    "/u/Alice/moderate",
    "/u/Alice/suspend",
    "/t/1-first-winter-in-an-inaka-house",
]


@pytest.fixture
def peopled(app):
    """A board with a thread by Alice, and Bob and Mori."""
    with app.app_context(), write() as session:
        makers.thread(session, makers.member(session), replies=3)
        makers.member(session, "Bob")
        makers.moderator(session)
    return app


@pytest.mark.parametrize("path", GUEST_PAGES)
def test_a_guest_gets_no_cookie(peopled, guest, path):
    assert "Set-Cookie" not in guest.get(path).headers


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *((None, p) for p in GUEST_PAGES),
        *(("Bob", p) for p in MEMBER_PAGES),
        *(("Mori", p) for p in STAFF_PAGES),
    ],
)
def test_no_sql_runs_while_a_page_is_rendered(peopled, guest, sign_in, name, path):
    client = sign_in(name) if name else guest
    client.get(path)
    with peopled.app_context():
        engine = db.engine
    during: list[str] = []
    rendering: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if rendering:
            during.append(statement)

    def begin(sender, template, **more):
        rendering.append(template.name)

    def end(sender, template, **more):
        rendering.clear()

    event.listen(engine, "before_cursor_execute", note)
    try:
        with before_render_template.connected_to(begin), template_rendered.connected_to(end):
            response = client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert response.status_code in (200, 404)
    assert during == []
