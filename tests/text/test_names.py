"""Names that people have are taken, and names that pass for somebody else's are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text.names import MAX_LENGTH, RESERVED, BadName, check, is_reserved, key, skeleton


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "bob_2",
        "a.b-c",
        "たろう",
        "田中",
        "タロー",
        "ALTたろう",
        "佐々木",
        "Müller",
        "Пётр",
        "김민수",
        "สมชาย",
        "नमस्ते",
        "عبدالله",
    ],
)
def test_names_of_people_are_kept_as_they_are(name):
    assert check(name) == name


@pytest.mark.parametrize(
    ("written", "kept"), [("Ａｌｉｃｅ", "Alice"), ("ﾀﾛｰ", "タロー"), (" Bob ", "Bob"), ("Zoe\u0308", "Zoë")]
)
def test_width_blanks_and_composition_are_made_one(written, kept):
    assert check(written) == kept


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("ab", "too_short"),
        ("林", "too_short"),
        ("a" * (MAX_LENGTH + 1), "too_long"),
        ("a" * 10_000_000, "too_long"),
        ("a b", "characters"),
        ("_alice", "characters"),
        ("alice.", "characters"),
        ("a..b", "characters"),
        ("al\u200dice", "characters"),
        ("al\u202eice", "characters"),
        ("alice\ufe0f", "characters"),
        ("alice👩", "characters"),
        ("<b>bob", "characters"),
        ("a/b", "characters"),
        ("x\u0323\u0323\u0323y", "characters"),
        ("1234", "no_letter"),
        ("раul", "mixed_scripts"),
        ("αlice", "mixed_scripts"),
        ("たろうВ", "mixed_scripts"),
        ("alice@example.com", "looks_like_mail"),
        ("cheap-pills.com", "looks_like_site"),
        ("bit.ly", "looks_like_site"),
        ("free.zip", "looks_like_site"),
        ("ｂｉｔ．ｌｙ", "looks_like_site"),
        ("田中.みんな", "looks_like_site"),
        ("admin", "reserved"),
        ("Adm1n", "reserved"),
        ("ADMIN_", "characters"),
        ("mod-erator", "reserved"),
        ("moderator2", "reserved"),
        ("ＥＮＧＡＷＡ", "reserved"),
        ("管理人", "reserved"),
    ],
)
def test_a_bad_name_says_what_is_wrong(name, code):
    with pytest.raises(BadName) as raised:
        check(name)
    assert raised.value.code == code


@pytest.mark.parametrize("name", RESERVED.split())
def test_nobody_speaks_with_the_voice_of_the_board(name):
    with pytest.raises(BadName, match="reserved"):
        check(name)


@pytest.mark.parametrize(
    "text", ["Аdmin", "Moderator!", "管理人★", "The Moderator", "M o d", "mod-erator", "Adm1n 7"]
)
def test_nor_do_free_texts(text):
    assert is_reserved(text)


@pytest.mark.parametrize(
    "text", ["", "★", "7", "Modern Girl", "Administrasi", "管理人さんの娘", "Alice in Tottori"]
)
def test_other_free_texts_are_free(text):
    assert not is_reserved(text)


@pytest.mark.parametrize(
    ("name", "imitation"),
    [
        *[
            ("Alice", "AIice"),
            ("Alice", "al1ce"),
            ("Alice", "A.li-ce"),
            ("Alice", "Álice"),
            ("Bob", "B0b"),
            ("Bob", "ВОВ"),
        ],
        *[
            ("morgan", "rnorgan"),
            ("william", "vvilliarn"),
            ("paypal", "раураl"),
            ("søren", "soren"),
            ("Mori", "ｍｏｒｉ"),
        ],
        *[
            ("ニコ", "二コ"),
            ("タロー", "夕ロ一"),
            ("へいた", "ヘいた"),
            ("りか", "リか"),
            ("エミ", "工三"),
            ("カナ", "力ナ"),
        ],
    ],
)
def test_a_name_that_looks_like_another_has_its_skeleton(name, imitation):
    assert skeleton(name) == skeleton(imitation)
    assert name != imitation


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kate", "Mate"),
        ("nina", "vina"),
        ("かな", "がな"),
        ("たろう", "タロウ"),
        ("田中", "中田"),
        ("ミカ", "三浦"),
    ],
)
def test_different_names_have_different_skeletons(one, other):
    assert skeleton(one) != skeleton(other)


def test_a_key_is_the_same_for_all_spellings_of_a_name():
    assert key("Straße") == key("STRASSE") == key("ｓｔｒａｓｓｅ")


def checked(name: str) -> str | None:
    try:
        return check(name)
    except BadName:
        return None


NAMES = st.one_of(st.text(max_size=12), st.text(st.sampled_from("aIl1O0é_-.田中たロー一ßﾀВр"), max_size=12))


@given(NAMES)
def test_a_checked_name_is_checked_once(name):
    kept = checked(name)
    assert kept is None or (check(kept) == kept and 2 <= len(kept) <= MAX_LENGTH)


@given(NAMES)
def test_a_key_is_its_own_key(name):
    assert key(key(name)) == key(name)


@given(NAMES)
def test_a_checked_name_has_a_skeleton_of_its_own(name):
    kept = checked(name)
    assert kept is None or (skeleton(kept) and skeleton(kept) == skeleton(kept + "_"))
