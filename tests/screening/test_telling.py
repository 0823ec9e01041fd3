"""Decisions about texts that a service was asked about reach that service, both ways and after an undo."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from forum.db import reading, write
from forum.screening import learning, outbound, services, telling
from forum.screening.models import Screening, ServiceReport
from tests import makers
from tests.screening.outside import QUESTION, asking, serving

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def outside():
    with serving() as outside:
        yield outside


@pytest.fixture
def waiting(app, outside):
    """A text by Nana that waits, and about which Akismet was asked; in a board that has Akismet on."""
    with asking(app, outside.url), app.app_context():
        with write() as session:
            row = screening(session, makers.newcomer(session), asked=services.to_keep(QUESTION))
        yield row.id


def screening(session, author, **fields):
    row = Screening(
        kind="reply",
        author_id=author.id,
        text=QUESTION.text,
        fingerprint=1,
        outcome="held",
        probability=0.6,
        reasons=[],
        decision="pending",
        created_at=NOW,
        **fields,
    )
    session.add(row)
    session.flush()
    return row


def decide(screening_id, is_spam, at=NOW):
    with write() as session:
        services.decided(session, session.get_one(Screening, screening_id), is_spam, at)


def told(outside):
    """What Akismet was told, in order."""
    return [path.rpartition("-")[2] for path, _fields in outside.requests if "submit" in path]


@pytest.mark.parametrize(("is_spam", "said"), [(True, "spam"), (False, "ham")])
def test_a_decision_is_told_a_minute_later_and_once(waiting, outside, is_spam, said):
    decide(waiting, is_spam)
    assert telling.tell_services(NOW + MINUTE / 2) == 0
    assert telling.tell_services(NOW + MINUTE) == 1
    assert telling.tell_services(NOW + 2 * MINUTE) == 0
    assert told(outside) == [said]


def test_what_is_told_is_what_was_asked(waiting, outside):
    services.opinions(QUESTION)
    decide(waiting, is_spam=True)
    telling.tell_services(NOW + MINUTE)
    assert outside.sent("/1.1/submit-spam") == outside.sent("/1.1/comment-check")


def test_a_decision_that_is_undone_at_once_is_never_told(waiting, outside):
    decide(waiting, is_spam=True)
    decide(waiting, None)
    assert telling.tell_services(NOW + MINUTE) == 0
    assert told(outside) == []


def test_who_was_called_a_spammer_is_cleared_after_an_undo(waiting, outside):
    decide(waiting, is_spam=True)
    telling.tell_services(NOW + MINUTE)
    decide(waiting, None)
    telling.tell_services(NOW + 2 * MINUTE)
    assert told(outside) == ["spam", "ham"]


def test_a_text_that_waits_again_is_not_accused(waiting, outside):
    decide(waiting, is_spam=False)
    telling.tell_services(NOW + MINUTE)
    decide(waiting, None)
    assert telling.tell_services(NOW + 2 * MINUTE) == 0


def test_the_later_of_two_decisions_is_told(waiting, outside):
    decide(waiting, is_spam=True)
    decide(waiting, is_spam=False)
    telling.tell_services(NOW + MINUTE)
    assert told(outside) == ["ham"]


def test_a_report_that_failed_may_have_arrived_so_its_undo_is_told(waiting, outside):
    outside.akismet = "garbage"
    decide(waiting, is_spam=True)
    assert telling.tell_services(NOW + MINUTE) == 0
    outside.akismet = "ham"
    decide(waiting, None)
    telling.tell_services(NOW + 2 * MINUTE)
    assert told(outside) == ["spam", "ham"]


def test_a_report_that_failed_is_not_forgotten_by_two_changes_of_mind(waiting, outside):
    outside.akismet = "garbage"
    decide(waiting, is_spam=True)
    telling.tell_services(NOW + MINUTE)
    outside.akismet = "ham"
    decide(waiting, is_spam=False)
    decide(waiting, None)
    telling.tell_services(NOW + 2 * MINUTE)
    assert told(outside) == ["spam", "ham"]


def test_an_undo_while_the_service_is_being_told_is_told_as_well(app, waiting, outside):
    def tell():
        with app.app_context():
            return telling.tell_services(NOW + MINUTE)

    decide(waiting, is_spam=True)
    outside.akismet = "on a sign"
    with ThreadPoolExecutor() as pool:
        run = pool.submit(tell)
        assert outside.is_asked.wait(1)
        decide(waiting, None)
        outside.may_answer.set()
        assert run.result() == 1
    assert telling.tell_services(NOW + 2 * MINUTE) == 1
    assert told(outside) == ["spam", "ham"]


def test_a_decision_taken_while_a_run_is_under_way_gets_its_minute_too(waiting):
    decide(waiting, is_spam=True)
    first = report_ids()
    decide(waiting, is_spam=False)
    assert not set(first) & set(report_ids())


def test_a_run_is_over_before_the_next_even_when_each_wait_takes_its_limit():
    connecting_sending_and_reading_s = 3 * outbound.TIMEOUT_S
    assert telling.BATCH * connecting_sending_and_reading_s < MINUTE.total_seconds()


def test_what_one_run_leaves_the_next_one_takes(waiting):
    with write() as session:
        author = makers.member(session)
        asked = services.to_keep(QUESTION)
        rows = [screening(session, author, asked=asked).id for _ in range(telling.BATCH + 1)]
    for row in rows:
        decide(row, is_spam=True)
    assert [telling.tell_services(NOW + minute * MINUTE) for minute in (1, 2, 3)] == [telling.BATCH, 1, 0]


def test_a_service_that_is_down_is_told_later_and_less_and_less_often(waiting, outside):
    outside.akismet = "error"
    decide(waiting, is_spam=True)
    for minute in range(1, 20):
        assert telling.tell_services(NOW + minute * MINUTE) == 0
    assert len(told(outside)) == 5
    outside.akismet = "ham"
    assert telling.tell_services(NOW + timedelta(hours=2)) == 1


def test_a_report_is_given_up_in_the_end(waiting, outside):
    outside.akismet = "error"
    decide(waiting, is_spam=True)
    for day in range(1, 15):
        telling.tell_services(NOW + timedelta(days=day * 3))
    assert len(told(outside)) == telling.MOST_TRIES
    assert waiting_reports() == 0


def test_a_report_that_was_given_up_may_have_arrived_so_its_undo_is_told(waiting, outside):
    outside.akismet = "garbage"
    decide(waiting, is_spam=True)
    for day in range(1, 15):
        telling.tell_services(NOW + timedelta(days=day))
    outside.akismet = "ham"
    decide(waiting, None, NOW + timedelta(days=15))
    telling.tell_services(NOW + timedelta(days=15, minutes=1))
    assert told(outside)[-1] == "ham"


def test_one_report_that_fails_is_in_nobodys_way(waiting, outside):
    with write() as session:
        broken = screening(session, makers.member(session), asked={"no such field": "x"})
    decide(broken.id, is_spam=True)
    decide(waiting, is_spam=True)
    assert telling.tell_services(NOW + MINUTE) == 1


def test_what_was_asked_is_forgotten_and_then_nothing_is_told(waiting, outside):
    decide(waiting, is_spam=True)
    with write() as session:
        session.get_one(Screening, waiting).asked = None
    assert telling.tell_services(NOW + MINUTE) == 0
    assert (told(outside), waiting_reports()) == ([], 0)


def test_nothing_is_noted_about_a_text_that_nobody_was_asked_about(waiting):
    with write() as session:
        other = screening(session, makers.member(session))
    decide(other.id, is_spam=True)
    assert reports() == 0


def test_nothing_is_noted_where_nobody_listens(app, outside):
    with asking(app, outside.url, akismet_key=""), app.app_context():
        with write() as session:
            row = screening(session, makers.member(session), asked={"address": "203.0.113.7"})
        decide(row.id, is_spam=True)
        assert reports() == 0
        assert telling.tell_services(NOW + MINUTE) == 0


def test_what_moderators_teach_the_board_is_told_too(waiting, outside):
    with write() as session:
        learning.teach(session, waiting, True, NOW)
    telling.tell_services(NOW + MINUTE)
    with write() as session:
        learning.unteach(session, waiting, NOW)
    telling.tell_services(NOW + 2 * MINUTE)
    assert told(outside) == ["spam", "ham"]


@pytest.mark.sqlite
def test_the_reports_about_a_text_are_found_without_reading_all_of_them(app):
    with app.app_context():
        query = "EXPLAIN QUERY PLAN SELECT is_spam FROM service_reports WHERE screening_id = 1 AND tries > 0"
        (step,) = reading().execute(sa.text(query)).all()
    assert "USING INDEX ix_service_reports_screening_id" in step.detail


def report_ids():
    ids = list(reading().scalars(sa.select(ServiceReport.id)))
    reading().rollback()
    return ids


def reports():
    return len(report_ids())


def waiting_reports():
    ids = list(reading().scalars(sa.select(ServiceReport.id).where(services.IS_WAITING)))
    reading().rollback()
    return len(ids)
