"""A newcomer joins, posts, is held, is approved and is read by a guest; once with and once without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "kotatsu and forty mikan"
SPAM = "Cheap Louis Vuitton bags, best price, free shipping! Visit http://bags-outlet.example and http://bags2.example"


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_joining_to_being_read(open_page, has_scripts):
    nana = open_page(java_script_enabled=has_scripts)
    join(nana, "Nana")
    reply(nana, "The winters in Tottori are cold, so let the tap drip at night and buy a kotatsu.")
    expect(nana.locator(".notice")).to_contain_text("public")
    guest = open_page(java_script_enabled=has_scripts)
    read_thread(guest)
    expect(guest.locator(".post-body")).to_have_count(2)

    reply(nana, SPAM)
    expect(nana.locator(".notice").first).to_contain_text("waits for a moderator")
    expect(nana.locator(".post--held")).to_contain_text("Louis Vuitton")
    read_thread(guest)
    expect(guest.locator("main")).not_to_contain_text("Louis Vuitton")

    mori = open_page("Mori", java_script_enabled=has_scripts)
    mori.goto("/mod")
    expect(mori.locator(".queue-item")).to_contain_text("Louis Vuitton")
    if has_scripts:
        mori.keyboard.press("j")
        mori.keyboard.press("a")
    else:
        mori.get_by_role("button", name=re.compile("Approve")).click()
    expect(mori.locator(".queue-item .queue-text")).to_have_count(0)
    read_thread(guest)
    expect(guest.locator("main")).to_contain_text("Louis Vuitton")
    guest.goto("/log")
    expect(guest.locator("main")).to_contain_text("Mori")
    expect(guest.locator("main")).not_to_contain_text("Nana")


def join(page: Page, name: str) -> None:
    page.goto("/join")
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name.lower()}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form [type=submit], main form button").first.click()
    expect(page.locator(f"body[data-user={name}]")).to_be_visible()


def reply(page: Page, text: str) -> None:
    read_thread(page)
    page.fill("[name=body]", text)
    page.wait_for_timeout(3_500)
    page.get_by_role("button", name="Post reply").click()


def read_thread(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="First winter in an inaka house").click()


@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_the_trap_is_in_nobodys_way_on_a_phone(open_page, locale):
    page = open_page(viewport={"width": 360, "height": 740}, locale=locale)
    page.goto("/join")
    trap = page.locator(".trap")
    expect(trap).to_have_count(1)
    box = trap.bounding_box()
    assert box["width"] <= 1
    assert box["height"] <= 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
