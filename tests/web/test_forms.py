"""What all forms share: stamps, cleaned texts, counted lengths."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.datastructures import MultiDict

from forum.web.forms import LineField, StampedForm, TextField, length


class Form(StampedForm):
    line = LineField("Line", [length(2, 5)])
    text = TextField("Text", [length(0, 5)])


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def test_a_served_form_knows_how_long_it_lay_open():
    stamp = served()
    form = sent(idempotency=stamp)
    assert form.age_s(datetime.now(UTC) + timedelta(seconds=60)) == pytest.approx(60, abs=2)
    assert form.age_s(datetime.now(UTC) - timedelta(days=1)) == 0


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "y{}", "{}x", "{}.", ".{}"])
def test_a_stamp_that_we_did_not_make_has_no_age(forged):
    assert sent(idempotency=forged.format(served())).age_s(datetime.now(UTC)) is None


def test_two_forms_have_two_keys_and_one_form_keeps_its_own():
    first, second = served(), served()
    assert sent(idempotency=first).key != sent(idempotency=second).key
    form = sent(idempotency=first)
    form.stamp()
    assert (form.idempotency.data, form.key) == (first, sent(idempotency=first).key)


@pytest.mark.parametrize("given", ["", ".", "..", "x" * 5000, "…" * 100])
def test_a_key_is_never_empty_and_never_long(given):
    assert 0 < len(sent(idempotency=given).key) <= 64


def test_two_forms_without_a_stamp_have_two_keys():
    assert sent().key != sent().key


@pytest.mark.parametrize(("value", "is_filled"), [(None, False), ("", False), ("x", True), (" ", True)])
def test_the_trap_tells_when_it_was_filled(value, is_filled):
    assert sent(**({} if value is None else {"website": value})).is_trap_filled is is_filled


@pytest.mark.parametrize(
    ("told", "share"),
    [
        ("120 0", 0.0),
        ("30 90", 0.75),
        ("0 400", 1.0),
        ("0 0", None),
        ("", None),
        ("1", None),
        ("-1 5", None),
        ("1 2 3", None),
        ("NaN 4", None),
        ("٣ 4", None),
        ("9" * 30 + " 1", None),
        ("5 5\n", None),
    ],
)
def test_the_pasted_share_is_a_share_or_unknown(told, share):
    assert sent(typing=told).pasted_share == share


def test_a_form_of_a_browser_without_script_has_no_pasted_share():
    assert sent().pasted_share is None


def test_a_line_is_one_line_without_what_hides():
    assert sent(line="  a\r\n\u200b b\u202e  ").line.data == "a b"


def test_a_text_keeps_its_lines_without_what_hides():
    assert sent(text="\r\n a \r\n\x00b\u202e\n\n").text.data == " a\nb"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "Please fill this in."),
        (" \u3000\u200b ", "Please fill this in."),
        ("あ", "At least 2 characters."),
        ("漢字かな交", None),
        ("漢字かな交じ", "1 character too long."),
        ("🎌🎌🎌🎌🎌🎌🎌", "2 characters too long."),
    ],
)
def test_lengths_count_characters_as_people_do(line, complaint):
    form = sent(line=line)
    assert form.validate() is (complaint is None)
    assert form.line.errors == ([complaint] if complaint else [])


def test_a_verbs_refusal_stands_beside_its_field_or_above_the_form():
    form = sent(line="fine")
    form.validate()
    form.refuse({"line": "Taken.", "elsewhere": "Closed."})
    assert (form.line.errors, form.form_errors) == (["Taken."], ["Closed."])


def served():
    """The stamp of a form as it is served."""
    form = Form()
    form.stamp()
    return form.idempotency.data


def sent(**fields):
    return Form(MultiDict(fields))


def test_blanks_count_against_the_limit_of_a_text():
    form = sent(line="ok", text="          x")
    assert not form.validate()
    assert form.text.errors == ["6 characters too long."]
