"""Nothing invisible gets into a text, and nothing visible gets lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text.cleaning import MAX_STACKED_MARKS, clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\n\n  a  \n\tb \u3000\n\n", "  a\n\tb"),
        ("e\u0301 か\u3099", "é が"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\u202eevil\u202c \u2066x\u2069 \u200fy", "evil x y"),
        ("fr\u200bee\u2060\ufeff\xad", "free"),
        ("f\u200dr\u200cee", "free"),
        ("\ud83d a", " a"),
        ("a\ufe0f\U000e0101", "a"),
        ("\U000e0041\U000e0042hidden", "hidden"),
        ("\u3164\u115f\u2800x", "x"),
    ],
)
def test_what_hides_or_breaks_text_goes(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "葛\U000e0100城 日本語のテキスト、「引用」。",
        "می\u200cخواهم क्\u200dष",
        "Tiếng Việt",
        "    code\n\tindented",
    ],
)
def test_what_people_need_stays(text):
    assert clean(text) == text


def test_towers_of_accents_are_cut():
    assert len(clean("x" + "\u0323" * 50)) <= 1 + MAX_STACKED_MARKS


CHARS = st.one_of(
    st.characters(),
    st.sampled_from("\u200c\u200d\ufe0f\ufe0e\u202e👩❤葛م\u0301\u3099\r\n \U000e0100\U000e0041"),
)


@given(st.text(CHARS))
def test_cleaning_twice_changes_nothing_and_leaves_only_clean_text(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cleaned if char not in "\n\t")
    cleaned.encode()
