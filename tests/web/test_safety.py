"""The same site, safe headers, nothing shared that is private."""

from __future__ import annotations

import re

import pytest
from flask import request

OURS, EVIL = "http://localhost", "https://evil.example"
SENDERS = [
    # Sec-Fetch-Site, Origin, taken?
    ("same-origin", OURS, True),
    ("same-origin", None, True),
    ("same-site", OURS, False),
    ("cross-site", OURS, False),
    ("cross-site", EVIL, False),
    ("none", None, False),
    ("SAME-ORIGIN", OURS, False),
    ("", OURS, True),
    (None, OURS, True),
    (None, EVIL, False),
    (None, "null", False),
    (None, "", False),
    (None, None, False),
    (None, f"{OURS}.evil.example", False),
    (None, f"{OURS}:8000", False),
    (None, "https://localhost", False),
    (None, f"{OURS}/", False),
]


@pytest.mark.parametrize(("site", "origin", "is_taken"), SENDERS)
def test_only_our_own_pages_change_anything(app, site, origin, is_taken):
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    for method, taken in (("POST", 303), ("PUT", 405), ("PATCH", 405), ("DELETE", 405)):
        answer = app.test_client().open("/language", method=method, data={"language": "ja"}, headers=headers)
        assert answer.status_code == (taken if is_taken else 403)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("site", ["same-origin", "cross-site", "none"])
def test_anybody_may_link_to_us(app, thread, method, site):
    headers = {"Sec-Fetch-Site": site, "Origin": EVIL}
    assert app.test_client().open(thread, method=method, headers=headers).status_code == 200


def test_a_refusal_does_nothing(app, thread, sign_in):
    alice = sign_in("Alice")
    alice.environ_base["HTTP_ORIGIN"] = EVIL
    assert alice.post("/p/2/delete").status_code == 403
    assert "Reply number 2." in alice.get(thread).text


def test_every_route_that_changes_something_refuses_another_site(app, sign_in, thread):
    mori = sign_in("Mori")
    mori.environ_base["HTTP_ORIGIN"] = EVIL
    answers = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            answers[rule.rule, method] = mori.open(address_of(rule), method=method).status_code
    assert len(answers) > 10
    assert {at: code for at, code in answers.items() if code != 403} == {}


def answers_of_all_kinds(guest, thread):
    tag = guest.get(thread).headers["ETag"]
    again = guest.get(thread, headers={"If-None-Match": tag})
    return {
        200: guest.get(thread),
        301: guest.get("/t/1"),
        303: guest.post("/language", data={"language": "ja"}),
        304: again,
        403: guest.get("/p/1/edit"),
        404: guest.get("/nothing"),
        405: guest.post("/"),
        413: guest.post("/language", data={"language": "x" * 600_000}),
    }


def test_every_kind_of_answer_has_the_safe_headers(guest, thread):
    for status, answer in answers_of_all_kinds(guest, thread).items():
        assert answer.status_code == status
        missing = {name for name in SAFE if SAFE[name] not in answer.headers.get(name, "")}
        assert (status, missing) == (status, set())


def test_a_fault_of_ours_has_the_safe_headers_too(board_with):
    broken = board_with()
    broken.add_url_rule("/boom", view_func=lambda: 1 / 0)
    answer = broken.test_client().get("/boom")
    assert answer.status_code == 500
    assert {name for name in SAFE if SAFE[name] not in answer.headers.get(name, "")} == set()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ZeroDivisionError" not in answer.text


SAFE = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "X-Request-Id": "",
}


def test_the_policy_allows_nothing_unsafe_and_nothing_from_elsewhere(guest, thread):
    policy = guest.get(thread).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*|blob:", policy)
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["form-action"] == "'self'"
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])


def test_no_page_needs_what_the_policy_forbids(guest, sign_in, thread):
    pages = [
        browser.get(at).text for browser in (guest, sign_in("Mori")) for at in ("/", thread, "/b/alt", "/log")
    ]
    for page in [*pages, sign_in("Bob").get("/new").text, sign_in("Mori").get("/mod").text]:
        # A guest's page holds the one style whose hash the policy names, first of all.
        rest = re.sub(r"<style>.*?</style>", "", page, count=1, flags=re.DOTALL)
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=|javascript:", rest)


def test_no_route_gives_a_guest_a_cookie(app, guest, thread):
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    assert len(rules) > 20
    assert [rule.rule for rule in rules if "Set-Cookie" in guest.get(address_of(rule)).headers] == []


@pytest.mark.parametrize("path", ["/b//alt", "//b//alt", "/t//1", "/t/1//", "/boards//", "/t/1", "/p/1"])
def test_nobody_is_led_to_the_host_that_a_request_names(guest, thread, path):
    answer = guest.get("/", environ_overrides={"PATH_INFO": path, "HTTP_HOST": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")
    assert answer.status_code in (301, 302, 404)


def test_pages_speak_of_https_only_when_the_board_has_it(app, board_with, guest, thread):
    assert "Strict-Transport-Security" not in guest.get(thread).headers
    safe = board_with(BASE_URL="https://board.example.org", DATABASE_URL=app.config["SETTINGS"].database_url)
    answer = safe.test_client().post(
        "/language", data={"language": "ja"}, headers={"Origin": "https://board.example.org"}
    )
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "; Secure;" in answer.headers["Set-Cookie"]
    assert safe.config["VIEWER_COOKIE"].startswith("__Host-")


PROXIED = {
    "X-Forwarded-For": "203.0.113.7, 198.51.100.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        ("0", "127.0.0.1 http localhost"),
        ("1", "198.51.100.1 https localhost"),
        ("2", "203.0.113.7 https localhost"),
        ("3", "127.0.0.1 http localhost"),
    ],
)
def test_only_as_many_proxies_are_believed_as_the_operator_names(board_with, proxies, seen):
    board = board_with(TRUSTED_PROXIES=proxies)
    board.add_url_rule("/seen", view_func=seen_by_us)
    headers = PROXIED | ({"X-Forwarded-Proto": "https, https"} if proxies == "2" else {})
    assert board.test_client().get("/seen", headers=headers).text == seen


def seen_by_us():
    return f"{request.remote_addr} {request.scheme} {request.host}"


def address_of(rule):
    """An address that the rule takes."""
    values = {"thread_id": 1, "post_id": 1, "slug": "alt", "name": "Alice", "token": "x" * 43}
    parts = {name: values.get(name, 1) for name in rule.arguments}
    return rule.build({name: str(value) for name, value in parts.items()}, append_unknown=False)[1]
