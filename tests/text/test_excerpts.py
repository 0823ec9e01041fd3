"""The first words of a text, whole, on one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text.excerpts import cut, excerpt
from forum.text.rendering import render


@pytest.mark.parametrize(
    ("source", "limit", "text"),
    [
        ("Short *and* sweet.", 50, "Short and sweet."),
        ("One\n\nTwo\nThree", 50, "One Two Three"),
        ("The quick brown fox", 12, "The quick…"),
        ("The quick, brown fox", 12, "The quick…"),
        ("Unbreakable", 6, "Unbre…"),
        ("日本語の文はどこでも切れます", 6, "日本語の文…"),
        ("{漢字|かんじ}を読む", 50, "漢字を読む"),
        ("Look:\n```\ncode\n```\nHere.", 50, "Look: Here."),
        ("```\nonly code\n```", 50, "only code"),
        ("> her words\n\nMy words", 50, "My words"),
        ("> her words", 50, "her words"),
        ("Use `x < 1` & go", 50, "Use x < 1 & go"),
        ("", 10, ""),
    ],
)
def test_an_excerpt_is_the_beginning_in_whole_words(source, limit, text):
    assert excerpt(render(source).html, limit) == text


def test_a_cut_tears_no_emoji_and_no_accent():
    assert cut("ab👩\u200d👧", 4) == "ab"
    assert cut("abx\u0323\u0323", 4) == "ab"
    assert cut("ab👍🏽👍🏽", 3) == "ab"
    assert cut("ab🏴\U000e0067\U000e0062\U000e007f", 4) == "ab"
    assert cut("ab🇯🇵🇫🇷🇮🇹", 5) == cut("ab🇯🇵🇫🇷🇮🇹", 4) == "ab🇯🇵"


@pytest.mark.parametrize(
    ("text", "limit", "beginning"),
    [
        ("हिन्दी में लिखना", 13, "हिन्दी में"),
        ("שָׁלוֹם עוֹלָם", 11, "שָׁלוֹם"),
        ("a na\u0308\u0330ive", 6, "a"),
        ("書か\u3099く", 3, "書か\u3099"),
        ("a ☀\ufe0fsun", 5, "a ☀\ufe0f"),
    ],
)
def test_a_word_is_whole_with_its_accents(text, limit, beginning):
    assert cut(text, limit) == beginning


@given(st.text(), st.integers(1, 60))
def test_an_excerpt_keeps_its_limit(text, limit):
    assert len(excerpt(render(text).html, limit)) <= limit
