"""Lessons: what moderators say counts from the commit on, in all workers, and is taken back to the bit."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa

from forum import create_app
from forum.accounts.models import User
from forum.db import db, reading, write
from forum.screening import learning, textmodel
from forum.screening.examined import unread
from forum.screening.models import Cause, Kind, Lesson
from forum.screening.rehearsing import FACTOR, PRIME, SHOWN_OF_EACH, STRIDE
from forum.settings import load
from forum.spam.judging import Outcome, Submission, Verdict
from forum.spam.weights import PRIORS
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
OFFER = "Instant visa letters for teachers, write to our office on the line."
EVIDENCE = {"base": 1.0, "text": 0.7, "site_unknown": 1.0, "fresh": 0.93}
FAR = 300_000
OTHERS = ("We heat one room only.", "安い保険、今すぐ申し込み！", "Snow tyres or chains for the pass?")


def test_a_lesson_changes_the_model_from_its_commit_on(app):
    number = screened(app)
    with app.app_context():
        before = probability()
        with write() as session:
            learning.teach(session, number, True, makers.now())
            assert probability() == before
        assert probability() > before


def test_a_lesson_of_a_transaction_that_fails_never_counts(app):
    number = screened(app)
    with app.app_context():
        before = probabilities()
        with suppress(ZeroDivisionError), write() as session:
            learning.teach(session, number, True, makers.now())
            probabilities()
            raise ZeroDivisionError
        assert probabilities() == before
        teach(number, is_spam=True)
        assert probability() > before[0]


def test_good_words_make_a_text_likelier_to_be_good(app):
    number = screened(app)
    with app.app_context():
        before = probability()
        teach(number, is_spam=False)
        assert probability() < before


def test_a_lesson_that_is_taken_back_leaves_nothing_to_the_bit(app):
    first, second = screened(app), screened(app, OTHERS[1])
    with app.app_context():
        before = probabilities()
        teach(first, is_spam=True)
        between = probabilities()
        teach(second, is_spam=False)
        untaught(second)
        assert probabilities() == between
        untaught(first)
        assert probabilities() == before


def test_lessons_may_be_taken_back_in_any_order(app):
    first, second = screened(app), screened(app, OTHERS[1])
    with app.app_context():
        before = probabilities()
        teach(first, is_spam=True)
        teach(second, is_spam=True)
        untaught(first)
        untaught(second)
        assert probabilities() == before


def test_taking_back_what_was_never_taught_does_nothing(app):
    number = screened(app)
    with app.app_context():
        before, standing = probabilities(), record()
        untaught(number)
        untaught(number)
        assert (probabilities(), record()) == (before, standing)
        with write() as session:
            assert session.query(Lesson).count() == 0


def test_a_second_opinion_is_taken_back_to_the_first(app):
    number = screened(app)
    with app.app_context():
        teach(number, is_spam=True)
        first = probabilities(), record()
        teach(number, is_spam=False)
        untaught(number)
        assert (probabilities(), record()) == first


def test_another_worker_agrees_to_the_bit_whenever_it_started(app, data_dir):
    numbers = [screened(app, body, values=EVIDENCE) for body in (OFFER, *OTHERS)]
    early = worker(app, data_dir)
    with early.app_context():
        probabilities()
        weights()
    with app.app_context():
        for place, number in enumerate(numbers):
            teach(number, is_spam=place % 2 == 0)
            probabilities()
        untaught(numbers[1])
        here = probabilities(), weights()
    late = worker(app, data_dir)
    found = []
    for other in (early, late):
        with other.app_context():
            found.append((probabilities(), weights()))
            db.engine.dispose()
    assert found == [here, here]


def test_a_restored_database_takes_its_lessons_with_it(app):
    number = screened(app)
    with app.app_context():
        before = probabilities()
        teach(number, is_spam=True)
        learned = probabilities()
        textmodel.init(app)
        assert probabilities() == learned
        with write() as session:
            session.query(Lesson).delete()
        textmodel.init(app)
        assert probabilities() == before


def test_threads_of_one_worker_agree(app):
    number = screened(app)
    with app.app_context():
        teach(number, is_spam=True)
        here = probabilities()
        textmodel.init(app)
    found = []

    def ask():
        with app.app_context():
            found.append(probabilities())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [here] * 4


PUBLISHED, HELD = Outcome.PUBLISHED, Outcome.HELD
RECORDS = [
    (PUBLISHED, Kind.REPLY, [], (1, 0)),
    (PUBLISHED, Kind.REPLY, [True], (0, 1)),
    (PUBLISHED, Kind.REPLY, [False], (1, 0)),
    (PUBLISHED, Kind.REPLY, [True, None], (1, 0)),
    (PUBLISHED, Kind.REPLY, [True, True], (0, 1)),
    (PUBLISHED, Kind.EDIT, [True], (0, 1)),
    (PUBLISHED, Kind.EDIT, [True, None], (0, 0)),
    (HELD, Kind.REPLY, [], (0, 0)),
    (HELD, Kind.REPLY, [False], (1, 0)),
    (HELD, Kind.REPLY, [False, None], (0, 0)),
    (HELD, Kind.REPLY, [True, False], (1, 0)),
    (HELD, Kind.REPLY, [True, False, None], (0, 1)),
    (HELD, Kind.REPLY, [True, False, None, None], (0, 0)),
    (HELD, Kind.EDIT, [False], (1, 0)),
    (HELD, Kind.PROFILE, [False], (0, 0)),
    (HELD, Kind.PROFILE, [True], (0, 1)),
]


@pytest.mark.parametrize(("outcome", "kind", "opinions", "expected"), RECORDS)
def test_the_authors_record_says_what_became_of_the_text(app, outcome, kind, opinions, expected):
    number = screened(app, outcome=outcome, kind=kind)
    with app.app_context():
        for opinion in opinions:
            untaught(number) if opinion is None else teach(number, is_spam=opinion)
        assert record() == expected


def test_the_weights_of_the_evidence_learn_and_forget_to_the_bit(app):
    number = screened(app, values=EVIDENCE)
    with app.app_context():
        before = weights()
        teach(number, is_spam=True)
        learned = weights()
        assert learned["site_unknown"] > before["site_unknown"]
        assert learned["good_record"] == before["good_record"]
        untaught(number)
        assert weights() == before


def test_a_text_that_was_never_judged_teaches_nothing_about_evidence(app):
    number = screened(app)
    with app.app_context():
        before = weights()
        teach(number, is_spam=True)
        assert weights() == before


def test_older_lessons_are_shown_again_as_many_good_ones_as_spam(app):
    for number in range(6):
        teach_in(app, screened(app, f"{OFFER} Number {number}."), is_spam=True)
        teach_in(app, screened(app, f"{OTHERS[0]} Number {number}."), is_spam=False)
    newest = screened(app, OTHERS[1])
    teach_in(app, newest, is_spam=True)
    with app.app_context(), write() as session:
        lesson = session.query(Lesson).filter_by(screening_id=newest).one()
        shown = session.query(Lesson).filter_by(with_id=lesson.id).all()
        assert sorted(one.is_spam for one in shown) == [False] * 3 + [True] * 3
        assert len({one.screening_id for one in shown}) == 6
        assert {one.cause for one in shown} == {Cause.REPLAY}
        assert all((one.step > 0) is one.is_spam for one in shown)


@pytest.mark.parametrize("is_spam", [True, False], ids=["spam", "good"])
def test_older_lessons_are_shown_again_in_the_order_of_the_draw(app, is_spam):
    """Also far on, where the numbers of lessons are large."""
    go_far(app, screened(app))
    for number in range(6):
        teach_in(app, screened(app, f"{OFFER} Number {number}."), is_spam=True)
        teach_in(app, screened(app, f"{OTHERS[0]} Number {number}."), is_spam=False)
    newest = screened(app, OTHERS[1])
    with app.app_context():
        older = (
            reading()
            .query(Lesson.id, Lesson.screening_id, Lesson.is_spam)
            .filter_by(cause=Cause.DECISION)
            .all()
        )
    teach_in(app, newest, is_spam=is_spam)
    with app.app_context():
        lesson = reading().query(Lesson).filter_by(screening_id=newest, cause=Cause.DECISION).one()
        shown = reading().query(Lesson).filter_by(with_id=lesson.id).order_by(Lesson.id).all()
    drawn = sorted(older, key=lambda row: (row.id * FACTOR + lesson.id * STRIDE) % PRIME)
    own, others = (
        [row.screening_id for row in drawn if row.is_spam == kind][:SHOWN_OF_EACH]
        for kind in (is_spam, not is_spam)
    )
    assert lesson.id > FAR
    assert [one.screening_id for one in shown] == own + others


def go_far(app, number):
    """Let lessons be numbered from FAR on, by one that changes nothing and is never shown again."""
    with app.app_context(), write() as session:
        about = {"screening_id": number, "text": OFFER, "is_spam": True, "created_at": makers.now()}
        session.add(Lesson(id=FAR, step=0, cause=Cause.REPLAY, **about))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('lessons', 'id'), {FAR})"))


def test_what_was_taken_back_is_not_shown_again(app):
    first = screened(app, OTHERS[1])
    teach_in(app, first, is_spam=True)
    with app.app_context():
        untaught(first)
    teach_in(app, screened(app), is_spam=True)
    with app.app_context(), write() as session:
        assert session.query(Lesson).filter_by(cause=Cause.REPLAY).count() == 0


def test_only_what_was_said_last_of_a_text_is_shown_again(app):
    number = screened(app, OTHERS[1])
    teach_in(app, number, is_spam=False)
    teach_in(app, number, is_spam=True)
    teach_in(app, screened(app), is_spam=True)
    assert shown_again(app, number) == [True]
    with app.app_context():
        untaught(number)
    teach_in(app, screened(app, OTHERS[0]), is_spam=True)
    assert shown_again(app, number)[-1] is False


def shown_again(app, number):
    """As what a text was shown beside others, and not taken back with them."""
    with app.app_context(), write() as session:
        shown = session.query(Lesson).filter_by(screening_id=number, cause=Cause.REPLAY, undoes_id=None)
        return [lesson.is_spam for lesson in shown.order_by(Lesson.id)]


def test_an_undo_takes_back_what_was_shown_beside_the_lesson(app):
    for place, body in enumerate(OTHERS):
        teach_in(app, screened(app, body), is_spam=place % 2 == 0)
    number = screened(app)
    with app.app_context():
        before = probabilities()
        teach(number, is_spam=True)
        untaught(number)
        assert probabilities() == before
        with write() as session:
            steps = (
                session.query(Lesson.step)
                .filter(Lesson.cause == Cause.REPLAY, Lesson.with_id.is_not(None))
                .all()
            )
            assert len(steps) > 0


def test_old_knowledge_outlives_a_run_of_other_decisions(app):
    known = screened(app, OTHERS[0])
    teach_in(app, known, is_spam=False)
    with app.app_context():
        before = textmodel.current().probability(OTHERS[0])
    for number in range(15):
        teach_in(
            app, screened(app, f"We heat one room only with visa letters, number {number}."), is_spam=True
        )
    with app.app_context():
        alone = textmodel.current().copy()
        with write() as session:
            for lesson in session.query(Lesson).filter_by(cause=Cause.REPLAY):
                alone.apply(lesson.text, -lesson.step)
        assert before < textmodel.current().probability(OTHERS[0]) < alone.probability(OTHERS[0])


def test_without_a_model_only_the_record_is_kept(app, data_dir):
    number = screened(app)
    textmodel.init(app, data_dir / "none.bin")
    try:
        with app.app_context():
            teach(number, is_spam=True)
            assert record() == (0, 1)
            untaught(number)
            assert record() == (0, 0)
    finally:
        textmodel.init(app)


def screened(app, body=OFFER, *, outcome=HELD, kind=Kind.REPLY, values=None):
    """The number of a screened text by Nana."""
    verdict = Verdict(outcome, 0.5, (), values or {})
    with app.app_context(), write() as session:
        return makers.kept(session, 4, unread(Submission(kind, body)), verdict, makers.now()).id


def teach_in(app, number, *, is_spam):
    with app.app_context():
        teach(number, is_spam=is_spam)


def teach(number, *, is_spam):
    with write() as session:
        learning.teach(session, number, is_spam, makers.now())


def untaught(number):
    with write() as session:
        learning.unteach(session, number, makers.now())


def probability():
    return probabilities()[0]


def probabilities():
    """What the model thinks of a few texts, to the bit."""
    model = textmodel.current()
    assert model is not None
    return [model.probability(text) for text in (OFFER, *OTHERS)]


def weights():
    """The weight of each piece of evidence, to the bit."""
    return {code: textmodel.learnt().weights.of(code) for code in PRIORS}


def record():
    """Nana's approved and rejected texts."""
    with write() as session:
        nana = session.get_one(User, 4, populate_existing=True)
        return nana.approved_count, nana.rejected_count


def worker(app, data_dir):
    """Another process of the same board, but for its being in this one."""
    return create_app(load({"DATA_DIR": str(data_dir), "DATABASE_URL": app.config["SETTINGS"].database_url}))
