"""Copies with a word changed here and there are found, and nothing else is."""

from __future__ import annotations

import random
import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from forum.spam.nearness import NEAR, bands, resemblance, shingles

# Stored signatures must stay comparable with those of tomorrow.
FIRST_BANDS = (-547808368091989946, -1254096728309152992)
DEMO = Path(__file__).parents[2] / "forum" / "demo"
ENGLISH = (
    "Do you want to sponsor your family or change to a work visa? Our experienced agents in Osaka prepare all"
    " documents for you and guarantee approval in two weeks."
)
JAPANESE = (
    "在宅で誰でも簡単に月30万円稼げる副業をご紹介します。"
    "スマホだけで始められて、未経験の方でも安心のサポート付きです。"
)
CHANGED = [
    (ENGLISH, ENGLISH.replace("Osaka", "Kyoto").replace("two weeks", "ten days")),
    (
        ENGLISH,
        ENGLISH.replace("experienced", "friendly").replace("family", "partner").replace("documents", "forms"),
    ),
    (ENGLISH, f"{ENGLISH} Call us!"),
    (ENGLISH, ENGLISH.upper().replace("E", "3")),
    (ENGLISH, ENGLISH.replace("visa", "v\u200bi\u200bs\u200ba").replace("agents", "аgеnts")),
    (ENGLISH, f"{ENGLISH} https://visa-helpers.example/a"),
    (ENGLISH, f"> I had the same question.\n\n{ENGLISH}"),
    (JAPANESE, JAPANESE.replace("30万円", "50万円").replace("スマホ", "パソコン")),
    (JAPANESE, JAPANESE.replace("誰でも", "主婦でも").replace("安心の", "手厚い")),
    ("Cheap hanko in two days, order at our shop", "Cheap hanko in one day, order at our shop"),
]
APART = [
    ("Thank you!", "Thank you!"),
    ("ありがとうございます！", "ありがとうございます！"),
    ("Good luck with your interview!", "Good luck with your interview!"),
    (
        "I lived in Tottori for three years and the winters were cold, so buy a kotatsu before December.",
        "I lived in Okayama for two years and the summers were hot, but nobody told me to buy a fan.",
    ),
    (
        "鳥取の冬はとても寒いので、12月になる前にこたつを買った方がいいと思います。",
        "岡山の夏はとても暑いので、7月になる前に扇風機を買っておいて本当によかったです。",
    ),
    (
        ENGLISH,
        f"> {ENGLISH}\n\nIs this a scam? They wrote to me in a private message last night, and I would not answer.",
    ),
]


@pytest.mark.parametrize(("one", "other"), CHANGED)
def test_a_copy_with_a_word_in_ten_changed_is_found(one, other):
    assert is_near(one, other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_two_people_say_is_no_copy(one, other):
    assert resemblance(shingles(one), shingles(other)) < NEAR


def test_copies_of_all_demo_posts_are_found_and_no_post_is_near_another():
    rng = random.Random(2026)
    posts = [body for body in demo_posts() if len(shingles(body))]
    copies = [changed(body, rng) for body in posts for _ in range(3)]
    originals = [body for body in posts for _ in range(3)]
    found = sum(is_near(body, copy) for body, copy in zip(originals, copies, strict=True))
    assert found >= 0.99 * len(copies) > 0.99 * 3 * 250
    signatures = [shingles(body) for body in posts]
    assert max(resemblance(one, other) for one, other in combinations(signatures, 2)) < NEAR - 0.1


def test_the_name_and_links_behind_the_text_don_t_count():
    assert resemblance(shingles(f"{ENGLISH}\x1fAgent A\x1fhttps://a.example"), shingles(ENGLISH)) == 1.0


def test_signatures_that_are_stored_stay_what_they_are():
    assert bands(shingles(ENGLISH))[:2] == FIRST_BANDS


@pytest.mark.parametrize("piece", ["", "a ", "あ", "\ud800", "> ", "👍", "http://x.example "])
def test_a_hostile_text_has_a_signature_in_bounds(piece):
    found = shingles(piece * 100_000)
    assert len(found) < 10_000
    assert all(-(2**63) <= band < 2**63 for band in bands(found))
    assert len(bands(found)) in (0, 20)


def is_near(one: str, other: str) -> bool:
    """Whether the other text is found by a band and then verified."""
    first, second = shingles(one), shingles(other)
    return bool(set(bands(first)) & set(bands(second))) and resemblance(first, second) >= NEAR


def demo_posts() -> list[str]:
    found: list[str] = []

    def walk(thing: object) -> None:
        if isinstance(thing, dict):
            found.extend(value for key, value in thing.items() if key == "body" and isinstance(value, str))
            walk(list(thing.values()))
        elif isinstance(thing, list):
            for each in thing:
                walk(each)

    for path in sorted(DEMO.glob("*.toml")):
        walk(tomllib.loads(path.read_text()))
    return found


def changed(body: str, rng: random.Random) -> str:
    """The text with one word in ten, or at least one, replaced by a word that stands nowhere."""
    words = re.split(r"([^A-Za-z\u30a0-\u30ff\u4e00-\u9fff]+|(?<=[\u4e00-\u9fff]{2}))", body)
    places = [
        place
        for place, word in enumerate(words)
        if re.match(r"[A-Za-z\u30a0-\u30ff\u4e00-\u9fff]", word or "")
    ]
    for place in rng.sample(places, max(1, len(places) // 10)):
        words[place] = f"{rng.choice('bdfgklmnprst')}{rng.choice('aeiou')}{rng.randrange(100)}"
    return "".join(word or "" for word in words)
