"""What a split learns from, and what it must never have seen."""

from __future__ import annotations

import json

import pytest

from tools.spam_bench import data
from tools.spam_bench.data import Comment, Split


def comment(number: int, source: str) -> Comment:
    return Comment(f"t{number}", "Hello.", False, source, "en")


def test_whole_sources_are_learnt_or_left_out():
    comments = [
        comment(number, source) for number, source in enumerate(("reddit-TEFL", "reddit-korea", "sms-uci"))
    ]
    learnt, tried = data.divided(comments, Split("T", ("reddit-T*", "sms-uci")))
    assert [one.source for one in learnt] == ["reddit-TEFL", "sms-uci"]
    assert [one.source for one in tried] == ["reddit-korea"]


def test_of_a_halved_source_each_comment_is_in_one_half():
    comments = [comment(number, "telegram-ru") for number in range(400)]
    learnt, tried = data.divided(comments, Split("S", (), ("telegram-ru",)))
    assert {*learnt, *tried} == set(comments)
    assert not set(learnt) & set(tried)
    assert 150 < len(learnt) < 250


def test_labels_come_from_comments_that_are_not_scored():
    comments = [comment(number, "telegram-ru") for number in range(400)]
    pool, scored = data.in_halves(comments)
    assert {*pool, *scored} == set(comments)
    assert not set(pool) & set(scored)
    assert 150 < len(pool) < 250
    assert data.in_halves(reversed(comments))[0] == pool
    assert pool != sorted(pool, key=comments.index)


def test_the_halves_of_a_source_are_both_in_the_pool_and_in_what_is_scored():
    """Else a split that learns one half of a source would have nothing of the other to be taught or tried on."""
    comments = [comment(number, "telegram-ru") for number in range(400)]
    _learnt, tried = data.divided(comments, Split("S", (), ("telegram-ru",)))
    assert all(len(half) > 50 for half in data.in_halves(tried))


def test_a_line_may_lack_author_and_url(tmp_path):
    row = {"id": "t1", "text": "Hi", "label": "spam", "source": "s", "lang": "en", "author": None}
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps(row) + "\n\n")
    assert data.development(path) == [Comment("t1", "Hi", True, "s", "en")]


@pytest.mark.parametrize(
    ("text", "lang"), [("Hello 茶", "zh"), ("お茶", "ja"), ("Привет", "ru"), ("안녕", "ko"), ("Hello", "en")]
)
def test_a_language_is_guessed_by_script(text, lang):
    assert data._language(text) == lang
