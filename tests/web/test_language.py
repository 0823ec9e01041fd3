"""English or Japanese, and the way back to where one was."""

from __future__ import annotations

import pytest

from forum.web.language import local_address


@pytest.mark.parametrize(
    ("wish", "given"),
    [
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("de,fr;q=0.9", "en"),
        ("de, ja;q=0.5, en;q=0.1", "ja"),
        ("ja;q=0", "en"),
        ("*", "en"),
        ("", "en"),
        (";;q=x,,", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for(guest, wish, given):
    assert f'<html lang="{given}"' in guest.get("/", headers={"Accept-Language": wish}).text


def test_a_choice_is_kept_and_stands_above_the_browsers_wish(guest):
    answer = guest.post("/language", data={"language": "ja", "next": "/boards"})
    assert (answer.status_code, answer.location) == (303, "/boards")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert '<html lang="ja"' in guest.get("/boards", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("choice", ["", "de", "JA", "ja ", "../en", "en\x00"])
def test_a_language_that_we_do_not_speak_is_not_found(guest, choice):
    answer = guest.post("/language", data={"language": choice})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (404, False)


@pytest.mark.parametrize("cookie", ["de", "<b>", "", "JA"])
def test_a_forged_choice_is_passed_over(guest, cookie):
    guest.set_cookie("language", cookie)
    assert '<html lang="en"' in guest.get("/").text


def test_problems_speak_the_visitors_language(guest):
    assert '<html lang="ja"' in guest.get("/nothing", headers={"Accept-Language": "ja"}).text


HERE = [
    "/",
    "/t/1-x?page=2",
    "/b/alt#top",
    "/t/1-雪国",
    "/a//b",
    "/?next=https://evil.example",
    "/u/@x",
    "/a:b",
]
ELSEWHERE = [
    "/" + "a" * 2000,
    "",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/a\x00b",
    "/\u2028x",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "?x",
    "#x",
    "//[",
    "http://[::1",
    "/\\[",
]


@pytest.mark.parametrize("target", HERE)
def test_an_address_of_ours_is_led_back_to(target):
    assert local_address(target) == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_elsewhere_leads_home(guest, target):
    assert local_address(target) == "/"
    assert guest.post("/language", data={"language": "ja", "next": target}).location == "/"
