"""When outside services are asked, and what follows from what they say or don't say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum.access import Viewer
from forum.db import write
from forum.screening import asking, learning, textmodel
from forum.screening.models import Decision, Kind, ServiceReport
from forum.screening.origins import Origin
from forum.spam.judging import Outcome, Submission
from forum.spam.model import Model
from tests import makers
from tests.screening.outside import asking as asked_outside
from tests.screening.outside import serving

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()
HOME = Origin("203.0.113.7", "Mozilla/5.0", 77, "http://localhost/t/1/reply")
WORDS = "Is the immigration office in Okayama open on Saturdays?"
CHECK = "/1.1/comment-check"


@pytest.fixture
def outside():
    with serving() as outside:
        yield outside


@pytest.fixture
def session(app, outside, tmp_path):
    """The filter has learnt no words, so that every text leaves it in doubt."""
    Model.empty().save(tmp_path / "model.bin")
    textmodel.init(app, tmp_path / "model.bin")
    with asked_outside(app, outside.url), app.app_context(), write() as session:
        yield session
    textmodel.init(app)


def test_a_service_is_asked_about_a_text_in_doubt_and_its_opinion_counts(session, outside):
    verdicts = {}
    for answer in ("ham", "spam", "discard"):
        outside.akismet = answer
        verdicts[answer] = judged(session, text())[1]
    assert [verdict.values["akismet"] for verdict in verdicts.values()] == [-0.5, 1.0, 2.0]
    odds = [verdict.probability for verdict in verdicts.values()]
    assert odds == sorted(odds)
    assert len(outside.sent(CHECK)) == 3


def test_no_service_is_asked_when_the_board_is_sure(session, outside):
    sure = {"is_trap_filled": True, "form_age_s": 0.1}
    examined, _verdict = judged(session, text(**sure))
    assert (outside.requests, examined.opinions, examined.asked) == ([], (), None)


@pytest.mark.parametrize(
    "facts",
    [{"role": "moderator"}, {"approved_count": 10, "joined_at": MOMENT - timedelta(days=31)}],
)
def test_no_service_is_asked_about_who_passes_in_any_case(session, outside, facts):
    judged(session, text(), **facts)
    assert outside.requests == []


def test_a_mail_address_stays_here(session, outside):
    judged(session, text())
    assert "nana@example.org" not in repr(outside.requests)
    assert "203.0.113.7" in repr(outside.requests)


@pytest.mark.parametrize(("approved", "outcome"), [(0, Outcome.HELD), (1, Outcome.PUBLISHED)])
def test_newcomers_in_doubt_wait_when_a_service_does_not_answer(session, outside, approved, outcome):
    outside.akismet = "error"
    _examined, verdict = judged(session, text(), approved_count=approved)
    assert verdict.probability < 0.5
    assert verdict.outcome == outcome
    assert verdict.values["service_down"] == 1.0


def test_what_was_asked_is_kept_and_the_service_hears_each_decision(session, outside):
    examined, verdict = judged(session, text())
    row = makers.kept(session, 4, examined, verdict, MOMENT)
    assert row.asked is not None
    assert row.asked["address"] == "203.0.113.7"
    row.decision = Decision.SPAM
    learning.teach(session, row.id, True, MOMENT)
    assert [report.is_spam for report in session.query(ServiceReport)] == [True]
    learning.unteach(session, row.id, MOMENT)
    assert session.query(ServiceReport).count() == 0
    learning.teach(session, row.id, False, MOMENT)
    assert [report.is_spam for report in session.query(ServiceReport)] == [False]


def judged(session, submission, **facts):
    examined = asking.examine(session, viewer(**facts), submission, MOMENT, HOME)
    return examined, asking.screen(session, viewer(**facts), examined, MOMENT)


def text(**facts):
    return Submission(
        **{"kind": Kind.REPLY, "body": WORDS, "form_age_s": 60.0, "context": f"{WORDS} Yes.", **facts}
    )


def viewer(**facts):
    """Nana, who came ten minutes ago."""
    joined_at = MOMENT - timedelta(minutes=10)
    return Viewer(**{"id": 4, "name": "Nana", "joined_at": joined_at, "is_confirmed": True, **facts})
