"""The page about the filter: what it tells whom, and that nothing changes before it is shown."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.db import reading, write
from forum.moderation.curves import curve
from forum.screening import figures, policies, rules, textmodel, versions
from forum.screening.models import Decision, FilterModel, FilterPolicy, FilterRule, Kind, Screening
from forum.spam.judging import Policy
from forum.spam.model import Model
from tests import makers
from tests.moderation.scenes import counted

URL = "/mod/filter"
THRESHOLDS = f"{URL}/thresholds"
STRICT = {"hold_newcomer": "30", "hold_known": "60", "refusal": "98"}
BEFORE = makers.now() - timedelta(days=7)


@pytest.fixture
def ando(staff, sign_in):
    """The browser of an admin."""
    return sign_in("Ando")


@pytest.fixture
def judged(app, staff):
    """Thirty texts of newcomers: twenty good ones at 0.4, five spam ones at 0.4 and five at 0.9."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        thread = makers.thread(session, alice)
        for number in range(30):
            is_spam, probability = number >= 20, 0.9 if number >= 25 else 0.4
            post = makers.post(session, thread, alice, body=f"Text number {number}.", at=BEFORE)
            screened(
                session,
                alice.id,
                post.id,
                text=f"Text number {number}.",
                probability=probability,
                outcome="held" if probability > 0.5 else "published",
                decision=Decision.SPAM if is_spam else Decision.NONE,
            )


def screened(session, author_id, post_id, **fields) -> None:
    session.add(
        Screening(
            kind=Kind.REPLY,
            author_id=author_id,
            post_id=post_id,
            fingerprint=1,
            standing="newcomer",
            created_at=BEFORE,
            **{
                "reasons": [{"code": "text", "weight": 1.5, "detail": "visa cheap"}],
                "signals": {"base": 1.0, "text": 0.0},
                **fields,
            },
        )
    )


def plain(page: str) -> str:
    """What a reader sees, on one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def policy_of(app) -> Policy:
    with app.app_context():
        return policies.current(reading())


def test_a_board_without_texts_says_so(mori):
    page = plain(mori.get(URL).text)
    assert "Nothing that a member wrote in the last 90 days was judged" in page
    assert "While fewer than 20 texts are known as spam or good, no figures stand here" in page
    assert "There is no rule." in page


def test_the_figures_say_on_how_many_texts_they_rest(judged, mori):
    page = plain(mori.get(URL).text)
    assert "the 30 newest texts of members" in page
    assert "10 are known as spam" in page
    assert "20 as good" in page
    assert "Spam caught before anybody saw it – 5 of 10, too few to tell" in page
    assert "Good texts that had to wait 0% 0 of 20" in page
    assert "It rests on 30 texts." in page
    assert "The words 10 +1.5 20 +1.5 +1.00 +1.00" in page
    assert "visa 10 spam, 20 good" in page


def test_the_calibration_is_drawn_and_told_in_numbers(judged, mori):
    page = mori.get(URL).text
    drawing = page[page.index('<svg class="curve"') : page.index("</svg>", page.index('<svg class="curve"'))]
    assert drawing.count("<circle") == 2
    assert 'aria-describedby="curve-numbers"' in drawing
    assert "Probability of spam, as the filter said it" in drawing
    assert "Share that was spam" in drawing
    assert "40% 20% 8.9% – 39% 25" in plain(page)


def test_a_drawing_has_its_zero_at_the_bottom_left():
    left, right = figures.Bin(0.0, 0.1, 0.0, 0.0, 0.0, 0.2, 4), figures.Bin(0.9, 1.0, 1.0, 1.0, 0.8, 1.0, 16)
    drawn = curve((left, right))
    first, last = drawn.points
    assert (first.x, first.y, last.x, last.y) == (drawn.left, drawn.bottom, drawn.right, drawn.top)
    assert first.y_most < first.y_least
    assert first.radius < last.radius
    assert curve(()) is None


def test_the_page_takes_few_statements_and_no_more_for_more_texts(app, judged, mori):
    with app.app_context(), write() as session:
        rules.add(session, rules.RuleKind.PHRASE, "cheap visas", 1, BEFORE)
    mori.get(URL)
    with counted(app) as statements:
        mori.get(URL)
    # Who is looking, what waits; the texts, the marks of the model, the choices, the versions, the rules.
    assert len(statements) <= 8


def test_a_preview_names_each_text_and_changes_nothing(app, judged, mori):
    page = mori.get(THRESHOLDS, query_string=STRICT)
    assert page.status_code == 200
    told = plain(page.text)
    assert "Nothing has changed yet." in told
    assert "Newcomers are held from 50% 30%" in told
    assert "Both were tried on 10 texts that are spam and 20 that are good." in told
    assert "Good texts that would have waited 20 of 20" in told
    assert "More spam caught 5 of 10" in told
    assert 'href="/p/2/moderate" lang="en">Text number 0.</a>' in page.text
    assert policy_of(app) == Policy()


def test_a_preview_of_too_little_tells_nothing(app, staff, mori):
    told = plain(mori.get(THRESHOLDS, query_string=STRICT).text)
    assert "It rests on 0 texts" in told
    assert "would have waited" not in told


def test_an_admin_lets_thresholds_count(app, judged, ando):
    page = ando.get(THRESHOLDS, query_string=STRICT).text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = ando.post(THRESHOLDS, data=fields)
    assert (answer.status_code, answer.location) == (303, URL)
    assert policy_of(app) == Policy(hold_newcomer=0.3, hold_known=0.6, refuse=0.98)
    assert "Newcomers 30%, known members 60%, refusal 98%" in plain(ando.get(URL).text)


def test_a_choice_made_from_an_old_page_is_not_taken(app, ando):
    assert ando.post(THRESHOLDS, data={**STRICT, "seen": "0"}).status_code == 303
    assert ando.post(THRESHOLDS, data={**STRICT, "hold_newcomer": "40", "seen": "0"}).status_code == 409
    assert policy_of(app).hold_newcomer == 0.3


@pytest.mark.parametrize(
    "wrong",
    [
        {"hold_newcomer": "many"},
        {"hold_newcomer": ""},
        {"hold_known": "20"},
        {"hold_known": "101"},
        {"refusal": "50"},
        {"refusal": "nan"},
    ],
)
def test_numbers_that_can_t_be_used_come_back_with_a_sentence(app, ando, wrong):
    for answer in (
        ando.get(THRESHOLDS, query_string={**STRICT, **wrong}),
        ando.post(THRESHOLDS, data={**STRICT, **wrong, "seen": "0"}),
    ):
        assert answer.status_code == 422
        assert answer.text.count('class="field-error"') == 1
    assert policy_of(app) == Policy()


@pytest.mark.parametrize("seen", ["", "x", "-1", "１"])
def test_a_form_without_its_mark_is_refused(app, ando, seen):
    assert ando.post(THRESHOLDS, data={**STRICT, "seen": seen}).status_code == 422
    assert policy_of(app) == Policy()


def test_a_share_may_be_written_with_a_comma(app, ando):
    ando.post(THRESHOLDS, data={**STRICT, "refusal": "99,5", "seen": "0"})
    assert policy_of(app).refuse == 0.995


def test_a_rule_begins_in_shadow_shows_whom_it_would_wrong_and_is_let_count(app, judged, ando):
    assert ando.post(f"{URL}/rules", data={"kind": "phrase", "pattern": "text number"}).status_code == 303
    with app.app_context(), write() as session:
        session.execute(sa.update(Screening).values(rules=[1]))
    page = ando.get(URL).text
    assert "30 texts met it" in page
    assert "It would have held these good texts:" in page
    assert "and 15 more" in page
    assert ando.post(f"{URL}/rules/1", data={"state": "live"}).status_code == 303
    assert "Only watch" in ando.get(URL).text
    assert ando.post(f"{URL}/rules/1", data={"state": "ended"}).status_code == 303
    assert "There is no rule." in ando.get(URL).text


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "phrase", "pattern": "a"},
        {"kind": "site", "pattern": "x"},
        {"kind": "song", "pattern": "cheap visas"},
        {},
    ],
)
def test_a_rule_that_says_nothing_comes_back_with_a_sentence(app, ando, data):
    answer = ando.post(f"{URL}/rules", data=data)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    with app.app_context():
        assert reading().scalars(sa.select(FilterRule)).all() == []


@pytest.fixture
def shadowed(app, staff, tmp_path):
    """The shipped model decides, another one runs in shadow."""
    model = Model.empty()
    model.apply("Buy cheap visas", 4000)
    model.save(tmp_path / "own.bin")
    with app.app_context(), write() as session:
        versions.offer_shipped(session, BEFORE)
        versions.try_out(session, (tmp_path / "own.bin").read_bytes(), "Our own", 1, BEFORE)


def test_a_model_in_shadow_shows_what_it_would_change_and_is_adopted(app, judged, shadowed, ando):
    with app.app_context(), write() as session:
        session.execute(sa.update(Screening).values(shadow_probability=0.75))
    page = plain(ando.get(URL).text)
    assert "Our own In shadow" in page
    assert "Good texts that would have waited 20 of 20" in page
    assert "Spam: 40% live, 67% in shadow" in page
    assert ando.post(f"{URL}/models/2", data={"state": "live"}).status_code == 303
    page = plain(ando.get(URL).text)
    assert "Our own Live" in page
    assert "What the version in shadow would have changed" not in page
    assert ando.post(f"{URL}/models/2", data={"state": "live"}).status_code == 409
    assert ando.post(f"{URL}/models/1", data={"state": "shadow"}).status_code == 303
    assert ando.post(f"{URL}/models/1", data={"state": "retired"}).status_code == 303


def test_broken_models_are_said_loudly(app, judged, shadowed, mori):
    with app.app_context():
        with write() as session:
            session.execute(sa.update(FilterModel).values(file=b"broken"))
        textmodel.init(app)
    page = mori.get(URL).text
    assert 'role="alert"' in page
    assert "no newcomer's text is public before a moderator has read it" in plain(page)
    assert "The version in shadow can't be read" in plain(page)


def test_a_moderator_looks_and_does_not_change(app, judged, shadowed, mori):
    page = mori.get(URL).text
    assert "Admins change the filter; moderators may look at it." in page
    assert "Let it decide" not in page
    assert "Let these count" not in mori.get(THRESHOLDS, query_string=STRICT).text
    for url, data in (
        (THRESHOLDS, {**STRICT, "seen": "0"}),
        (f"{URL}/rules", {"kind": "phrase", "pattern": "cheap visas"}),
        (f"{URL}/rules/1", {"state": "live"}),
        (f"{URL}/models/2", {"state": "live"}),
    ):
        assert mori.post(url, data=data).status_code == 403
    with app.app_context():
        assert reading().scalars(sa.select(FilterPolicy)).all() == []
        assert reading().scalars(sa.select(FilterRule)).all() == []


@pytest.mark.parametrize("what", ["rules/1", "models/1"])
@pytest.mark.parametrize("state", ["", "burning"])
def test_an_unknown_state_is_refused(ando, what, state):
    assert ando.post(f"{URL}/{what}", data={"state": state}).status_code == 422


@pytest.mark.parametrize("what", ["rules/9", "models/9"])
def test_what_is_not_there_is_404(ando, what):
    assert ando.post(f"{URL}/{what}", data={"state": "live"}).status_code == 404


def test_the_page_does_not_exist_for_others(app, staff, guest, sign_in):
    with app.app_context(), write() as session:
        makers.member(session)
    for browser in (guest, sign_in("Alice")):
        assert browser.get(URL).status_code == 404
        assert browser.get(THRESHOLDS, query_string=STRICT).status_code == 404
        assert browser.post(THRESHOLDS, data={**STRICT, "seen": "0"}).status_code == 404
    with app.app_context():
        assert reading().scalar(sa.select(sa.func.count()).select_from(User)) == 4
