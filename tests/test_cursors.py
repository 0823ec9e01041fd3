"""Numbers and places that stand in addresses."""

from __future__ import annotations

import pytest

from forum.cursors import LARGEST_NUMBER, place, read_place, row_number
from forum.errors import NotFound
from tests import makers


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), (str(LARGEST_NUMBER), LARGEST_NUMBER)])
def test_a_number_is_read(text, number):
    assert row_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "+1", " 1", "1_0", "1.0", "x", "²", "٣", "１", str(LARGEST_NUMBER + 1), "9" * 5000],
)
def test_whatever_else_it_is_leads_nowhere(text):
    with pytest.raises(NotFound):
        row_number(text)


@pytest.mark.parametrize("key", [1, -7, LARGEST_NUMBER])
def test_a_place_is_found_again(key):
    assert read_place(place(makers.NOW, key)) == (makers.NOW, key)


@pytest.mark.parametrize(
    "text", ["", ".", "1", "1.", ".1", "1.x", "1-1", "1.1.1", "1.--1", "-1.1", f"{'9' * 18}.1"]
)
def test_a_place_that_we_did_not_make_leads_nowhere(text):
    with pytest.raises(NotFound):
        read_place(text)
