"""A generated archive, the same each time: people, boards and threads as the lines that `flask forum import` reads.

A larger archive begins with the threads of a smaller one, but for the smaller one's last thread, which is cut to fit.
Three threads are fixed points to measure at: 1 has 1,000 posts, 2 has 20 (one full page), 3 has one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.board_bench import words

# Raise it with every change of what is generated: archives that were imported before are then made anew.
EDITION = 1
SEED = 1987
LONG, PAGE, SINGLE = 1, 2, 3
FIXED_SIZES = (1000, 20, 1)
SMALLEST = sum(FIXED_SIZES) + 1
# Nine posts a thread in the mean, as on boards of this kind: half of all threads end with the third, a few never end.
TAIL, LONGEST = 1.15, 400
POSTS_PER_PERSON = 40
# The fixed threads are written by these, so that their pages are the same in archives of any size.
FIRST_PEOPLE = 40
BEGAN = 1_577_836_800
"""2020-01-01, in seconds since 1970."""
SPAN_S = 6 * 365 * 86_400
MEMBER, PASSWORD = "anna_wakkanai_1", "seven herbs in the rice"


def write(path: Path, posts: int) -> None:
    """Write an archive of so many posts; about 30 microseconds and 500 bytes a post. It appears whole or not at all."""
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as stream:
        for record in records(posts):
            stream.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    draft.replace(path)


def records(posts: int) -> Iterator[dict[str, Any]]:
    """The lines of an archive: meta, people, boards, and each thread followed by its posts. At least SMALLEST posts."""
    sizes = thread_sizes(posts)
    people = max(FIRST_PEOPLE, posts // POSTS_PER_PERSON)
    yield {"type": "meta", "seed": SEED, "users": people, "threads": len(sizes), "posts": posts}
    yield from map(_person, range(1, people + 1))
    for number, shelf in enumerate(words.BOARDS, 1):
        yield {"type": "category", "id": number, **shelf._asdict()}
    for number, size in enumerate(sizes, 1):
        began = BEGAN + (0 if number <= len(FIXED_SIZES) else SPAN_S * number // len(sizes))
        yield from _thread(number, size, began, FIRST_PEOPLE if number <= len(FIXED_SIZES) else people)


def thread_sizes(posts: int) -> list[int]:
    """Posts of each thread: the fixed ones, then many short ones and a few long ones, until all posts are given out."""
    if posts < SMALLEST:
        raise ValueError(f"An archive has {SMALLEST:,} posts at least.")
    draw = _draw("sizes")
    sizes: list[int] = [*FIXED_SIZES]
    left = posts - sum(sizes)
    while left:
        size = min(left, LONGEST, int(2 * draw.paretovariate(TAIL)))
        sizes.append(size)
        left -= size
    return sizes


def name_of(person: int) -> str:
    """The user name of a person, by number from 1."""
    given, place = (
        words.NAMES[(person - 1) % len(words.NAMES)],
        words.PLACES[(person - 1) % len(words.PLACES)],
    )
    return f"{given}_{place.lower()}_{person}"


def body(draw: random.Random, people: int, *, is_opening: bool = False) -> str:
    """A post in Markdown: one paragraph to four, some with a quotation, a mention, a list, a link or a table."""
    parts = []
    if not is_opening and draw.random() < 0.2:
        parts.append("> " + _filled(draw, draw.choice(words.ENGLISH)))
    if not is_opening and draw.random() < 0.08:
        parts.append(f"@{name_of(draw.randint(1, people))} thank you, that helped.")
    sentences = words.JAPANESE if draw.random() < 0.15 else words.ENGLISH
    parts += [_paragraph(draw, sentences) for _ in range(draw.choice((1, 1, 2, 2, 3)) + is_opening)]
    parts += _extra(draw)
    return "\n\n".join(parts)


def _person(number: int) -> dict[str, Any]:
    draw = _draw("person", number)
    person = {
        "type": "user",
        "id": number,
        "name": name_of(number),
        "joined": BEGAN - draw.randint(1, 400) * 86_400,
        "bio": _filled(draw, "In {place} since last year."),
    }
    # Hashing a password takes 50 ms, so that only the one member who is measured has one.
    return person | ({"email": "anna@example.org", "password": PASSWORD} if number == 1 else {})


def _thread(number: int, size: int, began: int, people: int) -> Iterator[dict[str, Any]]:
    draw = _draw("thread", number)
    author, title = draw.randint(1, people), _filled(draw, draw.choice(words.TITLES))
    shelf = 1 + number % len(words.BOARDS)
    yield {
        "type": "thread",
        "id": number,
        "category": shelf,
        "author": author,
        "title": title[0].upper() + title[1:],
        "created": began,
        "posts": size,
    }
    for place in range(1, size + 1):
        text = body(draw, people, is_opening=place == 1)
        yield {"type": "post", "thread": number, "n": place, "author": author, "created": began, "body": text}
        author, began = draw.randint(1, people), began + draw.randint(90, 10_000)


def _paragraph(draw: random.Random, sentences: tuple[str, ...]) -> str:
    some = [_filled(draw, sentence) for sentence in draw.sample(sentences, draw.randint(2, 5))]
    chance = draw.random()
    if chance < 0.15:
        some.append(_filled(draw, draw.choice(words.LINKS)))
    elif chance < 0.3:
        some[0] = f"**{some[0]}**"
    elif chance < 0.4:
        some[-1] = f"*{some[-1]}*"
    return ("" if sentences is words.JAPANESE else " ").join(some)


def _extra(draw: random.Random) -> list[str]:
    chance = draw.random()
    if chance < 0.1:
        return ["\n".join("- " + _filled(draw, thing) for thing in draw.sample(words.THINGS, 3))]
    if chance < 0.12:
        return [_filled(draw, "| what | yen |\n| --- | --- |\n| rent | {yen} |\n| heating | {yen} |")]
    if chance < 0.14:
        return [_filled(draw, "```\nrent    {yen}\nheating {yen}\n```")]
    return []


def _filled(draw: random.Random, sentence: str) -> str:
    values = {
        "place": draw.choice(words.PLACES),
        "subject": draw.choice(words.SUBJECTS),
        "few": draw.randint(2, 9),
        "yen": 100 * draw.randint(3, 600),
    }
    return sentence.format(**values)


def _draw(*key: str | int) -> random.Random:
    """Chance of its own for each person and thread, so that neither depends on what was generated before."""
    return random.Random(f"{SEED} {key}")  # noqa: S311 - no secret hangs on it
