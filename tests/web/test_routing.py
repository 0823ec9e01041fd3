"""The router knows the board's host, and asks no request for it."""

from __future__ import annotations

import pytest
from flask import url_for

from tests.conftest import browser

ODD_HOSTS = ["evil.example", "a..b", "x" * 300, "[::1", "例え.jp", "board:99999999", ""]


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_whatever_a_request_calls_the_host_it_is_answered_the_same(app, host):
    guest = app.test_client(use_cookies=False)
    shown = guest.get("/login", environ_overrides={"HTTP_HOST": host})
    assert shown.status_code == 200
    assert host not in shown.text or not host


def test_addresses_within_the_board_name_no_host(app):
    with app.test_request_context("/", headers={"Host": "evil.example"}):
        assert url_for("accounts.login", next="/") == "/login?next=/"
        assert url_for("accounts.login", _external=True) == app.config["SETTINGS"].base_url + "/login"


def test_a_method_that_an_address_does_not_know_is_told_those_that_it_does(app):
    answer = browser(app).put("/login", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
