"""Static files: under names of their content, kept for ever."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from forum.db import write
from forum.web.assets import SHEETS
from tests import makers


@pytest.fixture
def sheet(app):
    """The address of a style sheet."""
    return app.config["ASSETS"]["css/base.css"]


def test_a_name_holds_a_hash_of_the_content(app, guest, sheet):
    assert re.fullmatch(r"/static/css/base\.[0-9a-f]{12}\.css", sheet)
    assert guest.get(sheet, buffered=True).data == Path("static/css/base.css").read_bytes()


def test_a_file_is_kept_for_ever_and_says_what_it_is(guest, sheet):
    headers = guest.get(sheet, buffered=True).headers
    assert "immutable" in headers["Cache-Control"]
    assert "max-age=315360000" in headers["Cache-Control"]
    assert headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


def test_a_file_travels_compressed(guest, sheet):
    answer = guest.get(sheet, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == guest.get(sheet, buffered=True).data


def test_a_guests_page_holds_its_styles_and_the_policy_lets_just_these_be(guest):
    answer = guest.get("/boards")
    (styles,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]
    assert "--paper:" in styles
    assert ".site-header :is(.frame, nav, .language)" in styles
    assert 'rel="stylesheet"' not in answer.text


def test_a_members_page_leads_to_style_sheets_that_are_kept(app, sign_in):
    with app.app_context(), write() as session:
        makers.member(session, "Bob")
    text = sign_in("Bob").get("/boards").text
    assert "<style" not in text
    assert [f"css/{sheet}." in text for sheet in SHEETS] == [True] * len(SHEETS)


def test_every_file_is_there_and_needs_no_database(board_with):
    board = board_with()
    browser = board.test_client()
    assert {
        browser.get(address, buffered=True).status_code for address in board.config["ASSETS"].values()
    } == {200}


@pytest.mark.parametrize(
    "path",
    [
        "css/base.css",
        "",
        "css/",
        "../wsgi.py",
        "..%2fwsgi.py",
        "%2e%2e/secret_key",
        "css/base.000000000000.css",
        "../secret_key",
    ],
)
def test_nothing_else_is_served(guest, path):
    assert guest.get(f"/static/{path}", buffered=True).status_code == 404


def test_files_of_earlier_versions_stay(board_with, data_dir):
    old = data_dir / "static" / "css" / "base.0123456789ab.css"
    old.parent.mkdir(parents=True)
    old.write_text("a { color: red }")
    assert (
        board_with().test_client().get("/static/css/base.0123456789ab.css", buffered=True).text
        == "a { color: red }"
    )


def test_a_page_names_only_files_that_are_there(guest):
    named = set(re.findall(r'"(/static/[^"]+)"', guest.get("/", buffered=True).text))
    assert named
    assert {guest.get(address, buffered=True).status_code for address in named} == {200}
