"""What is found in a submission: each code, its value and its detail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forum.spam.evidence import (
    DAY_S,
    MOST_COUNTED,
    Copies,
    Knowledge,
    Reading,
    Record,
    Standing,
    Submission,
    added_passages,
    standing_of,
)
from forum.spam.signals import Signal, signals
from forum.spam.sites import SiteRecord
from forum.spam.weights import PRIORS, UNWEIGHED

NEWCOMER = Record(age_s=DAY_S, approved=0, rejected=0)
KNOWN = replace(NEWCOMER, approved=1)
LONG = "The kerosene heater is cheaper than the air conditioner. " * 5
GOOD_SITE, BAD_SITE, OLD_SITE, NEW_SITE = (
    SiteRecord("isa.go.jp", 20, 0),
    SiteRecord("bags.example", 0, 6),
    SiteRecord("old.example", age_s=7 * DAY_S),
    SiteRecord("x.example", age_s=6.9 * DAY_S),
)


def found(record: Record = NEWCOMER, text: dict[str, Any] | None = None, **known: Any) -> dict[str, Signal]:
    submission = Submission(**{"kind": "reply", "body": LONG, "form_age_s": 60.0, **(text or {})})
    knowledge = Knowledge(Reading(0.0), record, **known)
    every = list(signals(submission, knowledge, standing_of(record)))
    assert len({signal.code for signal in every}) == len(every)
    assert {signal.code for signal in every} <= PRIORS.keys() | UNWEIGHED
    return {signal.code: signal for signal in every if signal.code != "text"}


def test_a_plain_reply_says_nothing():
    assert found() == {}


@pytest.mark.parametrize(
    ("record", "text", "known", "code", "value", "detail"),
    [
        (NEWCOMER, {"is_trap_filled": True}, {}, "trap", 1.0, ""),
        (NEWCOMER, {"form_age_s": None}, {}, "no_form", 1.0, ""),
        (NEWCOMER, {"form_age_s": 0.41}, {}, "quick_form", 1.0, "0.4"),
        (NEWCOMER, {"form_age_s": 3.0}, {}, "quick_form", 0.28, "3.0"),
        (NEWCOMER, {"pasted_share": 0.9}, {}, "pasted", 0.9, "90%"),
        (NEWCOMER, {}, {"same_text_rejected": 1}, "rejected_before", 1.0, "1"),
        (NEWCOMER, {}, {"same_text_rejected": 7}, "rejected_before", 1.43, "7"),
        (NEWCOMER, {}, {"copies": Copies(rejected=0.75)}, "near_rejected", 0.75, "75%"),
        (NEWCOMER, {}, {"copies": Copies(waiting=0.75)}, "near_waiting", 0.75, "75%"),
        (NEWCOMER, {}, {"same_text_elsewhere": 1}, "repeated", 1.0, "1"),
        (NEWCOMER, {}, {"copies": Copies(elsewhere=1)}, "repeated", 1.0, "1"),
        (NEWCOMER, {}, {"copies": Copies(elsewhere=1), "same_text_elsewhere": 2}, "campaign", 1.1, "3"),
        (NEWCOMER, {}, {"same_text_elsewhere": 50}, "campaign", 1.5, "50"),
        (NEWCOMER, {"added_links": 3, "links": ("http://x.example",)}, {}, "added_links", 1.4, "x.example"),
        (KNOWN, {"added_links": 1, "links": ("http://x.example",)}, {}, "added_links", 0.4, "x.example"),
        (NEWCOMER, {"links": ("http://x.example",) * 4}, {}, "many_links", 1.0, "x.example"),
        (KNOWN, {}, {"sites": (GOOD_SITE, BAD_SITE)}, "site_rejected", 1.946, "bags.example"),
        (KNOWN, {}, {"sites": (GOOD_SITE,)}, "site_approved", 3.0, "isa.go.jp"),
        (NEWCOMER, {}, {"sites": (GOOD_SITE, NEW_SITE)}, "site_unknown", 1.0, "x.example"),
        (NEWCOMER, {}, {"sites": (OLD_SITE, NEW_SITE)}, "site_unknown", 1.0, "x.example"),
        (NEWCOMER, {}, {"sites": (OLD_SITE,)}, "site_unknown", 0.5, "old.example"),
        (KNOWN, {"added_links": 1}, {"sites": (NEW_SITE,)}, "site_unknown", 1.0, "x.example"),
        (KNOWN, {}, {"sites": (SiteRecord("bit.ly/3x"),)}, "shortener", 1.0, "bit.ly/3x"),
        (
            KNOWN,
            {"links": ("http://x.example",), "added_links": 1, "post_age_s": 90_000.0},
            {"sites": (NEW_SITE,)},
            "late_links",
            1.0,
            NEW_SITE.site,
        ),
        (NEWCOMER, {"context": "A kerosene heater?"}, {}, "on_topic", 1.0, "heater kerosene"),
        (NEWCOMER, {"body": "Just a heater.", "context": "A heater?"}, {}, "on_topic", 0.5, "heater"),
        (
            NEWCOMER,
            {"body": "灯油ヒーターがおすすめです。", "context": "ヒーター?"},
            {},
            "on_topic",
            0.5,
            "ヒーター",
        ),
        (
            NEWCOMER,
            {"body": "Try okonomiyaki, noodles, ramen.", "context": "A heater?"},
            {},
            "off_topic",
            0.5,
            "",
        ),
        (
            NEWCOMER,
            {"body": "Such a great post, my friend.", "context": "A heater?"},
            {},
            "stock_praise",
            1.0,
            "",
        ),
        (
            NEWCOMER,
            {"body": "とても参考になりました。また訪問させていただきます。", "context": "暖房は?"},
            {},
            "stock_praise",
            1.0,
            "",
        ),
        (NEWCOMER, {}, {"recent_posts": 11}, "pace", 3.0, "11"),
        (NEWCOMER, {}, {"recent_posts": MOST_COUNTED}, "pace", 10.0, f"{MOST_COUNTED}+"),
        (NEWCOMER, {}, {"newcomers_texts": 16}, "burst", 2.0, "16"),
        (replace(NEWCOMER, age_s=0.25 * DAY_S), {}, {}, "fresh", 0.75, ""),
        (replace(NEWCOMER, is_confirmed=False), {}, {}, "unconfirmed", 1.0, ""),
        (replace(NEWCOMER, is_mail_disposable=True), {}, {}, "disposable_mail", 1.0, ""),
        (NEWCOMER, {}, {"neighbours_rejected": 3, "neighbours_approved": 1}, "network", 0.693, "3, 1"),
        (NEWCOMER, {}, {"neighbours_approved": 90}, "network", -1.0, "0, 90"),
        (NEWCOMER, {}, {"neighbours_rejected": 90}, "network", 2.0, "90, 0"),
        (replace(NEWCOMER, rejected=9), {}, {}, "rejections", 4.0, "9"),
        (replace(NEWCOMER, approved=3), {}, {}, "good_record", 2.0, "3"),
        (
            NEWCOMER,
            {},
            {"rules": (("phrase", "cheap visa"), ("phrase", "visa"))},
            "rule_phrase",
            1.0,
            "cheap visa",
        ),
        (NEWCOMER, {}, {"rules": (("site", "x.example"),)}, "rule_site", 1.0, "x.example"),
        (NEWCOMER, {}, {"opinions": {"akismet": 2.0}}, "akismet", 2.0, ""),
        (NEWCOMER, {}, {"opinions": {"stopforumspam": -0.5}}, "stopforumspam", -0.5, ""),
        (NEWCOMER, {}, {"silent_services": ("akismet",)}, "service_down", 1.0, "akismet"),
    ],
)
def test_each_piece_of_evidence(record, text, known, code, value, detail):
    signal = found(record, text, **known)[code]
    assert signal.value == pytest.approx(value, abs=0.001)
    assert signal.detail == detail


@pytest.mark.parametrize(
    ("record", "text", "known"),
    [
        (NEWCOMER, {"form_age_s": 4.0}, {}),
        (NEWCOMER, {"body": "Yes: https://isa.go.jp/", "pasted_share": 1.0}, {}),
        (NEWCOMER, {"body": "Thank you!"}, {"same_text_elsewhere": 12}),
        (KNOWN, {"links": ("http://x.example",) * 9}, {"sites": (NEW_SITE,)}),
        (NEWCOMER, {}, {"recent_posts": 8}),
        (NEWCOMER, {}, {"newcomers_texts": 4}),
        (KNOWN, {}, {"newcomers_texts": 40}),
        (NEWCOMER, {}, {"neighbours_approved": 2, "neighbours_rejected": 2}),
        (NEWCOMER, {"body": "Yes!", "context": "How do I get to Okayama?"}, {}),
    ],
)
def test_what_good_members_do_says_nothing(record, text, known):
    assert found(record, text, **known).keys() <= {"good_record"}


def test_the_very_same_text_is_not_counted_again_as_a_near_one():
    codes = found(same_text_rejected=1, copies=Copies(rejected=0.9)).keys()
    assert "rejected_before" in codes
    assert "near_rejected" not in codes


def test_links_that_trusted_members_add_say_nothing():
    record = Record(age_s=99 * DAY_S, approved=50, rejected=0)
    assert standing_of(record) is Standing.TRUSTED
    assert found(record, {"added_links": 3}, sites=(NEW_SITE,)).keys() == {"good_record"}


def test_the_passages_that_an_edit_adds():
    old = "We heat one room only. It is cold.\nGood luck!"
    new = "We heat one room only. It is very cold.\nGood luck! Buy heaters at x.example\n\nこんにちは。新しい文です。"
    assert added_passages(old, new).split("\n") == [
        "It is very cold.",
        "Buy heaters at x.example",
        "こんにちは。",
        "新しい文です。",
    ]
    assert added_passages(old, old) == ""
