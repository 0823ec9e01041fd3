"""English or Japanese, as a reader would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I sort my gomi?", "en"),
        ("ゴミの分別について", "ja"),
        ("I went to 京都 and saw 清水寺 with my class.", "en"),
        ("JETプログラムのALTとして働いています。", "ja"),
        ("ESIDという言葉をよく聞きます。どういう意味ですか。", "ja"),
        ("詳しくは https://www.example.com/a/very/long/address/that/is/english を見てください", "ja"),
        ("これです:\n```python\nfor every_member in everybody: print(every_member)\n```", "ja"),
        ("`for_every_member_in_everybody` のこと", "ja"),
        ("ｶﾀｶﾅ", "ja"),
        ("Où est l'école ?", "en"),
        ("123 :-)", "en"),
        ("", "en"),
    ],
)
def test_a_text_has_the_language_that_says_more_of_it(text, language):
    assert language_of(text) == language


def test_a_text_without_letters_has_the_language_around_it():
    assert language_of("2026-11-22", "ja") == "ja"


@given(st.text())
def test_every_text_has_a_language(text):
    assert language_of(text) in ("en", "ja")
