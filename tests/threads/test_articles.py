"""Posts as they are printed: whatever stands in a value stays what it is, and everybody is shown what they may do."""

from __future__ import annotations

import html
import re
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from forum.access import EDIT_WINDOW, Viewer
from forum.accounts.models import User
from forum.db import db, snapshot, write
from forum.text.rendering import render
from forum.threads import posts, reading
from forum.threads.models import Lock, Status
from tests import makers

ODD = [
    "100% of %(id)s and %s",
    "{ago} {{ html }} {% set x %}",
    "\\1 \\g<0> $&",
    "日本語 👩‍🏫 شكرا",
    "<b>&amp;'\"</b>",
]


def shown(text: str) -> str:
    """As a template prints it."""
    return html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


@pytest.fixture(params=ODD)
def odd(app, request):
    with app.app_context(), write() as session:
        alice = makers.member(session, display_name=request.param)
        makers.member(session, "Bob")
        thread = makers.thread(session, alice)
        makers.post(session, thread, alice, body=request.param)
        makers.post(session, thread, alice, status=Status.HELD)
    return request.param


@pytest.mark.parametrize("viewer", [None, "Bob", "Alice"])
def test_values_are_put_in_as_they_are(odd, guest, sign_in, viewer):
    browser = sign_in(viewer) if viewer else guest
    for _ in range(2):
        page = browser.get("/t/1-first-winter-in-an-inaka-house").text
        assert page.count(f' title="@Alice" translate="no">{shown(odd)}</a>') == (
            3 if viewer == "Alice" else 2
        )
        assert f'<div class="post-body" lang="en">{render(odd).html}</div>' in page.replace(
            'lang="ja"', 'lang="en"'
        )
        assert "\0" not in page
        assert page.count("</article>") == page.count("<article")


@pytest.mark.parametrize(("language", "word"), [("en", "Report"), ("ja", "通報する")])
def test_each_reader_has_their_own_language(odd, sign_in, language, word):
    page = (
        sign_in("Bob").get("/t/1-first-winter-in-an-inaka-house", headers={"Accept-Language": language}).text
    )
    assert page.count('/report" rel="nofollow">') == 2
    assert f'/report" rel="nofollow">{word}' in page


@pytest.mark.parametrize("is_locked", [False, True])
@pytest.mark.parametrize("viewer", ["Alice", "Bob", "Mori"])
def test_what_one_may_do_is_what_the_policy_says_of_each_post(app, cast, sign_in, viewer, is_locked):
    """It is asked once for all posts of others with the same status."""
    with app.app_context(), write() as session:
        alice, bob = (
            session.get_one(User, 1),
            session.scalars(sa.select(User).where(User.name == "Bob")).one(),
        )
        thread = makers.thread(session, alice)
        for author in (alice, bob):
            for status in (Status.PUBLIC, Status.HELD, Status.REMOVED, Status.DELETED):
                for at in (makers.now(), makers.now() - 2 * EDIT_WINDOW):
                    makers.post(session, thread, author, status=status, at=at)
        if is_locked:
            session.add(Lock(thread_id=thread.id, reason="Enough.", by_id=alice.id, created_at=makers.now()))
    seen = []
    page = sign_in(viewer).get("/t/1-first-winter-in-an-inaka-house").text
    endings = dict(re.findall(r'id="p(\d+)">.*?<footer class="post-actions">(.*?)</footer>', page, re.DOTALL))
    with app.test_request_context(), reading_as(viewer) as (source, who):
        head = reading.find(source, who, 1, 1, "en")
        shown = posts.every(source, who, 1, 1, 1)
        for text in shown:
            if str(text.id) not in endings:
                continue
            acts = posts.acts(who, text, makers.now(), is_open=head.may_reply, is_locked=head.is_locked)
            seen.append(text.id)
            found = endings[str(text.id)]
            links = ("quote=", "/edit", "/delete", "/restore", "/report", "/moderate")
            assert [link in found for link in links] == list(acts), (viewer, text)
    assert len(seen) >= 4


@contextmanager
def reading_as(name):
    source = snapshot()
    row = db.session.scalars(sa.select(User).where(User.name == name)).one()
    yield (
        source,
        Viewer(
            id=row.id,
            name=row.name,
            role=row.role,
            joined_at=row.joined_at,
            is_confirmed=True,
            approved_count=row.approved_count,
        ),
    )
