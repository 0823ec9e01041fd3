"""The sentence that a form's answer leaves for the next page."""

from __future__ import annotations

import pytest

from forum.web.notices import NOTICES

GONE = "notice=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_sentence_is_shown_once_and_its_cookie_taken_back(guest):
    guest.set_cookie("notice", "logged-out.")
    first = guest.get("/")
    assert "You are logged out." in first.text
    assert first.headers["Set-Cookie"].startswith(GONE)
    second = guest.get("/")
    assert "You are logged out." not in second.text
    assert "Set-Cookie" not in second.headers


def test_a_way_to_another_page_leaves_the_sentence_for_that_page(guest, thread):
    guest.set_cookie("notice", "posted.key")
    assert "Your post is public." in guest.get("/p/2", follow_redirects=True).text


def test_a_page_that_names_the_sent_form_lets_the_browser_forget_its_draft(guest):
    guest.set_cookie("notice", "posted.aB-3_x")
    assert 'data-posted="aB-3_x"' in guest.get("/").text


FORGED = [
    "nonsense",
    "",
    ".",
    "posted x",
    "<script>alert(1)</script>",
    "Buy now.",
    "__class__",
    "posted\u00e9",
    "x" * 4000,
]


@pytest.mark.parametrize("value", FORGED)
def test_a_forged_cookie_shows_nothing(guest, value):
    plain = guest.get("/").text
    guest.set_cookie("notice", value)
    answer = guest.get("/")
    assert (answer.status_code, answer.text) == (200, plain)


KEYS = ['"><script>alert(1)</script>', "a b", "a'b", "x" * 65, "キー", "a.b", "&quot;"]


@pytest.mark.parametrize("key", KEYS)
def test_a_forged_key_is_not_written_into_the_page(guest, key):
    guest.set_cookie("notice", f"posted.{key}")
    page = guest.get("/").text
    assert "data-posted" not in page
    assert key not in page


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(app, sign_in, thread):
    cookie = sign_in("Bob").post("/t/1/reply", data={"body": "The tap drips."}).headers["Set-Cookie"]
    assert cookie.startswith("notice=posted.")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60"} <= set(cookie.split("; "))


def test_every_sentence_is_a_whole_one(app):
    with app.test_request_context():
        sentences = [str(notice.text) for notice in NOTICES.values()]
    assert [text for text in sentences if not text[0].isupper() or text[-1] not in ".”"] == []
    assert {notice.kind for notice in NOTICES.values()} <= {"good", "info", "bad"}


@pytest.mark.parametrize("path", ["/feed.atom", "/log.atom"])
def test_a_feed_leaves_the_sentence_for_the_page(guest, path):
    guest.set_cookie("notice", "logged-out.")
    assert "Set-Cookie" not in guest.get(path).headers
    assert "You are logged out." in guest.get("/").text
