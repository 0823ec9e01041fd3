"""The browser counts what is typed and what is pasted, and tells the two numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def form(open_page):
    """Alice before the form of a reply."""
    page = open_page("Alice")
    page.goto("/t/1/reply")
    return page


def counted(page):
    return page.locator("[name=typing]").input_value()


def test_typed_and_pasted_characters_are_told_apart(form):
    form.locator("[name=body]").press_sequentially("Hello ")
    form.keyboard.press("Shift+Home")
    form.keyboard.press("Control+C")
    form.keyboard.press("End")
    form.keyboard.press("Control+V")
    expect(form.locator("[name=body]")).to_have_value("Hello Hello ")
    assert counted(form) == "6 6"


def test_what_a_draft_brings_back_was_neither(form):
    form.locator("[name=body]").press_sequentially("Kotatsu are warm.")
    form.wait_for_timeout(500)
    form.reload()
    expect(form.locator("[name=body]")).to_have_value("Kotatsu are warm.")
    assert counted(form) == ""
    form.locator("[name=body]").press_sequentially("!")
    assert counted(form) == "1 0"


def test_a_form_that_comes_back_goes_on_counting(form):
    form.locator("[name=body]").press_sequentially("   ")
    form.evaluate("document.querySelector('[name=body]').form.noValidate = true")
    form.get_by_role("button", name="Post reply").click()
    expect(form.locator(".notice--bad")).to_be_visible()
    form.locator("[name=body]").press_sequentially("y")
    assert counted(form) == "4 0"
