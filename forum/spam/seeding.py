"""The texts that the shipped model learns from; seed/LICENCES.md names their sources."""

import gzip
import json
import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

SEED = Path(__file__).with_name("seed")
SLOT = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")

# Every so many of our bad texts comes in disguise too, so that a disguise itself speaks against a text.
DISGUISE_EVERY = 4
LOOKALIKE, LEET = str.maketrans("aeopcxy", "аеорсху"), str.maketrans("aeiost", "4310$7")


class Lesson(NamedTuple):
    """A text as `judging.text_of` makes it, and what a person called it."""

    text: str
    is_spam: bool


def own_lessons(folder: Path = SEED) -> list[Lesson]:
    """The texts that our own patterns (own_*.toml) make, in an order that is the same everywhere."""
    return [lesson for path in sorted(folder.glob("*.toml")) for lesson in _made(path)]


def public_lessons(folder: Path = SEED) -> list[Lesson]:
    """The public collections: JSON lines of [text, label], compressed."""
    return [lesson for path in sorted(folder.glob("*.jsonl.gz")) for lesson in _read(path)]


def _made(path: Path) -> Iterator[Lesson]:
    patterns = tomllib.loads(path.read_text("utf-8"))
    for thread in patterns.get("thread", ()):
        yield from (Lesson(reply, is_spam=False) for reply in thread["replies"])
    for kind in patterns.get("kind", ()):
        is_spam = kind["label"] == "spam"
        texts = dict.fromkeys(
            _filled(kind, patterns.get("slots", {}), number) for number in range(kind["count"])
        )
        for number, text in enumerate(texts):
            yield Lesson(text, is_spam)
            if is_spam and number % DISGUISE_EVERY == 0:
                yield Lesson(_disguised(text, number // DISGUISE_EVERY), is_spam)


def _filled(kind: dict[str, Any], slots: dict[str, list[str]], number: int) -> str:
    """The patterns take turns; what fills a slot or a choice follows from a hash, the same on every machine."""
    text, turn = kind["patterns"][number % len(kind["patterns"])], 0
    while found := SLOT.search(text) or CHOICE.search(text):
        turn += 1
        options = found[1].split("|") if "|" in found[1] else slots[found[1]]
        text = (
            text[: found.start()] + _picked(options, f"{kind['name']}/{number}/{turn}") + text[found.end() :]
        )
    return text.strip()


def _picked(options: list[str], key: str) -> str:
    return options[int.from_bytes(sha256(key.encode()).digest()[:8], "big") % len(options)]


def _disguised(text: str, number: int) -> str:
    """The text with every other longer word in one of the four disguises."""
    words = text.split(" ")
    for place in range(0, len(words), 2):
        word = words[place]
        if len(word) > 3 and "/" not in word:
            disguises = (word.translate(LOOKALIKE), "\u200b".join(word), ".".join(word), word.translate(LEET))
            words[place] = disguises[number % len(disguises)]
    return " ".join(words)


def _read(path: Path) -> Iterator[Lesson]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text, label = json.loads(line)
            yield Lesson(text, label == "spam")
