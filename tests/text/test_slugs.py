"""Titles in addresses."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.text.slugs import MAX_SLUG_LENGTH, slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Team teaching: what works?", "team-teaching-what-works"),
        ("ＡＬＴの　日常", "altの-日常"),
        ("がぎぐ", "がぎぐ"),
        ("  --a__b--  ", "a-b"),
        ("❤\ufe0f !?", ""),
        ("", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("あ" * 80, "あ" * MAX_SLUG_LENGTH),
    ],
)
def test_a_slug_is_the_words_of_a_title(title, slug):
    assert slugify(title) == slug


@given(st.text())
@example("Cafe\ufe0f\u0301 menu")
@example("0" * 58 + ":\u03000")
def test_a_slug_is_short_and_its_own_slug(title):
    slug = slugify(title)
    assert len(slug) <= MAX_SLUG_LENGTH
    assert slugify(slug) == slug
    assert not set(slug) & set(" /?#%&<>\"'\\.")
