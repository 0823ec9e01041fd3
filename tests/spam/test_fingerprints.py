"""Which texts are one and the same."""

import pytest

from forum.spam.fingerprints import fingerprint

TEXT = "Cheap bags 100 yen: visit us"


@pytest.mark.parametrize(
    "same",
    [
        "cheap BAGS 100 yen - visit us!!!",
        "Ｃｈｅａｐ　ｂａｇｓ　１００　ｙｅｎ：　ｖｉｓｉｔ　ｕｓ",
        "Cheap\n\nbags   100 yen: visit us",
        "Che\u200bap ba\u00adgs 100 yen: visit us",
        "Сhеар bаgs 100 yen: vіsіt us",
        "Cheap bags ①⓪⓪ yen: visit us",
        "Cheap bags ١٠٠ yen: visit us",
        "C-h-e-a-p b.a.g.s 1OO yen visit us",
    ],
)
def test_texts_that_look_the_same_have_one_fingerprint(same):
    assert fingerprint(same) == fingerprint(TEXT)


@pytest.mark.parametrize(
    "other",
    ["Cheap bags 200 yen: visit us", "Cheap bags 100 yen: visit him", "", "かばん", "がばん", "👍", "!"],
)
def test_other_texts_have_others(other):
    assert fingerprint(other) != fingerprint(TEXT)


def test_signs_without_letters_are_told_apart():
    assert len({fingerprint(text) for text in ("👍", "👎", "!!!", "", "かき", "がき")}) == 6


@pytest.mark.parametrize("piece", ["", "a", "\ud800", "👍🏽", "1"])
def test_a_fingerprint_fits_a_signed_column_of_64_bits(piece):
    assert -(2**63) <= fingerprint(piece * 100_000) < 2**63
