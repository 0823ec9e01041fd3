"""Reasons in words: each code that the filter gives has its phrases, and no other has."""

from __future__ import annotations

import re

import pytest

from forum.screening.words import FOR_AUTHOR, FOR_STAFF, for_author, for_staff
from forum.spam import signals
from forum.spam.weights import PRIORS, UNWEIGHED

# What would tell the writer of a program what to mend, what nobody can mend, and what speaks for the author.
UNSPOKEN = {
    *(
        "trap",
        "no_form",
        "quick_form",
        "pasted",
        "disposable_mail",
        "network",
        "burst",
        "fresh",
        "rejections",
    ),
    *("akismet", "stopforumspam", "rule_phrase", "rule_site"),
    *("good_record", "on_topic", "off_topic", "stock_praise", "site_approved"),
}


@pytest.fixture(autouse=True)
def _english(app):
    with app.test_request_context():
        yield


def test_each_code_that_the_filter_gives_has_a_phrase_and_no_other_has():
    assert set(FOR_STAFF) == codes()


def test_authors_are_told_all_but_what_would_help_a_program():
    assert set(FOR_AUTHOR) == codes() - UNSPOKEN


def test_staff_see_each_reason_with_what_was_found_and_its_weight():
    reasons = [
        {"code": "trap", "weight": 4.0, "detail": ""},
        {"code": "text", "weight": -1.25, "detail": "kotatsu tap"},
    ]
    assert for_staff(reasons) == [
        "The hidden field was filled in (+4.0)",
        "The words are like good posts: kotatsu tap (-1.2)",
    ]


def test_in_japanese_the_phrase_has_japanese_signs(app):
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        [said] = for_staff([{"code": "pasted", "weight": 0.3, "detail": "95%"}])
    assert said == "大部分が貼り付け：95%（+0.3）"


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


def test_each_code_is_explained_where_the_evidence_is_found():
    listed = re.findall(r"^    ([a-z_, ]+?)  ", signals.__doc__ or "", re.MULTILINE)
    assert {code for names in listed for code in names.split(", ")} == codes()


def codes():
    """Every code that can stand in a verdict."""
    return PRIORS.keys() - {"base"} | UNWEIGHED
