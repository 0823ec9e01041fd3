"""Copies are changed as they are said to be, and what was found is counted right."""

from __future__ import annotations

import random

from tools.spam_bench.copies import WORD, changed, is_alike, try_copies
from tools.spam_bench.data import Comment

FILLERS = {True: ["富士山"], False: ["Fuji"]}
ENGLISH = (
    "Our agency near the station gets your papers done in a week so write to us before you lose more time with the"
    " office and bring two photographs"
)
JAPANESE = "三か月も待たされたので駅前の事務所に相談したら一週間で書類が全部そろいました"


def test_one_word_in_ten_becomes_another_of_its_script():
    for text, filler in ((ENGLISH, "Fuji"), (JAPANESE, "富士山")):
        words = len(WORD.findall(text))
        copy = changed(text, random.Random(1), FILLERS)
        assert copy.count(filler) == round(words / 10)
        assert copy.replace(filler, "") != copy


def test_a_short_text_has_one_word_changed():
    assert changed("Buy now", random.Random(1), FILLERS) in ("Fuji now", "Buy Fuji")


def test_two_texts_are_alike_when_half_their_words_follow_each_other():
    assert is_alike(ENGLISH, changed(ENGLISH, random.Random(2), FILLERS))
    assert not is_alike(ENGLISH, "The bus to the pass runs only three times a day from December.")


def test_copies_are_found_and_good_comments_told_apart():
    comments = [
        Comment("1", ENGLISH, True, "s", "en"),
        Comment("2", JAPANESE, True, "s", "ja"),
        Comment("3", "Thanks!", False, "s", "en"),
        Comment(
            "4", "The bus to the pass runs only three times a day from December to March.", False, "s", "en"
        ),
        Comment(
            "5", "The bus to the pass runs only four times a day from December to March.", False, "s", "en"
        ),
    ]
    found = try_copies(comments)
    assert (found.rejected, found.found, found.good) == (2, 2, 3)
    assert (found.pairs, found.false_pairs, found.good_like_spam) == (1, 0, 0)
