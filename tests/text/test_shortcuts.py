"""What is left out for speed changes nothing: each shortcut answers as the long way does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from forum.text import dialect, languages
from forum.text.rendering import render

PIECES = [
    *" \n.,:@/-_~`*[](){}<>|　、。「」",
    *("http", "https://", "HTTP://", "mailto:", "ftp://", "www.", "Www.", "localhost", "ſ", "K"),
    *("example", ".com", ".org/a?b=1", "example.jp", "a@b.jp", "192.168.1.1", "xn--zckzah", "日本.jp"),
    *("tea", "É", "お茶", "ｶ", "12", "```\n", "~~~\n", "`x y`", "://", "＠", "："),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=40)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_an_address_is_found_where_the_library_finds_one(text):
    assert dialect._LINKIFIER.test(text) == LinkifyIt.test(dialect._LINKIFIER, text)
    assert dialect._LINKIFIER.pretest(text) == LinkifyIt.pretest(dialect._LINKIFIER, text)


@settings(max_examples=500, deadline=None)
@given(TEXTS, st.sampled_from(["en", "ja"]))
def test_a_language_is_told_as_by_counting_every_letter(text, otherwise):
    prose = languages._NOT_PROSE.sub(" ", text)
    n_japanese = sum(map(len, languages._JAPANESE.findall(prose)))
    n_latin = sum(map(len, languages._LATIN.findall(prose)))
    says_more = "ja" if n_japanese * languages.LATIN_LETTERS_PER_CHARACTER > n_latin else "en"
    assert languages.language_of(text, otherwise) == (says_more if n_japanese + n_latin else otherwise)


@pytest.fixture(scope="module")
def plain_linkifier():
    """The board's linkifier without its shortcuts."""
    plain = type("Plain", (dialect._Linkifier,), {"test": LinkifyIt.test, "pretest": LinkifyIt.pretest})
    return plain({"ftp:": None, "//": None})


@settings(max_examples=500, deadline=None)
@given(text=TEXTS)
def test_the_html_is_the_same(plain_linkifier, text):
    quick = render(text)
    kept, dialect.MARKDOWN.linkify = dialect.MARKDOWN.linkify, plain_linkifier
    try:
        assert render(text) == quick
    finally:
        dialect.MARKDOWN.linkify = kept
