"""Good posts that nobody objected to teach the filter what is good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum.accounts.models import User
from forum.db import write
from forum.moderation.models import Act, ActKind, Report
from forum.screening import asking, examples, learning, textmodel, tidying
from forum.screening.examined import unread
from forum.screening.models import Cause, Kind, Lesson
from forum.spam.judging import Outcome, Submission, Verdict
from forum.threads.models import Post, Status
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
NOW = makers.now()
# A good post in words that the filter has met in bad ones.
DOUBTED = "Great post! Cheap visa service in Osaka, call the agent on WhatsApp +81 90 1234 5678, best price guaranteed."
PLAIN = "We wrap the pipes in old towels and let the tap drip."


def test_a_trusted_members_post_teaches_once_that_it_is_good(app):
    posted(app)
    with app.app_context():
        before = textmodel.current().probability(DOUBTED)
        assert before > examples.TAUGHT_FROM
        assert tidying.learn(NOW) == 1
        assert textmodel.current().probability(DOUBTED) < before
        assert tidying.learn(NOW) == 0
        assert [lesson.cause for lesson in lessons()] == [Cause.GOOD]


@pytest.mark.parametrize(
    ("author", "facts"),
    [
        ({"approved_count": 9}, {}),
        ({"approved_count": 40, "rejected_count": 3}, {}),
        ({"approved_count": 40, "joined_at": NOW - timedelta(days=29)}, {}),
        ({"approved_count": 40}, {"at": NOW - timedelta(days=1)}),
        ({"approved_count": 40}, {"status": Status.REMOVED}),
    ],
)
def test_what_is_new_or_whose_author_is_little_known_teaches_nothing(app, author, facts):
    posted(app, author, **facts)
    with app.app_context():
        assert tidying.learn(NOW) == 0
        assert lessons() == []


def test_what_the_filter_knows_already_is_not_taught_again(app):
    posted(app)
    with app.app_context():
        for number in range(6):
            with write() as session:
                same = unread(Submission(Kind.REPLY, f"{DOUBTED} {number}"))
                row = makers.kept(session, 1, same, Verdict(Outcome.HELD, 0.5, ()), NOW)
                learning.teach(session, row.id, False, NOW)
        assert textmodel.current().probability(DOUBTED) < examples.TAUGHT_FROM
        assert tidying.learn(NOW) == 0


@pytest.mark.parametrize("author", [{"role": "moderator"}, {"password_hash": None, "approved_count": 1}])
def test_posts_of_the_staff_and_of_imported_people_teach_too(app, author):
    posted(app, author)
    with app.app_context():
        assert tidying.learn(NOW) == 1


def test_a_reported_post_teaches_nothing_until_the_report_is_closed(app):
    post_id = posted(app)
    with app.app_context():
        with write() as session:
            report = Report(post_id=post_id, reporter_id=1, reason="spam", note="", created_at=NOW)
            session.add(report)
        assert tidying.learn(NOW) == 0
        with write() as session:
            session.query(Report).one().closed_by_id = dismissal(session, post_id)
        assert tidying.learn(NOW) == 1


def test_a_post_that_moderators_decided_about_teaches_what_they_said(app):
    post_id = posted(app)
    with app.app_context():
        with write() as session:
            screening = asking.of_public_post(session, post_id, NOW)
            learning.teach(session, screening.id, True, NOW)
        assert tidying.learn(NOW) == 0


def test_a_decision_about_an_example_and_its_undo_stay_exact(app):
    post_id = posted(app)
    with app.app_context():
        tidying.learn(NOW)
        learned, records = textmodel.current().probability(DOUBTED), record()
        with write() as session:
            number = asking.of_public_post(session, post_id, NOW).id
            learning.teach(session, number, True, NOW)
        assert textmodel.current().probability(DOUBTED) > learned
        with write() as session:
            learning.unteach(session, number, NOW)
        assert (textmodel.current().probability(DOUBTED), record()) == (learned, records)


def test_each_post_teaches_once(app):
    for number in range(3):
        posted(app, name=f"Member {number}", body=f"{DOUBTED} {number}")
    with app.app_context():
        assert tidying.learn(NOW) == 3
        assert tidying.learn(NOW) == 0
        assert len({lesson.screening_id for lesson in lessons()}) == 3


def test_one_author_teaches_two_posts_at_once(app):
    with app.app_context(), write() as session:
        yuki = makers.member(session, "Yuki", approved_count=40)
        thread = makers.thread(session, session.query(User).filter_by(name="Alice").one(), body=PLAIN)
        for number in range(5):
            makers.post(session, thread, yuki, body=f"{DOUBTED} {number}", at=NOW - timedelta(days=3))
    with app.app_context():
        assert tidying.learn(NOW) == 2


def test_without_a_model_nothing_is_taught(app, data_dir):
    posted(app)
    textmodel.init(app, data_dir / "none.bin")
    try:
        with app.app_context():
            assert tidying.learn(NOW) == 0
    finally:
        textmodel.init(app)


def posted(app, author=None, *, name="Yuki", body=DOUBTED, at=None, status=Status.PUBLIC):
    """A reply that has stood for three days, by a trusted member unless `author` says otherwise."""
    at = at or NOW - timedelta(days=3)
    with app.app_context(), write() as session:
        alice = session.query(User).filter_by(name="Alice").one()
        thread = makers.thread(session, alice, body=PLAIN, at=at)
        writer = makers.member(session, name, **{"approved_count": 40, **(author or {})})
        post = makers.post(session, thread, writer, body=body, at=at)
        post.status = status
        assert session.get_one(Post, post.id).number
        return post.id


def dismissal(session, post_id):
    mori = session.query(User).filter_by(name="Mori").one()
    act = Act(kind=ActKind.DISMISS, actor_id=mori.id, user_id=mori.id, post_id=post_id, created_at=NOW)
    session.add(act)
    session.flush()
    return act.id


def lessons():
    with write() as session:
        return session.query(Lesson).all()


def record():
    with write() as session:
        session.expire_all()
        yuki = session.query(User).filter_by(name="Yuki").one()
        return yuki.approved_count, yuki.rejected_count
