"""The JET card beside a name and on a profile."""

from __future__ import annotations

import pytest

from forum.accounts.cards import card_of, card_rows
from forum.accounts.models import User
from forum.accounts.prefectures import PREFECTURES, prefecture_name


def user(**fields) -> User:
    return User(**{"hidden_parts": "", **fields})


FULL = {"jet_role": "alt", "prefecture": "tottori", "place": "inaka", "year_from": 2019, "year_to": 2022}


@pytest.fixture
def english(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.fixture
def japanese(app):
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        yield


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (FULL, "ALT · Tottori · 2019–22"),
        (FULL | {"year_to": None}, "ALT · Tottori · 2019–"),
        (FULL | {"year_from": None}, "ALT · Tottori · –2022"),
        (FULL | {"year_from": 1998}, "ALT · Tottori · 1998–2022"),
        (FULL | {"year_to": 2019}, "ALT · Tottori · 2019"),
        (FULL | {"hidden_parts": "prefecture years"}, "ALT"),
        ({"place": "city"}, None),
        ({}, None),
    ],
)
def test_the_line_beside_a_name_shows_what_is_told_and_not_hidden(english, fields, line):
    assert card_of(user(**fields), "en") == line


def test_the_card_speaks_the_readers_language(japanese):
    assert "鳥取県" in (card_of(user(**FULL), "ja") or "")


def test_the_profile_shows_all_parts_but_the_hidden_ones(english):
    rows = dict(card_rows(user(**FULL | {"hidden_parts": "jet_role"})))
    assert rows == {"Prefecture": "Tottori", "Place": "Inaka", "Years in Japan": "2019–22"}


def test_there_are_47_prefectures_in_two_languages():
    assert len(PREFECTURES) == 47
    assert prefecture_name("oita", "ja") == "大分県"
    assert len(set(PREFECTURES.values())) == 47
