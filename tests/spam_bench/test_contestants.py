"""Each contestant learns a lesson that anybody can learn, and disguises leave links alone."""

from __future__ import annotations

import random

import pytest

from forum.spam.model import Model
from forum.spam.seeding import Lesson
from tools.spam_bench.bogofilter import PROGRAM, Bogofilter
from tools.spam_bench.data import Comment
from tools.spam_bench.disguises import DISGUISES, disguise
from tools.spam_bench.ours import Ours
from tools.spam_bench.plain import Plain
from tools.spam_bench.trial import Contestant

LINK = "https://casino-bonus.example.com/win"
SPAM = [f"Win at the casino number {number} with a bonus today {LINK}" for number in range(30)]
GOOD = [
    f"The bus number {number} leaves from the town hall at seven\nFrom there it is a short walk"
    for number in range(30)
]


def comments(texts: list[str], *, is_spam: bool) -> list[Comment]:
    return [Comment(f"{is_spam}{n}", text, is_spam, "s", "en") for n, text in enumerate(texts)]


def test_they_tell_a_casino_from_a_bus(tmp_path):
    Model.empty().save(tmp_path / "empty.bin")
    contestants: list[Contestant] = [
        Plain(),
        Ours(tmp_path / "empty.bin", [Lesson("Lunch is at noon.", is_spam=False)]),
    ]
    if PROGRAM:
        contestants.append(Bogofilter(tmp_path))
    lessons = comments(SPAM[:20], is_spam=True) + comments(GOOD[:20], is_spam=False)
    for contestant in contestants:
        contestant.learn(lessons)
        spam = contestant.scores(comments(SPAM[20:], is_spam=True))
        good = contestant.scores(comments(GOOD[20:], is_spam=False))
        assert min(spam) > max(good)


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_the_text_the_same_way_each_time(name):
    assert disguise(SPAM[0], name, "1") == disguise(SPAM[0], name, "1")
    assert disguise(SPAM[0] * 3, name, "1") != SPAM[0] * 3
    assert (LINK in disguise(SPAM[0], name, "1")) == (name not in ("shorteners", "all"))


def test_spaces_between_words_stay():
    for name in ("homoglyphs", "zero-width", "leet"):
        dressed = DISGUISES[name]("one two\nthree", random.Random(3))
        assert len(dressed.split()) == 3
