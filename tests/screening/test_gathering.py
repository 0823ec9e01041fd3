"""What the board's other texts say of a new one: near copies, sites, neighbours, newcomers, mail addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.access import Viewer
from forum.accounts.models import User
from forum.db import write
from forum.screening import asking, gathering, learning
from forum.screening.examined import unread
from forum.screening.models import Decision, Kind, LinkHost, Screening, TextBand
from forum.screening.origins import Origin
from forum.spam.judging import MOST_COUNTED, Outcome, Standing, Submission, Verdict
from tests import grown, makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()
WORDS = (
    "We wrap the pipes in old towels, let the tap drip all night, and keep the kerosene stove in the kitchen."
)
NEAR = WORDS.replace("towels", "blankets").replace("kitchen", "hall")
HELD = Verdict(Outcome.HELD, 0.9, ())
PUBLISHED = Verdict(Outcome.PUBLISHED, 0.1, ())
BOB, NANA = 2, 4
SHOP = ("https://www.shop.example/a", "https://m.shop.example/b")
HOME = Origin("203.0.113.7", "Mozilla", 77)


@pytest.fixture
def session(app):
    with app.app_context(), write() as session:
        yield session


def test_a_near_copy_of_a_rejected_text_is_found_and_holds_even_the_trusted(session):
    reject(session, WORDS, BOB, MOMENT - timedelta(days=300))
    verdict = judged(session, viewer(approved_count=500), NEAR)
    assert verdict.values["near_rejected"] == pytest.approx(0.66, abs=0.15)
    assert verdict.outcome == Outcome.HELD


def test_a_decision_that_is_taken_back_frees_the_copies_too(session):
    row = reject(session, WORDS, BOB, MOMENT)
    row.decision = Decision.PENDING
    learning.unteach(session, row.id, MOMENT)
    assert "near_rejected" not in judged(session, viewer(), NEAR).values


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.PUBLISHED])
def test_copies_of_a_public_post_are_looked_out_for_once_it_was_rejected(session, outcome):
    row = makers.kept(
        session, BOB, unread(text(WORDS)), Verdict(outcome, 0.1, (), standing="trusted"), MOMENT
    )
    before = bands(session, row)
    row.decision = Decision.SPAM
    learning.teach(session, row.id, True, MOMENT)
    assert bands(session, row) == 20
    assert "near_rejected" in judged(session, viewer(), NEAR).values
    learning.unteach(session, row.id, MOMENT)
    assert bands(session, row) == before


def test_a_near_copy_of_what_waits_is_told_unless_one_wrote_it_oneself(session):
    makers.kept(session, NANA, unread(text(WORDS)), HELD, MOMENT)
    assert {"near_waiting", "repeated"} <= judged(session, viewer(), NEAR).values.keys()
    assert not {"near_waiting", "repeated"} & judged(session, viewer(id=NANA), NEAR).values.keys()


def test_near_copies_that_stand_under_other_accounts_are_a_campaign(session):
    for author in (BOB, NANA):
        newcomers = replace(PUBLISHED, standing=Standing.NEWCOMER)
        makers.kept(session, author, unread(text(WORDS)), newcomers, MOMENT - timedelta(days=20))
    assert judged(session, viewer(), NEAR).values["campaign"] == 1.0


def test_a_copy_that_came_after_the_text_was_examined_is_found_in_the_transaction(session):
    examined = asking.examine(session, viewer(), text(NEAR), MOMENT)
    makers.kept(session, NANA, unread(text(WORDS)), HELD, MOMENT)
    assert "near_waiting" in asking.screen(session, viewer(), examined, MOMENT).values


def test_a_copy_that_was_rejected_after_the_text_was_examined_counts_as_rejected(session):
    row = makers.kept(session, NANA, unread(text(WORDS)), HELD, MOMENT)
    examined = asking.examine(session, viewer(), text(NEAR), MOMENT)
    row.decision = Decision.SPAM
    session.flush()
    values = asking.screen(session, viewer(), examined, MOMENT).values
    assert "near_rejected" in values
    assert "near_waiting" not in values


@pytest.mark.parametrize("decision", [Decision.WITHDRAWN, Decision.REMOVED])
def test_what_was_taken_back_or_removed_without_being_spam_is_nothing_to_copy(session, decision):
    makers.kept(session, NANA, unread(text(WORDS)), HELD, MOMENT).decision = decision
    assert judged(session, viewer(), NEAR).values.keys() == {"base", "text", "good_record"}


def test_a_refused_text_may_be_mended_and_sent_again(session):
    refused = Verdict(Outcome.REFUSED, 1.0, (), standing=Standing.NEWCOMER)
    makers.kept(session, BOB, unread(text(WORDS)), refused, MOMENT)
    assert judged(session, viewer(), NEAR).values.keys() == {"base", "text", "good_record"}


def test_a_post_is_no_copy_of_its_own_earlier_version(session):
    makers.thread(session, session.get_one(User, BOB))
    makers.kept(session, NANA, unread(text(WORDS)), HELD, MOMENT, post_id=1)
    examined = asking.examine(session, viewer(), text(NEAR), MOMENT, post_id=1)
    assert "near_waiting" not in asking.screen(session, viewer(), examined, MOMENT, post_id=1).values


def test_a_version_that_was_rejected_is_not_sent_again_with_a_word_changed(session):
    makers.thread(session, session.get_one(User, BOB))
    row = makers.kept(session, BOB, unread(text(WORDS)), HELD, MOMENT, post_id=1)
    row.decision = Decision.SPAM
    session.flush()
    examined = asking.examine(session, viewer(id=BOB), text(NEAR), MOMENT, post_id=1)
    assert "near_rejected" in asking.screen(session, viewer(id=BOB), examined, MOMENT, post_id=1).values


def test_a_flood_of_waiting_copies_does_not_hide_the_rejected_one(session):
    reject(session, WORDS, BOB, MOMENT - timedelta(days=200))
    for number in range(40):
        makers.kept(session, NANA, unread(text(f"{NEAR} {number}")), HELD, MOMENT)
    assert "near_rejected" in judged(session, viewer(), f"{NEAR} Yes.").values


def test_texts_of_known_members_that_pass_are_not_looked_out_for(session):
    makers.kept(session, BOB, unread(text(WORDS)), replace(PUBLISHED, standing=Standing.KNOWN), MOMENT)
    assert session.scalar(sa.select(sa.func.count()).select_from(TextBand)) == 0


def test_a_site_of_rejected_texts_speaks_against_a_text_until_the_decision_is_taken_back(session):
    before = judged(session, viewer(), "See here.", links=SHOP).values
    row = reject(session, "Buy now.", NANA, MOMENT, links=SHOP)
    assert site(session) == (0, 1)
    assert judged(session, viewer(), "See here.", links=SHOP).values["site_rejected"] == 0.693
    learning.unteach(session, row.id, MOMENT)
    assert site(session) == (0, 0)
    assert judged(session, viewer(), "See here.", links=SHOP).values == before


def test_an_approved_text_speaks_for_its_sites(session):
    row = makers.kept(session, NANA, unread(text("See here.", links=SHOP)), HELD, MOMENT)
    learning.teach(session, row.id, False, MOMENT)
    assert site(session) == (1, 0)
    assert judged(session, viewer(), "See here.", links=SHOP).values["site_approved"] == 0.693


@pytest.mark.parametrize(
    ("standing", "kind", "counts"),
    [
        (Standing.TRUSTED, Kind.REPLY, (1, 0)),
        (Standing.STAFF, Kind.THREAD, (1, 0)),
        (Standing.KNOWN, Kind.REPLY, (0, 0)),
        (Standing.TRUSTED, Kind.EDIT, (0, 0)),
    ],
)
def test_a_post_of_somebody_trusted_speaks_for_its_sites_by_itself(session, standing, kind, counts):
    submission = text("See here.", links=SHOP, kind=kind)
    row = makers.kept(session, BOB, unread(submission), replace(PUBLISHED, standing=standing), MOMENT)
    assert site(session) == counts
    learning.teach(session, row.id, True, MOMENT)
    assert site(session) == (0, 1)
    learning.unteach(session, row.id, MOMENT)
    assert site(session) == counts


def test_each_trusted_author_speaks_for_a_site_once(session):
    trusted = replace(PUBLISHED, standing=Standing.TRUSTED)
    rows = [
        makers.kept(session, author_id, unread(text(f"Number {number}", links=SHOP)), trusted, MOMENT)
        for author_id in (BOB, 1)
        for number in range(3)
    ]
    assert site(session) == (2, 0)
    learning.teach(session, rows[1].id, False, MOMENT)
    assert site(session) == (3, 0)
    learning.unteach(session, rows[1].id, MOMENT)
    assert site(session) == (2, 0)
    learning.teach(session, rows[0].id, True, MOMENT)
    assert site(session) == (1, 1)
    learning.unteach(session, rows[0].id, MOMENT)
    assert site(session) == (2, 0)


def test_no_more_than_so_many_of_a_flood_are_counted(session):
    grown.texts(session, BOB, 2 * MOST_COUNTED, WORDS, "flood.example")
    session.execute(sa.update(Screening).values(decision=Decision.SPAM))
    mark = unread(text(WORDS)).mark
    found = gathering.traffic(session, viewer(), mark, None, makers.now())
    assert (found.same_rejected, found.same_elsewhere) == (MOST_COUNTED, 0)
    session.execute(
        sa.update(Screening).values(decision=Decision.NONE, outcome="published", created_at=makers.now())
    )
    found = gathering.traffic(session, viewer(id=BOB), mark, None, makers.now())
    assert (found.same_rejected, found.same_elsewhere, found.recent_posts) == (
        0,
        *[MOST_COUNTED] * 2,
    )


def test_a_site_that_was_seen_a_week_ago_is_less_of_a_doubt(session):
    nana = viewer(id=NANA, approved_count=0)
    week = timedelta(days=7)
    makers.kept(
        session, BOB, unread(text("See.", links=SHOP)), replace(PUBLISHED, outcome="refused"), MOMENT - week
    )
    assert judged(session, nana, "See here.", links=SHOP).values["site_unknown"] == 1.0
    for at in (MOMENT - week, MOMENT):
        makers.kept(session, BOB, unread(text("See.", links=SHOP)), PUBLISHED, at)
    assert judged(session, nana, "See here.", links=SHOP).values["site_unknown"] == 0.5


def test_a_newcomers_link_to_a_site_that_nobody_knows_is_told(session):
    nana = viewer(id=NANA, approved_count=0)
    assert "site_unknown" in judged(session, nana, "See here.", links=SHOP).values
    assert "site_unknown" not in judged(session, nana, "See http://localhost/p/1").values


def test_links_that_only_a_reader_sees_have_sites_too(session):
    assert unread(text("Come to ch\u200beap-bags.example.com today")).sites == ("example.com",)


def test_neighbours_on_the_network_speak_for_a_month(session):
    for days, decision in ((1, Decision.SPAM), (29, Decision.SPAM), (31, Decision.SPAM)):
        examined = replace(unread(text(f"Number {days}")), origin=HOME)
        makers.kept(session, BOB, examined, HELD, MOMENT - timedelta(days=days)).decision = decision
    assert from_network(session, viewer(), HOME)["network"] == 1.099
    assert "network" not in from_network(session, viewer(), replace(HOME, network=78))
    assert "network" not in from_network(session, viewer(), None)
    assert "network" not in from_network(session, viewer(id=BOB), HOME)


def test_many_newcomers_at_once_are_told(session):
    newcomers = replace(PUBLISHED, standing=Standing.NEWCOMER)
    for number in range(9):
        makers.kept(session, BOB, unread(text(f"Number {number}")), newcomers, MOMENT - timedelta(minutes=9))
    assert judged(session, viewer(approved_count=0), WORDS).values["burst"] == 1.17
    assert "burst" not in judged(session, viewer(), WORDS).values


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("nana@mailinator.com", True),
        ("nana@x.MAILINATOR.com", True),
        ("nana@example.org", False),
        (None, False),
    ],
)
def test_a_mailbox_that_is_thrown_away_is_told(session, address, is_told):
    session.get_one(User, NANA).email = address
    session.flush()
    values = judged(session, viewer(id=NANA, approved_count=0), WORDS).values
    assert ("disposable_mail" in values) is is_told


def test_what_was_found_is_kept_with_the_verdict(session):
    examined = asking.examine(session, viewer(), text(WORDS, links=SHOP), MOMENT, HOME)
    verdict = asking.screen(session, viewer(), examined, MOMENT)
    row = makers.kept(session, 1, examined, verdict, MOMENT)
    session.refresh(row)
    assert (row.standing, row.hosts, row.network) == ("known", ["shop.example"], 77)
    assert (row.rules, row.asked, row.shadow_probability) == ([], None, None)
    assert row.signals == verdict.values
    assert "203.0.113.7" not in repr([getattr(row, column.name) for column in Screening.__table__.columns])


def reject(session, body, author_id, at, **facts):
    row = makers.kept(session, author_id, unread(text(body, **facts)), HELD, at)
    row.decision = Decision.SPAM
    learning.teach(session, row.id, True, at)
    return row


def bands(session, row):
    return session.scalar(sa.select(sa.func.count()).where(TextBand.screening_id == row.id))


def site(session):
    session.expire_all()
    host = session.get_one(LinkHost, "shop.example")
    return host.approved, host.rejected


def judged(session, person, body, **facts):
    examined = asking.examine(session, person, text(body, **facts), MOMENT)
    return asking.screen(session, person, examined, MOMENT)


def text(body, **facts):
    return Submission(**{"kind": Kind.REPLY, "body": body, "form_age_s": 60.0, **facts})


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


def from_network(session, person, origin):
    examined = asking.examine(session, person, text(WORDS), MOMENT, origin)
    return asking.screen(session, person, examined, MOMENT).values
