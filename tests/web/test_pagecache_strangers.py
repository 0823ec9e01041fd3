"""Nothing that a stranger sends changes what others get."""

from __future__ import annotations

import pytest

from tests.conftest import browser
from tests.web.kept import (
    PAGES,
    THREAD,
    asked,
    is_kept,
    odd,
    seen,
)

pytestmark = pytest.mark.usefixtures("old_board")


POISON = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "gopher",
    "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_PREFIX": "/evil.example",
    "HTTP_X_FORWARDED_FOR": "evil.example",
    "HTTP_X_FORWARDED_SCHEME": "evil",
    "HTTP_X_ORIGINAL_URL": "/evil.example",
    "HTTP_X_REWRITE_URL": "/evil.example",
    "HTTP_X_HOST": "evil.example",
    "HTTP_FORWARDED": "host=evil.example;proto=evil",
    "HTTP_ACCEPT": "application/json",
    "HTTP_ACCEPT_CHARSET": "utf-16",
    "HTTP_ORIGIN": "https://evil.example",
    "HTTP_REFERER": "https://evil.example/<script>",
    "HTTP_USER_AGENT": "<script>evil.example</script>",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
    "HTTP_X_METHOD_OVERRIDE": "POST",
    "HTTP_RANGE": "bytes=0-9",
    "HTTP_IF_RANGE": '"evil"',
    "HTTP_IF_MATCH": '"evil"',
    "HTTP_IF_MODIFIED_SINCE": "Sat, 29 Oct 2044 19:43:31 GMT",
    "HTTP_IF_UNMODIFIED_SINCE": "Sat, 29 Oct 1994 19:43:31 GMT",
    "HTTP_CACHE_CONTROL": "no-store, max-age=0, only-if-cached",
    "HTTP_PRAGMA": "no-cache",
    "HTTP_AUTHORIZATION": "Basic ZXZpbDpldmls",
    "HTTP_SEC_FETCH_SITE": "cross-site",
    "HTTP_SEC_FETCH_MODE": "no-cors",
    "HTTP_SEC_FETCH_DEST": "script",
    "HTTP_SEC_PURPOSE": "prefetch",
    "HTTP_TRANSFER_ENCODING": "chunked",
    "HTTP_TE": "trailers",
    "HTTP_EXPECT": "100-continue",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "upgrade",
    "HTTP_HX_REQUEST": "true",
    "HTTP_X_REQUESTED_WITH": "XMLHttpRequest",
    "HTTP_X_FORUM_RIGHT_UNTIL_S": "0",
    "CONTENT_TYPE": "application/x-www-form-urlencoded",
    "CONTENT_LENGTH": "5",
    "SCRIPT_NAME": "//evil.example",
    "SERVER_NAME": "evil.example",
    "SERVER_PORT": "666",
    "SERVER_PROTOCOL": "HTTP/0.9",
    "REMOTE_ADDR": "evil.example",
    "REMOTE_USER": "Mori",
    "RAW_URI": "/evil.example",
    "REQUEST_URI": "/evil.example",
    "wsgi.url_scheme": "evil",
}


@pytest.mark.parametrize("header", POISON)
def test_what_a_stranger_sends_changes_nothing_for_others(app, guest, innocent, header):
    odd = {header: POISON[header]}
    for address in PAGES:
        # Pages that are not kept may leave something behind in what templates remember.
        guest.get("/login", environ_overrides=odd)
        assert seen(guest.get(address, environ_overrides=odd)) == innocent[address]
        assert asked(app, address) == innocent[address]
    assert "evil" not in browser(app).get("/login").text


def test_all_of_it_at_once_changes_nothing_either(app, guest, innocent):
    for address in PAGES:
        guest.get(address, environ_overrides=POISON)
        assert asked(app, address) == innocent[address]


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PREFIX"]
)
def test_nor_does_it_behind_a_proxy(app, board_with, innocent, header):
    behind = board_with(TRUSTED_PROXIES="2", DATABASE_URL=app.config["SETTINGS"].database_url)
    odd = {header: f"{POISON[header]}, {POISON[header]}"}
    assert seen(browser(behind).get("/", environ_overrides=odd)) == innocent["/"]
    assert asked(behind, "/") == innocent["/"]


def test_a_host_with_https_is_kept_with_its_own_addresses(app, board_with):
    public = board_with(BASE_URL="https://porch.example", DATABASE_URL=app.config["SETTINGS"].database_url)
    page = browser(public).get(THREAD, headers={"Host": "127.0.0.1:8000"})
    assert f'<link rel="canonical" href="https://porch.example{THREAD}">' in page.text
    assert is_kept(page)
    assert "Strict-Transport-Security" in page.headers
    forged = odd(public, THREAD, HTTP_COOKIE="__Host-engawa=x")
    assert not is_kept(forged)
