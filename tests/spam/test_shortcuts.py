"""What is left out for a text of ASCII alone changes nothing: each shortcut answers as the long way does."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.spam import folding, lexicon, nearness, traits
from forum.spam.fingerprints import fingerprint

ASCII = st.text(st.characters(max_codepoint=127), max_size=60)
PIECES = [
    *"abzAZ019._-*@$| \n'é雪Ж:/!?",
    "f r e e",
    "c.a.s",
    "v1agra",
    "://",
    "www.",
    "Big Red Thing",
    "whats app",
    "、",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40)


@settings(max_examples=500, deadline=None)
@given(ASCII)
def test_a_fingerprint_is_that_of_the_same_text_with_something_invisible(text):
    assert fingerprint(text) == fingerprint(f"{text}\u200b")


@settings(max_examples=500, deadline=None)
@given(ASCII)
def test_words_are_those_that_any_text_has(text):
    folded = folding.fold(text).text
    assert list(traits.words_of(folded)) == traits.RUN.findall(folded)
    assert nearness._tokens(folded) == nearness.TOKEN.findall(folded)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_a_phrase_is_found_where_it_stands(text):
    for vocabulary in (*lexicon.VOCABULARIES.values(), lexicon.PRAISE):
        assert lexicon.says(vocabulary, text, []) == any(phrase in text for phrase in vocabulary.phrases)


@settings(max_examples=1000, deadline=None)
@given(TEXTS)
def test_a_quick_look_finds_what_a_slow_one_does(text):
    """Each beside the same in the order in which one would write it."""
    text = text.lower()
    assert bool(folding.LINK_SIGN.search(text)) == bool(re.search(r"[\w-]\.[a-z]|://", text))
    assert bool(folding.LEET_SIGN.search(text)) == bool(re.search(r"[a-z][4310$7@5]|[4310$7@5][a-z]", text))
    assert folding.SPACED_SIGN.search(text) or not folding.SPACED.search(text)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_capitals_are_found_where_a_word_begins_with_them(text):
    assert traits.CAPITALISED.findall(text) == re.findall(r"(?<![^\W_])[A-Z][A-Za-z]*", text)
    named = re.search(r"(?<=[a-z,;] )(?:[A-Z][\w']{0,30} ){1,5}[A-Z][\w']", text)
    assert bool(traits.NAMED_THING.search(text)) == bool(named)
