"""What must hold against each attack, and for the honest people beside it."""

from __future__ import annotations

import pytest

from tests.attacks import texts
from tests.attacks.scripts import SCENES
from tests.attacks.stage import Fate

# How many of the attacker's texts may ever become public. Those that nobody has seen before can't all be known.
MOST_PUBLIC = {
    "near-copies, English": 2,
    "near-copies, Japanese": 2,
    "near-copies, without a link": 2,
    "near-copies, blunt": 0,
    "near-copies after a rejection, English": 0,
    "near-copies after a rejection, Japanese": 0,
    # Copies of two words in twenty-five changed twice over are as unlike each other as two people's posts.
    "near-copies after a rejection, without a link": 2,
    # Trusted members pass: the first text does harm until a moderator has seen it.
    "stolen account of 400 approved posts": 1,
    "stolen account of 12 approved posts": 1,
    "sleeper after one post, advertisement": 0,
    "sleeper after one post, a quiet link": 0,
    "sleeper after four posts, advertisement": 0,
    "sleeper after four posts, a quiet link": 0,
    "hidden field filled, advertisement": 0,
    "hidden field filled, harmless words": 0,
    "0.4 s after the form, advertisement": 0,
    "0.4 s after the form, harmless words": 0,
    "link farms in profiles": 0,
    "neighbourhood after 5 rejections": 0,
    "flattery without links": len(texts.FLATTERY) // 2,
}
# Sure by two kinds of evidence, so that no moderator has to look.
REFUSED = ("hidden field filled, advertisement", "0.4 s after the form, advertisement")


@pytest.mark.parametrize("name", SCENES)
def test_what_becomes_public_and_that_nobody_is_wronged(stage, name):
    counts = SCENES[name](stage)
    assert counts.public <= MOST_PUBLIC.get(name, 0), counts.attack
    assert counts.wronged_texts == []
    if name in REFUSED:
        assert set(counts.attack) == {Fate.REFUSED}


def test_no_attack_goes_by_unasserted():
    honest_alone = {"newcomer with two good links", "ten newcomers' first posts", "orientation evening"}
    assert set(SCENES) == MOST_PUBLIC.keys() | honest_alone
