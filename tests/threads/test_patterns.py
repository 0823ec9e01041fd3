"""Posts are printed by patterns: whatever stands in a value stays what it is."""

from __future__ import annotations

import pytest

from forum.db import write
from forum.text.rendering import render
from forum.threads.models import Status
from tests import makers

ODD = [
    "100% of %(id)s and %s",
    "{ago} {{ html }} {% set x %}",
    "\\1 \\g<0> $&",
    "日本語 👩‍🏫 شكرا",
    "<b>&amp;'\"</b>",
]
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}


def shown(text):
    """As a template prints it."""
    return "".join(ESCAPED.get(character, character) for character in text)


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
