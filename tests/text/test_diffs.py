"""What an edit changed."""

import time

from hypothesis import given
from hypothesis import strategies as st

from forum.text.diffs import changes


def shown(old: str, new: str) -> list[str]:
    """Each line with a sign before it and brackets around what changed."""
    signs = {"same": " ", "removed": "-", "added": "+"}
    return [
        signs[line.kind] + "".join(f"[{part.text}]" if part.is_changed else part.text for part in line.parts)
        for line in changes(old, new)
    ]


def test_a_changed_word_is_marked_within_its_line():
    assert shown("one\ntwo big cats\nend", "one\ntwo small cats\nend") == [
        " one",
        "-two [big] cats",
        "+two [small] cats",
        " end",
    ]


def test_changed_characters_are_marked_in_japanese():
    assert shown("今日は雨です", "今日は雪です") == ["-今日は[雨]です", "+今日は[雪]です"]


def test_added_and_removed_lines_are_changed_as_a_whole():
    assert shown("a\nb", "a\nnew words\nb") == [" a", "+[new words]", " b"]
    assert shown("a\nold words\nb", "a\nb") == [" a", "-[old words]", " b"]


def test_lines_with_little_in_common_are_changed_as_a_whole():
    assert shown("alpha beta gamma delta", "entirely different words here") == [
        "-[alpha beta gamma delta]",
        "+[entirely different words here]",
    ]


def test_equal_texts_have_no_change():
    assert shown("a\n\nb", "a\n\nb") == [" a", " ", " b"]


PIECES = st.lists(st.sampled_from(["a", "b", " ", "\n", "か", "漢", "word", ".", "é"]), max_size=40).map(
    "".join
)


@given(PIECES, PIECES)
def test_both_versions_can_be_read_from_the_changes(old, new):
    lines = changes(old, new)
    for kinds, text in ((("same", "removed"), old), (("same", "added"), new)):
        assert (
            "\n".join("".join(part.text for part in line.parts) for line in lines if line.kind in kinds)
            == text
        )


def test_long_texts_without_a_common_line_are_compared_in_bounded_time():
    old, new = "".join(f"a{n} b\n" for n in range(5_000)), "".join(f"b a{n}\n" for n in range(5_000))
    start = time.process_time()
    assert len(changes(old, new)) == 10_001
    assert time.process_time() - start < 5
