"""What is left out for speed changes nothing: each shortcut answers as the long way does."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from linkify_it import LinkifyIt
from markdown_it.rules_core import inline

from forum.text import dialect, languages, rendering
from forum.text.rendering import render

PIECES = [
    *" \n.,:@/-_~`*[](){}<>|　、。「」",
    *("http", "https://", "HTTP://", "mailto:", "ftp://", "www.", "Www.", "localhost", "ſ", "K"),
    *("example", ".com", ".org/a?b=1", "example.jp", "a@b.jp", "192.168.1.1", "xn--zckzah", "日本.jp"),
    *("tea", "É", "お茶", "ｶ", "12", "```\n", "~~~\n", "`x y`", "://", "＠", "："),
]
LINES = [
    *("", "", "    e", "   d", "\tf", "* ", "b  ", "a\\", "\u00a0", "| a | b |"),
    *"Word.;雪が;é;Ⅷ;- a;1. b;1) c;# g;> h;> - i;+ j;_l_;***;---;===;```;~~~;|---|---|".split(";"),
    *"[x]: /u;[x];[y](/b);<b>;@bob;{漢字|かんじ};http://x.yz/q;x.com;>;a:;~~k~~;`m`".split(";"),
    *("&amp;", "&#38634;"),
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
@example(text="example.jp`x y`:")
@example(text="www. localhost &#119;ww&#46;a&#46;com")
def test_the_html_is_the_same(plain_linkifier, text):
    quick = render(text)
    kept, dialect.MARKDOWN.linkify = dialect.MARKDOWN.linkify, plain_linkifier
    try:
        assert render(text) == quick
    finally:
        dialect.MARKDOWN.linkify = kept


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=7).map("\n".join))
def test_a_line_that_is_passed_by_the_rules_is_what_they_make_of_it(text):
    quick = render(text, {"bob": "Bob"})
    kept, dialect.MARKDOWN = dialect.MARKDOWN, dialect._build()
    rendering.MARKDOWN = dialect.MARKDOWN
    dialect.MARKDOWN.block.ruler.disable("lone_line")
    dialect.MARKDOWN.core.ruler.at("inline", inline)
    try:
        assert render(text, {"bob": "Bob"}) == quick
    finally:
        dialect.MARKDOWN = rendering.MARKDOWN = kept


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=7).map("\n".join))
def test_a_text_of_ascii_alone_is_marked_as_any_other(text):
    """Told and marked by looking at each block, as in a text of both languages."""
    quick, slow = (dialect.MARKDOWN.parse(text, dialect.environment({})) for _ in range(2))
    assert rendering._mark_languages(quick) == rendering._mark_each_block(slow)
    assert quick == slow


TAGS = '<p>|</p>|\n|<br>|<em>|<b|a "b"|it\'s|&amp;|&|>|\u00a0|\r|é雪|\0'.split("|")
HTML = st.lists(st.sampled_from(TAGS), max_size=9).map("".join)


@settings(max_examples=1000, deadline=None)
@given(HTML | st.text(max_size=20).map("<p>{}</p>".format))
@example("<p>a<br>\nb</p>\n<p></p>")
@example("<p>\ufeff\u2028\x0c\x85</p>")
def test_what_passes_the_sanitiser_as_it_is_comes_out_as_it_went_in(html):
    assert rendering._sanitised(html) == rendering._SANITISER.clean(html)


def test_paragraphs_of_japanese_with_breaks_need_no_sanitiser(monkeypatch):
    monkeypatch.setattr(rendering, "_SANITISER", None)
    assert (
        render("お茶を飲む。\n雪が降る。\n\nまた明日。").html
        == "<p>お茶を飲む。<br>\n雪が降る。</p>\n<p>また明日。</p>"
    )


WORDS = (
    'Tea|don\'t|a "b" c|e-mail|50%|$5|#1|1. one|2 b|x = y|---|- i|===|end.|a.b|(c)|www.a|localhost|a.com|C++'
)
ENDS = "10.0.0.1|ok!|x^2|q?|;|}|\t|\n|\n|\n\n|\n\n\n| |  \n|é"
PLAIN = [*WORDS.split("|"), *ENDS.split("|")]


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.sampled_from(PLAIN), max_size=12).map("".join) | TEXTS)
@example("")
@example("One\nTwo\n\nThree")
def test_a_text_of_words_alone_is_rendered_as_any_other(text):
    quick = render(text)
    kept, rendering.plain_paragraphs = rendering.plain_paragraphs, lambda _text: None
    try:
        assert render(text) == quick
    finally:
        rendering.plain_paragraphs = kept
