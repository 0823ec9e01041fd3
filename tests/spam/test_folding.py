"""What a disguised text turns into."""

import pytest

from forum.spam.folding import fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Free MONEY", "free money"),
        ("ｆｒｅｅ　ｍｏｎｅｙ", "free money"),
        ("ca\u200bsi\u00adno", "casino"),
        ("pay\u202epal", "paypal"),
        ("Pуthоn trаining", "python training"),
        ("f r e e", "free"),
        ("c.a.s.i.n.o now", "casino now"),
        ("v-i-s-a", "visa"),
        ("m0n3y and ca$ino", "money and casino"),
        ("スーパーｺﾋﾟｰ", "スーパーコピー"),
        ("副\u200b業", "副業"),
    ],
)
def test_a_disguise_is_taken_off(written, read):
    assert fold(written).text == read


@pytest.mark.parametrize(
    "plain",
    [
        "привет, как дела",
        "αβγ",
        "on the 10th at 3pm",
        "i took n2 and n1",
        "i pay $50 or 5000",
        "don't e-mail me",
        "http://l33t.example.com/w0rd",
        "来月から鳥取でaltになります。",
        "がぎぐげご",
    ],
)
def test_an_honest_text_stays_as_it_is(plain):
    folded = fold(plain)
    assert folded.text == plain
    assert (folded.invisible, folded.lookalike, folded.spaced, folded.leet) == (0, 0, 0, 0)


def test_a_russian_word_with_planted_latin_letters_is_russian_again():
    assert fold("зapaбoтoк").text == "заработок"


def test_each_disguise_is_counted():
    folded = fold("ca\u200bsino Pуthоn f r e e m0n3y")
    assert (folded.invisible, folded.lookalike, folded.spaced, folded.leet) == (1, 1, 1, 1)


def test_a_joiner_inside_an_emoji_is_no_disguise():
    assert fold("👩\u200d👩\u200d👧 ❤\ufe0f").invisible == 0


def test_links_are_found_once_each_with_or_without_a_scheme():
    assert fold("see https://Example.com/a, www.b.org and c-d.shop/x").links == (
        "https://example.com/a,",
        "www.b.org",
        "c-d.shop/x",
    )
