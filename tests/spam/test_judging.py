"""Outcomes for standing and evidence, with the shipped model."""

from dataclasses import replace
from typing import Any

import pytest

from forum.spam.judging import (
    Copies,
    Knowledge,
    Outcome,
    Policy,
    Reading,
    Record,
    Standing,
    Submission,
    Verdict,
    judge,
    read,
    standing_of,
    text_of,
)
from forum.spam.model import SHIPPED_MODEL, Model
from forum.spam.sites import SiteRecord
from forum.spam.weights import WEIGHT_ONE, Weights

MODEL = Model.load(SHIPPED_MODEL)
DAY_S = 86_400.0

NEWCOMER = Record(age_s=600, approved=0, rejected=0)
KNOWN = Record(age_s=5 * DAY_S, approved=3, rejected=0)
TRUSTED = Record(age_s=90 * DAY_S, approved=40, rejected=1)
STAFF = Record(age_s=0, approved=0, rejected=0, is_staff=True)

SPAM = "Cheap Louis Vuitton bags, best price, visit http://bags-outlet.example.com"
GOOD = "I lived in Tottori for three years, ESID, but the winters are cold. Buy a kotatsu."


def outcome(
    body: str, record: Record = NEWCOMER, knowledge: dict[str, Any] | None = None, **more: Any
) -> Outcome:
    submission = Submission("reply", body, form_age_s=more.pop("form_age_s", 30.0), **more)
    return judged(submission, record, **(knowledge or {})).outcome


def judged(
    submission: Submission, record: Record = NEWCOMER, model: Model | None = MODEL, **known: Any
) -> Verdict:
    return judge(submission, Knowledge(read(submission, model), record, **known))


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        "夏に米子へ引っ越します。中学校の英語助手です。冬は朝起きると台所も凍りますか。",
        "Hello! I'm Bob from Leeds and I arrive in August. Which bank account did you open first?",
        "The form is on this page: https://www.isa.go.jp/en/applications/ It took me ten minutes.",
        "このページが参考になりました。 https://www.pref.okayama.jp/kokusai/",
        "Selling my bicycle, 8,000 yen, near Yonago station. Send me a message.",
        "Thank you so much, that helped a lot.",
        "Hi",
        "よろしくお願いします！",
        "The BoE is useless and my flat is full of MOULD. I'm done with this!!!",
    ],
)
def test_a_newcomers_good_post_is_published_at_once(body):
    assert outcome(body) is Outcome.PUBLISHED


@pytest.mark.parametrize(
    "body",
    [
        SPAM,
        "副業で月収100万円！LINE登録はこちら http://example.com/line",
        "ロレックスのスーパーコピーを格安で販売中！全国送料無料",
        "Great post! Python training in Bangalore",
        "Earn $5000 a week from home, no experience needed! WhatsApp +1 555 0100",
        "Ch\u200beap Lоuis Vuittоn b4gs, v i s i t http://bags-outlet.example.com",
        "今すぐ会える女性が待っています。登録無料 http://deai-love.example.com",
    ],
)
def test_a_newcomers_advertisement_is_held_and_never_refused_on_its_text_alone(body):
    assert outcome(body) is Outcome.HELD


@pytest.mark.parametrize(
    ("record", "knowledge", "more", "expected"),
    [
        (NEWCOMER, {}, {"is_trap_filled": True}, Outcome.REFUSED),
        (NEWCOMER, {"same_text_rejected": 1}, {}, Outcome.REFUSED),
        (NEWCOMER, {"same_text_elsewhere": 5}, {}, Outcome.HELD),
        (NEWCOMER, {"recent_posts": 30}, {}, Outcome.HELD),
        (TRUSTED, {}, {"is_trap_filled": True}, Outcome.PUBLISHED),
        (TRUSTED, {"same_text_rejected": 1}, {"is_trap_filled": True}, Outcome.HELD),
        (TRUSTED, {}, {}, Outcome.PUBLISHED),
        (STAFF, {"same_text_rejected": 9}, {"is_trap_filled": True}, Outcome.PUBLISHED),
    ],
)
def test_what_becomes_of_an_advertisement(record, knowledge, more, expected):
    assert outcome(SPAM, record, knowledge, **more) is expected


@pytest.mark.parametrize(
    ("knowledge", "more"),
    [
        ({"same_text_rejected": 5}, {}),
        ({}, {"is_trap_filled": True}),
        ({}, {"form_age_s": 0.4}),
        ({"same_text_elsewhere": 9, "recent_posts": 50}, {}),
        ({}, {"form_age_s": None}),
    ],
)
def test_a_good_text_is_never_refused_on_one_kind_of_evidence(knowledge, more):
    assert outcome(GOOD, NEWCOMER, knowledge, **more) is not Outcome.REFUSED


@pytest.mark.parametrize(
    "about",
    [
        {"is_trap_filled": True},
        {"links": ("http://new.example",), "added_links": 1, "post_age_s": 7 * DAY_S},
    ],
)
def test_a_person_looks_first_at_what_robots_do_however_harmless_the_words(about):
    submission = Submission("edit", GOOD, form_age_s=60.0, **about)
    verdict = judged(submission, KNOWN, sites=(SiteRecord("new.example"),))
    assert verdict.probability < 0.5
    assert verdict.outcome is Outcome.HELD


def test_a_filled_trap_and_a_form_sent_at_once_are_one_kind_of_evidence():
    assert outcome("Is it cold in Yonago?", is_trap_filled=True, form_age_s=0.1) is Outcome.HELD


def test_links_that_a_newcomer_adds_by_an_edit_weigh_more_than_links_from_the_start():
    body = "Nice photos from the festival. http://my-photo-page.example.com"
    record = replace(NEWCOMER, is_confirmed=True)
    before = judged(Submission("reply", body, form_age_s=60), record)
    after = judged(Submission("edit", body, form_age_s=60, added_links=2), record)
    assert after.probability > before.probability
    assert "added_links" in {reason.code for reason in after.reasons}


def test_a_short_thanks_that_others_wrote_too_is_published():
    assert outcome("Thank you!", knowledge={"same_text_elsewhere": 12}) is Outcome.PUBLISHED


def test_a_reply_in_the_words_of_its_thread_is_less_suspicious():
    context = "Kerosene heaters or kotatsu? Which is cheaper in a Tottori winter?"
    alone = judged(Submission("reply", GOOD, form_age_s=60))
    inside = judged(Submission("reply", GOOD, form_age_s=60, context=context))
    assert inside.probability < alone.probability


@pytest.mark.parametrize(
    ("record", "expected"),
    [(NEWCOMER, Outcome.HELD), (KNOWN, Outcome.PUBLISHED), (TRUSTED, Outcome.PUBLISHED)],
)
def test_without_a_model_newcomers_wait_and_the_verdict_says_so(record, expected):
    verdict = judged(Submission("reply", GOOD, form_age_s=30), record, None)
    assert verdict.outcome is expected
    assert verdict.reasons[0].code == "no_model"


@pytest.mark.parametrize(
    ("record", "standing"),
    [
        (NEWCOMER, Standing.NEWCOMER),
        (KNOWN, Standing.KNOWN),
        (TRUSTED, Standing.TRUSTED),
        (STAFF, Standing.STAFF),
        (replace(TRUSTED, age_s=DAY_S), Standing.KNOWN),
        (replace(TRUSTED, rejected=5), Standing.KNOWN),
        (replace(TRUSTED, approved=9, rejected=0), Standing.KNOWN),
        (replace(NEWCOMER, rejected=3), Standing.NEWCOMER),
    ],
)
def test_standing(record, standing):
    assert standing_of(record) is standing


def test_five_reasons_at_most_come_strongest_first_in_few_words():
    links = tuple(f"http://host{number}.example.com/" for number in range(30))
    record = replace(NEWCOMER, is_confirmed=False, rejected=2)
    known: dict[str, Any] = {"same_text_rejected": 3, "same_text_elsewhere": 3, "recent_posts": 40}
    submission = Submission("edit", SPAM, links=links, added_links=30, is_trap_filled=True)
    verdict = judged(submission, record, **known)
    weights = [abs(reason.weight) for reason in verdict.reasons]
    assert len(weights) == 5
    assert weights == sorted(weights, reverse=True)
    assert all(len(reason.detail) <= 80 for reason in verdict.reasons)


def test_the_text_of_a_submission_holds_title_name_and_the_links_that_do_not_show():
    submission = Submission(
        "thread", "See http://a.example", "Title", "Alice", ("http://a.example", "http://b.example")
    )
    assert text_of(submission) == "Title\n\nSee http://a.example\x1fAlice\x1fhttp://b.example"


def test_a_separator_in_a_text_forges_nothing():
    assert text_of(Submission("reply", "a\x1fb\x1fc")) == "a b c"


@pytest.mark.parametrize("piece", ["", "a", "👍", "\ud800", "\x1f"])
def test_a_hostile_submission_gets_a_verdict(piece):
    body = piece * 100_000
    verdict = judged(Submission("profile", body, title=body[:500], context=body))
    assert 0 < verdict.probability < 1


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (NEWCOMER, Outcome.REFUSED),
        (KNOWN, Outcome.REFUSED),
        (TRUSTED, Outcome.HELD),
        (STAFF, Outcome.PUBLISHED),
    ],
)
def test_a_near_copy_of_a_rejected_text_passes_only_from_the_staff(record, expected):
    submission = Submission("reply", SPAM, form_age_s=30.0)
    assert judged(submission, record, copies=Copies(rejected=0.8)).outcome is expected


def test_a_good_text_is_not_refused_for_being_nearly_a_rejected_one():
    submission = Submission("reply", GOOD, form_age_s=30.0)
    assert judged(submission, copies=Copies(rejected=1.0, waiting=1.0, elsewhere=50)).outcome is Outcome.HELD


def test_a_campaign_is_held_at_its_third_text_although_the_words_are_good():
    submission = Submission("reply", "Hello! Does anybody know a good place?", form_age_s=30.0)
    outcomes = [
        judge(submission, Knowledge(Reading(-2.0), NEWCOMER, copies=Copies(elsewhere=number))).outcome
        for number in range(3)
    ]
    assert outcomes == [Outcome.PUBLISHED, Outcome.PUBLISHED, Outcome.HELD]


@pytest.mark.parametrize(
    ("record", "expected"),
    [(NEWCOMER, Outcome.HELD), (KNOWN, Outcome.HELD), (TRUSTED, Outcome.PUBLISHED)],
)
def test_a_rule_of_the_staff_holds_good_texts_and_never_refuses(record, expected):
    verdict = judged(
        Submission("reply", GOOD, form_age_s=30), record, rules=(("phrase", "kotatsu"), ("site", "x.example"))
    )
    assert verdict.outcome is expected
    assert [reason.code for reason in verdict.reasons[:2]] == ["rule_phrase", "rule_site"]
    assert verdict.probability == judged(Submission("reply", GOOD, form_age_s=30), record).probability


@pytest.mark.parametrize(
    ("record", "expected"),
    [(NEWCOMER, Outcome.HELD), (KNOWN, Outcome.PUBLISHED), (TRUSTED, Outcome.PUBLISHED)],
)
def test_newcomers_wait_when_a_service_was_asked_and_failed(record, expected):
    verdict = judged(Submission("reply", GOOD, form_age_s=30), record, silent_services=("akismet",))
    assert verdict.outcome is expected


def test_services_and_sites_alone_refuse_nobody():
    submission = Submission("reply", SPAM, form_age_s=30.0)
    known: dict[str, Any] = {
        "opinions": {"akismet": 2.0, "stopforumspam": 2.0},
        "sites": (SiteRecord("x.example", 0, 99),),
    }
    assert judged(submission, **known).outcome is Outcome.HELD


def test_two_links_to_good_places_do_not_hold_a_newcomer():
    body = (
        "I compared both offers: https://www.jreast.co.jp/en/pass/ is for a region and"
        " https://japanrailpass.net/en/ for the whole country. For Okayama the small one was enough for us."
    )
    links = ("https://www.jreast.co.jp/en/pass/", "https://japanrailpass.net/en/")
    sites = (SiteRecord("jreast.co.jp"), SiteRecord("japanrailpass.net"))
    assert (
        judged(Submission("reply", body, links=links, form_age_s=60), sites=sites).outcome
        is Outcome.PUBLISHED
    )


def test_an_advertisement_does_not_hide_in_a_long_good_post_that_is_edited():
    body = f"{GOOD}\n\n" * 12
    edit = Submission("edit", f"{body}{SPAM}", form_age_s=60, added_links=1)
    hidden, seen = judged(edit, KNOWN), judged(replace(edit, added_text=SPAM), KNOWN)
    assert seen.outcome is Outcome.HELD
    assert seen.probability > hidden.probability


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(), Outcome.HELD),
        (Policy(hold_newcomer=0.99), Outcome.PUBLISHED),
        (Policy(hold_newcomer=0.01), Outcome.HELD),
    ],
)
def test_thresholds_are_the_staffs(policy, expected):
    submission = Submission("reply", "Great post! Python training in Bangalore", form_age_s=60)
    knowledge = Knowledge(Reading(1.5), NEWCOMER)
    assert judge(submission, knowledge, policy=policy).outcome is expected


def test_the_weights_that_were_learnt_count():
    weights = Weights({"text": -(WEIGHT_ONE // 2)})
    knowledge = Knowledge(Reading(3.0), NEWCOMER)
    reasons = judge(Submission("reply", SPAM, form_age_s=60), knowledge, weights).reasons
    assert [(reason.code, reason.weight) for reason in reasons if reason.code == "text"] == [("text", 1.5)]


def test_a_verdict_holds_the_values_of_all_evidence_and_the_standing():
    verdict = judged(Submission("reply", GOOD, form_age_s=0.2, is_trap_filled=True))
    assert verdict.standing == "newcomer"
    assert {"base": 1.0, "trap": 1.0, "quick_form": 1.0}.items() <= verdict.values.items()
    assert Weights().probability(verdict.values) == verdict.probability
