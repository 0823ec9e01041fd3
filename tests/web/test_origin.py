"""Whom the filter takes for the sender of a text."""

from __future__ import annotations

from forum.screening.origins import network_hash
from forum.web.origin import LONGEST, current_origin

FORWARDED = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}


def seen(app, **headers):
    """The origin of a request as the whole stack, with its proxies, lets a view see it."""
    found = []
    app.add_url_rule("/seen", view_func=lambda: found.append(current_origin()) or "")
    app.test_client().get("/seen", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    return found[0]


def test_without_a_trusted_proxy_the_connection_tells(board_with):
    assert seen(board_with(), **FORWARDED).address == "192.0.2.1"


def test_a_trusted_proxy_tells_its_visitor_and_not_what_the_visitor_claims(board_with):
    origin = seen(board_with(TRUSTED_PROXIES="1"), **FORWARDED)
    assert origin.address == "203.0.113.7"


def test_the_network_is_hashed_with_the_boards_key(board_with):
    app = board_with(SECRET_KEY="k" * 32)
    assert seen(app).network == network_hash("192.0.2.1", "k" * 32)


def test_what_the_browser_says_is_cut(board_with):
    origin = seen(board_with(), **{"User-Agent": "x" * 5000, "Referer": "http://localhost/" + "y" * 5000})
    assert (len(origin.user_agent), len(origin.referrer)) == (LONGEST, LONGEST)
