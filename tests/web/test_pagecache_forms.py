"""A kept page in its languages and codings, with its body or without, or only word that the visitor has it."""

from __future__ import annotations

import pytest

from forum.web.compression import CODINGS
from forum.web.language import choose
from tests.conftest import browser
from tests.web.kept import (
    PAGES,
    THREAD,
    asked,
    change,
    is_kept,
    odd,
    seen,
    together,
)

pytestmark = pytest.mark.usefixtures("old_board")


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "ja", "ja"),
        ("", "ja-JP,ja;q=0.9,en;q=0.5", "ja"),
        ("", "en;q=0.4, ja;q=0.6", "ja"),
        ("", "de, fr;q=0.5", "en"),
        ("", "*", "en"),
        ("", "ja;q=oops, ;;;,", "en"),
        ("language=ja", "en", "ja"),
        ("language=en", "ja", "en"),
        ("language=xx", "ja", "ja"),
        ("language=", "ja", "ja"),
        ("language=ja; language=en", "", "ja"),
        ("language=../../en", "", "en"),
        ("", "ja," + "x" * 100_000, "ja"),
    ],
)
def test_everybody_gets_the_page_in_their_language(app, cookie, accepted, language):
    assert choose("", accepted) == language or cookie
    for address in PAGES:
        right = {tongue: asked(app, address, headers={"Accept-Language": tongue}) for tongue in ("en", "ja")}
        answer = odd(app, address, HTTP_ACCEPT_LANGUAGE=accepted, HTTP_COOKIE=cookie)
        assert is_kept(answer)
        assert seen(answer) == right[language]


def test_the_languages_do_not_mix_when_the_other_one_comes_first(app):
    for tongues in (("ja", "en"), ("en", "ja")):
        app.extensions["pagecache"].clear()
        for tongue in tongues:
            page = browser(app).get("/", headers={"Accept-Language": tongue}).text
            assert f'<html lang="{tongue}"' in page


@pytest.mark.parametrize("first", ["", *CODINGS])
@pytest.mark.parametrize("address", [THREAD, "/feed.atom"])
def test_each_coding_holds_the_same_page(guest, address, first):
    guest.get(address, headers={"Accept-Encoding": first})
    plain = guest.get(address)
    for name, coding in CODINGS.items():
        packed = guest.get(address, headers={"Accept-Encoding": name})
        assert coding.unpack(packed.data) == plain.data
        assert packed.headers["Content-Encoding"] == name
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert packed.headers["ETag"] == plain.headers["ETag"]
        others = {"Content-Encoding", "Content-Length"}
        assert [i for i in packed.headers if i[0] not in others] == [
            i for i in plain.headers if i[0] not in others
        ]


def test_browsers_with_different_codings_may_meet_at_a_page(app, guest):
    plain = guest.get(THREAD).data
    wrong: list[object] = []

    def ask(name):
        for _ in range(20):
            app.extensions["pagecache"].clear()
            answer = browser(app).get(THREAD, headers={"Accept-Encoding": name})
            body = CODINGS[name].unpack(answer.data) if name else answer.data
            if body != plain or answer.headers.get("Content-Encoding", "") != name:
                wrong.append(answer)

    together(*((ask, name) for name in ("", *CODINGS) for _ in range(2)))
    assert wrong == []


@pytest.mark.parametrize(
    "known",
    ["{tag}", "{strong}", '"x", {tag}', '{tag}, "x"', '"x",{strong},W/"y"', "*", "W/{strong}", " {tag} "],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_page_is_told_so(guest, known, method):
    page = guest.get(THREAD)
    tag = page.headers["ETag"]
    known = known.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = guest.open(THREAD, method=method, headers={"If-None-Match": known})
    assert (answer.status_code, answer.data, is_kept(answer)) == (304, b"", True)
    kept = {name: value for name, value in page.headers if name not in ("Content-Type", "Content-Length")}
    assert dict(answer.headers) == kept


@pytest.mark.parametrize(
    "known", ["", "garbage", '"', '""', 'W/"', "W/", "'{tag}'", "{half}", "\xff", '"x", "y"', ",,,", "{tag}x"]
)
def test_who_has_another_page_gets_this_one(app, guest, innocent, known):
    tag = guest.get(THREAD).headers["ETag"]
    known = known.format(tag=tag.removeprefix("W/").strip('"'), half=tag[:-4] + '"')
    answer = guest.get(THREAD, headers={"If-None-Match": known})
    assert seen(answer) == innocent[THREAD]


def test_who_has_an_earlier_page_gets_the_present_one(app, guest):
    tag = guest.get(THREAD).headers["ETag"]
    change(app, "UPDATE posts SET html = '<p>Thaw.</p>' WHERE id = 1")
    answer = guest.get(THREAD, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Thaw." in answer.text


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("coding", ["", "br"])
def test_head_is_get_without_the_body(app, guest, address, coding):
    for first, second in (("HEAD", "GET"), ("GET", "HEAD")):
        app.extensions["pagecache"].clear()
        answers = {
            m: guest.open(address, method=m, headers={"Accept-Encoding": coding}) for m in (first, second)
        }
        # What is asked for again is compressed more densely, so the second answer may be the shorter one.
        for answer in answers.values():
            assert int(answer.headers.pop("Content-Length")) > 0
        assert list(answers["HEAD"].headers) == list(answers["GET"].headers)
        assert answers["HEAD"].data == b""
        again = {
            m: guest.open(address, method=m, headers={"Accept-Encoding": coding}) for m in ("HEAD", "GET")
        }
        assert again["HEAD"].headers["Content-Length"] == str(len(again["GET"].data))
