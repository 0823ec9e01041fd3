"""Reasons in words: each code that the filter gives has its phrases, and no other has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from forum.screening.words import FOR_AUTHOR, FOR_STAFF, for_author, for_staff
from forum.spam import evidence

SPOKEN = {"trap", "no_form", "quick_form", "rejections", "good_record", "on_topic"}


@pytest.fixture(autouse=True)
def _english(app):
    with app.test_request_context():
        yield


def test_each_code_that_the_filter_gives_has_a_phrase_and_no_other_has():
    assert set(FOR_STAFF) == codes()


def test_authors_are_told_all_but_what_would_help_a_program():
    assert set(FOR_AUTHOR) == codes() - SPOKEN


def test_staff_see_each_reason_with_what_was_found_and_its_weight():
    reasons = [
        {"code": "trap", "weight": 4.0, "detail": ""},
        {"code": "text", "weight": -1.25, "detail": "kotatsu tap"},
    ]
    assert for_staff(reasons) == [
        "The hidden field was filled in (+4.0)",
        "The words are like good posts: kotatsu tap (-1.2)",
    ]


def test_a_code_of_an_older_version_is_shown_as_it_is():
    assert for_staff([{"code": "moon", "weight": 1.0}]) == ["moon (+1.0)"]
    assert for_author([{"code": "moon", "weight": 1.0}]) == ["A moderator looks at it first."]


def test_authors_see_no_detail_and_no_weight():
    reasons = [
        {"code": "text", "weight": 3.0, "detail": "visa"},
        {"code": "repeated", "weight": 3.0, "detail": "9"},
    ]
    assert for_author(reasons) == [
        "Its words are like those of advertisements.",
        "The same text was posted elsewhere.",
    ]


def test_what_speaks_for_the_author_is_no_reason_to_wait():
    assert for_author([{"code": "text", "weight": -3.0}]) == ["A moderator looks at it first."]
    assert for_author([]) == ["A moderator looks at it first."]


def test_a_missing_model_is_said_although_it_weighs_nothing():
    assert "being repaired" in for_author([{"code": "no_model", "weight": 0.0}])[0]


def codes():
    """The first argument of each Reason in the source of the filter."""
    tree = ast.parse(Path(evidence.__file__).read_text())
    calls = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    made = [call.args[0] for call in calls if getattr(call.func, "id", "") in ("Reason", "_reason")]
    return {argument.value for argument in made if isinstance(argument, ast.Constant)}
