"""Visitors are told what the filter does, and what is sent where."""

from __future__ import annotations

import pytest

from tests.screening.outside import asking

NOWHERE = "http://127.0.0.1:9"


def page_of(browser, path="/privacy"):
    return " ".join(browser.get(path).text.split())


def test_every_page_leads_to_it(guest):
    assert 'href="/privacy"' in guest.get("/").text


def test_it_says_that_nobody_is_asked(guest):
    page = page_of(guest)
    assert "asks no outside service" in page
    assert "Akismet" not in page
    assert "30 days, of rejected texts 365 days" in page


def test_it_says_who_is_asked_what(app, guest):
    with asking(app, NOWHERE):
        page = page_of(guest)
    assert (
        "Akismet gets the text, the page it was sent from, your name, internet address and browser." in page
    )
    assert "StopForumSpam gets your internet address." in page
    assert "Akismet is told the decision" in page
    assert "your name, mail address" not in page


def test_it_says_when_mail_addresses_are_sent(app, guest):
    with asking(app, NOWHERE, services_send_mail=True):
        page = page_of(guest)
    assert "your name, mail address, internet address" in page
    assert "a hash of your mail address" in page


def test_a_service_that_is_off_is_not_named(app, guest):
    with asking(app, NOWHERE, akismet_key=""):
        page = page_of(guest)
    assert "Akismet" not in page
    assert "StopForumSpam" in page


@pytest.mark.parametrize(
    "path", ["/new", "/t/1/reply", "/t/1-first-winter-in-an-inaka-house", "/p/1/edit", "/settings"]
)
def test_every_form_that_publishes_says_what_is_sent_where(app, thread, sign_in, path):
    alice = sign_in("Alice")
    assert "Akismet" not in page_of(alice, path)
    with asking(app, NOWHERE):
        page = page_of(alice, path)
    assert "Akismet gets the text" in page
    assert "StopForumSpam gets" in page
    assert '<a href="/privacy">How your text is checked</a>' in page


def test_a_guest_who_can_not_write_is_not_told_on_each_page(app, thread, guest):
    with asking(app, NOWHERE):
        assert "Akismet" not in page_of(guest, thread)
