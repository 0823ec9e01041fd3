"""What the filter is measured by: which texts count, as what, and how few are too few."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import exp, log

import pytest

from forum.accounts.models import User
from forum.db import write
from forum.moderation.models import Report
from forum.screening import comparing, figures
from forum.screening.figures import Judged
from forum.screening.models import Decision, Kind, Screening
from forum.spam.judging import Policy
from forum.threads.models import Post, Status
from tests import makers

MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WEEK_AGO = MOMENT - timedelta(days=7)


@pytest.fixture
def session(app, cast):
    with app.app_context(), write() as session:
        makers.thread(session, session.get_one(User, 1), replies=1)
        yield session


def kept(session, **fields) -> None:
    """A screening of Alice's reply, published a week ago unless `fields` says otherwise."""
    defaults = {
        "kind": Kind.REPLY,
        "author_id": 1,
        "post_id": 2,
        "text": "Words.\x1fAlice\x1f",
        "fingerprint": 1,
        "outcome": "published",
        "probability": 0.1,
        "reasons": [],
        "decision": Decision.NONE,
        "standing": "known",
        "created_at": WEEK_AGO,
    }
    session.add(Screening(**(defaults | fields)))
    session.flush()


def text(number=1, **fields) -> Judged:
    """A good text of a newcomer, published with the probability 0.1, unless `fields` says otherwise."""
    defaults = {
        "post_id": 2,
        "standing": "newcomer",
        "outcome": "published",
        "decision": "none",
        "probability": 0.1,
        "text_log_odds": log(0.1 / 0.9),
        "shadow_probability": None,
        "rules": (),
        "reasons": (),
        "signals": {},
        "created_at": WEEK_AGO,
        "is_spam": False,
    }
    return Judged(id=number, **(defaults | fields))


@pytest.mark.parametrize(
    ("fields", "is_spam"),
    [
        ({"outcome": "held", "decision": Decision.SPAM}, True),
        ({"outcome": "published", "decision": Decision.SPAM}, True),
        ({"outcome": "held", "decision": Decision.APPROVED}, False),
        ({"outcome": "published"}, False),
        ({"outcome": "published", "post_id": None, "kind": Kind.PROFILE}, False),
        ({"outcome": "published", "created_at": MOMENT - timedelta(days=1)}, None),
        ({"outcome": "held", "decision": Decision.PENDING}, None),
        ({"outcome": "held", "decision": Decision.WITHDRAWN}, None),
        ({"outcome": "held", "decision": Decision.REMOVED}, None),
        ({"outcome": "refused", "post_id": None}, None),
    ],
)
def test_a_text_is_known_by_a_decision_or_by_standing_unreported(session, fields, is_spam):
    kept(session, **fields)
    assert [text.is_spam for text in figures.judged(session, MOMENT)] == [is_spam]


def test_what_the_live_model_read_is_kept_apart_from_the_verdict(session):
    kept(session, signals={"base": 1.0, "text": -2.5}, shadow_probability=0.3)
    kept(session, signals={"base": 1.0, "no_model": 1.0}, created_at=WEEK_AGO - timedelta(1))
    first, second = figures.judged(session, MOMENT)
    assert (first.text_log_odds, first.shadow_probability) == (-2.5, 0.3)
    assert first.signals == {"base": 1.0, "text": -2.5}
    assert (second.text_log_odds, second.shadow_probability) == (None, None)


def test_what_was_reported_or_removed_is_not_called_good(session):
    kept(session)
    session.add(Report(post_id=2, reporter_id=2, reason="spam", created_at=MOMENT))
    session.flush()
    assert figures.judged(session, MOMENT)[0].is_spam is None
    session.query(Report).delete()
    session.get_one(Post, 2).status = Status.REMOVED
    session.flush()
    assert figures.judged(session, MOMENT)[0].is_spam is None


@pytest.mark.parametrize(
    "fields", [{"standing": "staff"}, {"standing": ""}, {"created_at": MOMENT - timedelta(days=90)}]
)
def test_the_staff_what_never_was_judged_and_what_is_old_are_left_out(session, fields):
    kept(session, **fields)
    assert figures.judged(session, MOMENT) == ()


def test_only_the_newest_are_looked_at(session):
    rows = [
        {
            "kind": "reply",
            "author_id": 1,
            "text": "",
            "fingerprint": n,
            "outcome": "published",
            "probability": 0.1,
        }
        | {
            "reasons": [],
            "decision": "none",
            "standing": "known",
            "created_at": WEEK_AGO + timedelta(seconds=n),
        }
        for n in range(figures.MOST_ROWS + 5)
    ]
    session.bulk_insert_mappings(Screening, rows)
    texts = figures.judged(session, MOMENT)
    assert len(texts) == figures.MOST_ROWS
    assert texts[0].created_at == WEEK_AGO + timedelta(seconds=figures.MOST_ROWS + 4)


def test_rates_count_what_was_caught_and_who_had_to_wait():
    texts = (
        [text(is_spam=True, outcome="held")] * 15
        + [text(is_spam=True, outcome="published")] * 5
        + [text(outcome="held")] * 2
        + [text()] * 17
        + [text(is_spam=None, outcome="refused")]
    )
    rates = figures.rates(texts)
    assert (rates.texts, rates.caught.part, rates.caught.whole, rates.caught.value) == (40, 15, 20, 0.75)
    assert (rates.delayed.part, rates.delayed.whole, rates.delayed.value) == (2, 19, None)


def test_weeks_begin_on_monday_in_japan():
    sunday_in_japan = datetime(2026, 11, 22, 14, 59, tzinfo=UTC)
    weeks = figures.weeks([text(created_at=sunday_in_japan + timedelta(minutes=m)) for m in (0, 1, 2)])
    assert [(week.begins, week.texts) for week in weeks] == [(date(2026, 11, 23), 2), (date(2026, 11, 16), 1)]


def test_calibration_sets_what_was_said_beside_what_was_true():
    texts = [text(probability=0.82, is_spam=n < 8) for n in range(10)] + [
        text(probability=1.0, is_spam=True)
    ] * 10
    low, high = figures.calibration(texts)
    assert (low.low, low.high, low.texts) == (0.8, 0.9, 10)
    assert (low.said, low.was) == pytest.approx((0.82, 0.8))
    # Wilson's interval for 8 of 10, as in every table of it.
    assert (low.least, low.most) == pytest.approx((0.490, 0.943), abs=0.001)
    assert (high.said, high.was, high.most) == pytest.approx((1, 1, 1))


def test_below_twenty_decided_texts_no_curve_is_drawn():
    assert figures.calibration([text()] * 19 + [text(is_spam=None)] * 50) == ()
    assert figures.calibration([text()] * 20) != ()


def test_reasons_are_ranked_by_how_much_they_decided():
    def of(weight, is_spam, code):
        return text(is_spam=is_spam, reasons=({"code": code, "weight": weight, "detail": ""},))

    ranked = figures.weights(
        [of(4.0, True, "trap"), of(-3.0, False, "text"), of(2.0, True, "text"), of(9.0, None, "pace")]
    )
    assert [(w.code, w.in_spam, w.spam_log_odds, w.in_good, w.good_log_odds) for w in ranked] == [
        ("text", 1, 2.0, 1, -3.0),
        ("trap", 1, 4.0, 0, 0.0),
    ]


def test_words_are_counted_once_a_text_and_in_two_at_least():
    def of(said, is_spam):
        return text(is_spam=is_spam, reasons=({"code": "text", "weight": 1.0, "detail": said},))

    words = figures.words([of("visa cheap visa", True), of("visa pipes", False), of("visa", True)])
    assert [(word.word, word.in_spam, word.in_good) for word in words] == [("visa", 2, 1)]


STRICT = Policy(hold_newcomer=0.3, hold_known=0.6, refuse=0.95)
TWO_KINDS = ({"code": "text", "weight": 3.0, "detail": ""}, {"code": "trap", "weight": 4.0, "detail": ""})


def moved(texts, proposed=STRICT) -> dict[str, list[int]]:
    found = comparing.under_policies(texts, Policy(), proposed)
    names = ("caught", "missed", "delayed", "silenced", "freed")
    return {name: ids for name in names if (ids := [text.id for text in getattr(found, name)])}


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"probability": 0.29}, {}),
        ({"probability": 0.3}, {"delayed": [1]}),
        ({"probability": 0.3, "is_spam": True}, {"caught": [1]}),
        ({"probability": 0.3, "is_spam": None}, {}),
        ({"probability": 0.59, "standing": "known"}, {}),
        ({"probability": 0.6, "standing": "known"}, {"delayed": [1]}),
        ({"probability": 0.98, "standing": "trusted"}, {}),
        ({"probability": 0.96, "reasons": TWO_KINDS}, {"silenced": [1]}),
        ({"probability": 0.96, "reasons": TWO_KINDS[:1]}, {}),
        ({"probability": 0.96, "reasons": TWO_KINDS, "is_spam": True}, {}),
    ],
)
def test_stricter_thresholds_move_those_between_the_old_and_the_new(fields, change):
    assert moved([text(**fields)]) == change


def test_milder_thresholds_free_good_texts_and_let_spam_through():
    mild = Policy(hold_newcomer=0.9, hold_known=0.95, refuse=0.99)
    texts = [text(1, probability=0.7), text(2, probability=0.7, is_spam=True), text(3, probability=0.95)]
    assert moved(texts, mild) == {"freed": [1], "missed": [2]}


@pytest.mark.parametrize("code", ["rule_phrase", "no_model", "service_down"])
def test_what_was_held_for_another_reason_stays_held(code):
    held = text(probability=0.7, reasons=({"code": code, "weight": 0.0, "detail": ""},))
    assert moved([held], Policy(hold_newcomer=0.9, hold_known=0.95)) == {}


FIVE = tuple(
    {"code": code, "weight": -3.0, "detail": ""} for code in ("text", "pace", "burst", "fresh", "network")
)


@pytest.mark.parametrize("code", ["trap", "late_links", "quick_form", "rule_site"])
def test_what_decides_counts_though_five_others_were_stronger(code):
    held = text(probability=0.7, reasons=FIVE, signals={code: 1.0})
    mild = Policy(hold_newcomer=0.9, hold_known=0.95)
    assert moved([held], mild) == {}


def test_a_refusal_needs_two_kinds_though_five_others_were_stronger():
    unsure = text(probability=0.96, reasons=FIVE, signals={"trap": 1.0, "rejected_before": 1.0})
    assert moved([unsure]) == {"silenced": [1]}


def test_a_shadow_is_compared_since_it_runs_and_only_where_both_models_read():
    texts = [
        text(1, shadow_probability=0.6),
        text(2, shadow_probability=None),
        text(3, shadow_probability=0.6, created_at=WEEK_AGO - timedelta(seconds=1)),
        text(4, probability=0.7, text_log_odds=log(0.7 / 0.3), shadow_probability=0.2, is_spam=True),
        text(5, shadow_probability=0.6, text_log_odds=None),
    ]
    found = comparing.under_shadow(texts, Policy(), 1.0, WEEK_AGO)
    assert (found.spam, found.good, found.is_enough) == (1, 1, False)
    assert ([t.id for t in found.delayed], [t.id for t in found.missed]) == ([1], [4])


@pytest.mark.parametrize(
    ("read", "weight", "whole"),
    [
        # The words were worth 9 to 1, all evidence together an even chance; the shadow's words are worth 3 to 1.
        (0.75, 1.0, 0.25),
        (0.9, 1.0, 0.5),
        (0.75, 0.0, 0.5),
        # As for the live model, no text is more certain than 4.
        (0.999999, 1.0, 1 / (1 + 9 / exp(4))),
    ],
)
def test_the_other_evidence_counts_beside_what_the_shadow_read(read, weight, whole):
    judged = text(probability=0.5, text_log_odds=log(9), shadow_probability=read)
    [seen] = comparing._rejudged([judged], weight)
    assert seen.shadow_probability == pytest.approx(whole)


def test_a_rule_would_have_held_what_met_it_but_not_of_trusted_members():
    texts = [
        text(1, rules=(7,)),
        text(2, rules=(8,)),
        text(3, rules=(7,), standing="trusted"),
        text(4, rules=(7, 8), is_spam=True),
        text(5, rules=(7,), outcome="held"),
    ]
    found = comparing.under_rule(texts, 7)
    assert (found.spam, found.good) == (1, 3)
    assert ([t.id for t in found.delayed], [t.id for t in found.caught]) == ([1], [4])


def test_a_quotation_is_the_beginning_of_the_body_and_nothing_else(session):
    kept(session, text="One  line\nand another.\x1fAlice\x1fhttps://hidden.example/")
    kept(session, text="word " * 200)
    first, second = figures.judged(session, MOMENT)[::-1]
    quotes = comparing.quotes(session, [first, second])
    assert quotes[first.id] == comparing.Quote("One line and another.", "Alice")
    assert quotes[second.id].text.endswith(" word…")
    assert len(quotes[second.id].text) <= comparing.EXCERPT_CHARS + 1
    assert comparing.quotes(session, []) == {}
