"""What is known of a text and its author when the filter is asked, and what is kept of its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from forum.access import Viewer
from forum.accounts.models import User
from forum.db import write
from forum.screening import asking, rules, textmodel, versions
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, RuleState, Screening
from forum.screening.origins import Origin
from forum.screening.rules import RuleKind
from forum.spam.judging import Outcome, Reason, Submission, Verdict
from forum.spam.model import SHIPPED_MODEL
from forum.threads.models import Post
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()
WORDS = "We wrap the pipes in old towels and let the tap drip."
BAD = Verdict(Outcome.HELD, 0.9, (Reason("text", 2.2, "cheap"), Reason("trap", 1.0)))
GOOD = Verdict(Outcome.PUBLISHED, 0.1, ())


@pytest.fixture
def session(app):
    with app.app_context(), write() as session:
        yield session


def commit(session):
    """Let others see what was written, and go on writing."""
    session.commit()
    session.connection(execution_options={"begin": "change"})


@pytest.mark.parametrize(
    ("verdict", "decision"), [(BAD, "pending"), (GOOD, "none"), (Verdict(Outcome.REFUSED, 1.0, ()), "none")]
)
def test_a_verdict_is_kept_with_all_that_it_rests_on(session, verdict, decision):
    row = makers.kept(session, 1, unread(text(title="A title")), verdict, MOMENT)
    session.refresh(row)
    assert (row.kind, row.author_id, row.outcome, row.decision) == ("reply", 1, verdict.outcome, decision)
    assert row.text.startswith(f"A title\n\n{WORDS}")
    assert row.reasons == [{"code": r.code, "weight": r.weight, "detail": r.detail} for r in verdict.reasons]
    assert (row.probability, row.created_at) == (verdict.probability, MOMENT)


@pytest.mark.parametrize("kind", list(Kind))
def test_only_published_posts_build_a_record(session, kind):
    for verdict in (BAD, GOOD, Verdict(Outcome.REFUSED, 1.0, ())):
        makers.kept(session, 1, unread(text(kind=kind)), verdict, MOMENT)
    session.expire_all()
    assert session.get_one(User, 1).approved_count == 5 + (kind in (Kind.THREAD, Kind.REPLY))


@pytest.mark.parametrize(
    "same", [WORDS, WORDS.upper(), WORDS.replace(" ", "  ").replace(".", "!!"), f"{WORDS}\u200b"]
)
def test_the_same_words_by_another_member_are_a_repetition(session, same):
    makers.kept(session, 2, unread(text(author_name="Bob", links=("https://x.example/",))), GOOD, MOMENT)
    assert detail(screen(session, text(body=same, author_name="Nana")), "repeated") == "1"


def test_a_campaign_is_counted(session):
    for _ in range(3):
        makers.kept(session, 2, unread(text()), BAD, MOMENT)
    assert detail(screen(session, text()), "campaign") == "3"


def test_other_words_are_no_repetition(session):
    makers.kept(session, 2, unread(text(body=f"{WORDS} Always.")), GOOD, MOMENT)
    assert detail(screen(session, text()), "repeated") is None


def test_a_repetition_is_forgotten_after_a_week(session):
    makers.kept(session, 2, unread(text()), GOOD, MOMENT - timedelta(days=7))
    assert detail(screen(session, text()), "repeated") is None


def test_what_was_refused_or_taken_back_is_nowhere_to_repeat(session):
    makers.kept(session, 2, unread(text()), Verdict(Outcome.REFUSED, 1.0, ()), MOMENT)
    makers.kept(session, 2, unread(text()), BAD, MOMENT).decision = Decision.WITHDRAWN
    assert detail(screen(session, text()), "repeated") is None


def test_a_new_version_does_not_repeat_its_own_post_but_others(session):
    thread = makers.thread(session, session.get_one(User, 1), replies=1)
    first, second = session.scalars(sa.text("SELECT id FROM posts ORDER BY id")).all()
    assert thread.posts_count == 2
    makers.kept(session, 1, unread(text()), GOOD, MOMENT, post_id=first)
    assert detail(screen(session, text(), viewer(), post_id=first), "repeated") is None
    assert detail(screen(session, text(), viewer(), post_id=second), "repeated") == "1"


def test_words_that_were_rejected_are_known_for_good_and_hold_even_the_trusted(session):
    makers.kept(session, 2, unread(text()), BAD, MOMENT - timedelta(days=900)).decision = Decision.SPAM
    trusted = viewer(approved_count=500)
    verdict = screen(session, text(), trusted)
    assert detail(verdict, "rejected_before") == "1"
    assert detail(verdict, "repeated") is None
    assert verdict.outcome == Outcome.HELD


def test_a_plain_removal_marks_no_words(session):
    makers.kept(session, 2, unread(text()), BAD, MOMENT).decision = Decision.REMOVED
    assert detail(screen(session, text()), "rejected_before") is None


@pytest.mark.parametrize(("texts", "minutes", "told"), [(8, 5, None), (9, 5, "9"), (9, 61, None)])
def test_many_texts_within_the_hour_are_a_race(session, texts, minutes, told):
    for number in range(texts):
        makers.kept(
            session, 1, unread(text(body=f"Number {number}")), GOOD, MOMENT - timedelta(minutes=minutes)
        )
    assert detail(screen(session, text()), "pace") == told


def test_the_pace_of_others_is_their_own(session):
    for number in range(20):
        makers.kept(session, 2, unread(text(body=f"Number {number}")), GOOD, MOMENT)
    assert detail(screen(session, text()), "pace") is None


def test_the_record_of_the_account_speaks(session):
    verdict = screen(session, text(), viewer(approved_count=7, rejected_count=2))
    assert (detail(verdict, "good_record"), detail(verdict, "rejections")) == ("7", "2")


def test_the_staff_is_never_held(session):
    makers.kept(session, 2, unread(text()), BAD, MOMENT).decision = Decision.SPAM
    trap = text(is_trap_filled=True, form_age_s=None)
    assert screen(session, trap, viewer(role="moderator")).outcome == Outcome.PUBLISHED


@pytest.mark.parametrize(
    ("link", "pattern"),
    [("https://t.me/cheapvisas", "t.me/cheapvisas"), ("https://shop.cheap.example/visa", "cheap.example")],
)
def test_a_rule_of_the_staff_holds_the_site_or_the_path_that_it_names(session, link, pattern):
    rule = rules.add(session, RuleKind.SITE, pattern, 3, MOMENT)
    rules.steer(session, rule.id, RuleState.LIVE, 3, MOMENT)
    commit(session)
    verdict = screen(session, text(links=(link,)))
    assert (verdict.outcome, detail(verdict, "rule_site")) == (Outcome.HELD, pattern)
    assert detail(screen(session, text(links=("https://t.me/others",))), "rule_site") is None


def test_a_rule_does_not_keep_other_evidence_from_refusing(session):
    rule = rules.add(session, RuleKind.PHRASE, "old towels", 3, MOMENT)
    rules.steer(session, rule.id, RuleState.LIVE, 3, MOMENT)
    commit(session)
    for _ in range(2):
        makers.kept(session, 2, unread(text()), BAD, MOMENT).decision = Decision.SPAM
    robot = text(is_trap_filled=True, form_age_s=None)
    assert screen(session, text(body="Take old towels for it."), viewer()).outcome == Outcome.HELD
    assert screen(session, robot, viewer(approved_count=0)).outcome == Outcome.REFUSED


def test_reasons_stand_in_the_order_of_their_strength(session):
    verdict = screen(session, text(is_trap_filled=True), viewer(approved_count=0))
    weights = [abs(reason.weight) for reason in verdict.reasons]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("content", [None, b"", b"engawa-spam-model-1\n", "cut short"])
def test_without_a_model_newcomers_wait_and_are_told_why(app, session, data_dir, content):
    path = broken_model(data_dir, content)
    textmodel.init(app, path)
    try:
        verdict = screen(session, text(), viewer(approved_count=0))
        known = screen(session, text(), viewer(approved_count=5))
    finally:
        textmodel.init(app)
    assert (verdict.outcome, verdict.reasons[0].code) == (Outcome.HELD, "no_model")
    assert known.outcome == Outcome.PUBLISHED


def test_the_model_in_shadow_reads_what_an_edit_adds_alone_too(session):
    good = "We lived in Tottori for three years. The winters are cold, so that a kotatsu is worth its price."
    offer = "Cheap handbags, best price."
    versions.try_out(session, SHIPPED_MODEL.read_bytes(), "The same", 3, MOMENT)
    commit(session)
    edit = text(kind=Kind.EDIT, body=f"{good}\n\n{offer}", added_text=offer)
    examined = asking.examine(session, viewer(), edit, MOMENT)
    assert examined.shadow_probability == pytest.approx(examined.reading.probability)
    assert examined.shadow_probability > textmodel.current().probability(examined.text)


def test_what_examining_costs_before_the_transaction(session):
    asking.examine(session, viewer(), text(), MOMENT)
    asked = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    asking.examine(session, viewer(), text(), MOMENT, Origin("203.0.113.7", network=7))
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("facts", "came_since", "judging", "keeping"),
    [
        ({"body": "Thank you!"}, True, 1, 1),
        ({}, False, 1, 2),
        ({}, True, 2, 2),
        ({"links": ("https://shop.example/",)}, False, 2, 3),
        ({"links": ("https://shop.example/",)}, True, 3, 3),
    ],
)
def test_what_judging_and_keeping_cost_inside_the_transaction(session, facts, came_since, judging, keeping):
    nana = viewer(id=4, approved_count=0)
    examined = asking.examine(session, nana, text(**facts), MOMENT)
    if came_since:
        asking.keep(session, 4, unread(text(body="Snow.")), Verdict(Outcome.PUBLISHED, 0.0, ()), MOMENT)
    asked = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    verdict = asking.screen(session, nana, examined, MOMENT)
    assert len(asked) == judging
    asking.keep(session, 4, examined, replace(verdict, outcome=Outcome.HELD), MOMENT)
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == judging + keeping


def test_a_post_that_was_never_screened_gets_a_row_to_teach_from(session):
    makers.thread(session, session.get_one(User, 1), body=WORDS)
    row = asking.of_public_post(session, 1, MOMENT)
    assert (row.kind, row.outcome, row.decision) == (Kind.THREAD, "published", "none")
    assert WORDS in row.text
    assert asking.of_public_post(session, 1, MOMENT).id == row.id


def test_the_screening_of_a_public_post_is_that_of_its_public_version(session):
    makers.thread(session, session.get_one(User, 1))
    first = makers.kept(session, 1, unread(text()), GOOD, MOMENT, post_id=1)
    makers.kept(session, 1, unread(text(body="Cheap")), BAD, MOMENT, post_id=1)
    makers.kept(session, 1, unread(text(body="Cheap")), BAD, MOMENT, post_id=1).decision = Decision.SPAM
    assert asking.of_public_post(session, 1, MOMENT).id == first.id
    approved = makers.kept(session, 1, unread(text()), BAD, MOMENT, post_id=1)
    approved.decision = Decision.APPROVED
    assert asking.of_public_post(session, 1, MOMENT).id == approved.id


def test_withdrawing_takes_only_the_waiting_texts_of_that_post(session):
    makers.thread(session, session.get_one(User, 1), replies=1)
    makers.kept(session, 1, unread(text()), BAD, MOMENT, post_id=1)
    makers.kept(session, 1, unread(text()), BAD, MOMENT, post_id=2)
    makers.kept(session, 1, unread(text()), BAD, MOMENT, post_id=1).decision = Decision.SPAM
    asking.withdraw(session, 1)
    session.expire_all()
    decisions = session.scalars(sa.select(Screening.decision).order_by(Screening.id)).all()
    assert decisions == ["withdrawn", "pending", "spam"]


def text(**facts):
    return Submission(**{"kind": Kind.REPLY, "body": WORDS, "form_age_s": 60.0, **facts})


def viewer(**facts):
    """Alice, of two years' standing."""
    joined_at = MOMENT - timedelta(days=700)
    return Viewer(
        **{
            "id": 1,
            "name": "Alice",
            "joined_at": joined_at,
            "is_confirmed": True,
            "approved_count": 1,
            **facts,
        }
    )


def screen(session, submission, person=None, post_id=None):
    """Examined and judged, as one does it in two steps."""
    person = person or viewer()
    examined = asking.examine(session, person, submission, MOMENT, post_id=post_id)
    return asking.screen(session, person, examined, MOMENT, post_id=post_id)


def detail(verdict, code):
    """What a reason says was found; None where the reason was not given."""
    return next((reason.detail for reason in verdict.reasons if reason.code == code), None)


def broken_model(folder, content):
    """A file in place of the shipped model, or none at all."""
    folder.mkdir()
    path = folder / "model.bin"
    if content is not None:
        path.write_bytes(SHIPPED_MODEL.read_bytes()[:-1] if content == "cut short" else content)
    return path


def test_looking_again_at_an_imported_post_adds_nothing_to_its_authors_record(app):
    with app.app_context(), write() as session:
        author = makers.member(session, "Imported", approved_count=5)
        thread = makers.thread(session, author)
        post_id = session.scalars(sa.select(Post.id).where(Post.thread_id == thread.id)).one()
        asking.of_public_post(session, post_id, makers.now())
        session.refresh(author)
        assert author.approved_count == 5
