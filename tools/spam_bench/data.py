"""The labelled comments, and which sources each split learns from; whole sources are left out of it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from forum.spam.evidence import text_of
from forum.spam.features import SEPARATOR
from forum.spam.judging import Submission
from forum.spam.seeding import SEED, Lesson, own_lessons

# Of our own texts, those that the public splits are tried on: the oldest, in both languages.
HELD_OUT_OWN = ("own_en.toml", "own_ja.toml")
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and what people called it."""

    id: str
    text: str
    is_spam: bool
    source: str
    lang: str
    author: str = ""
    url: str = ""

    def whole(self) -> str:
        """The comment as our model reads it."""
        links = (self.url,) if self.url else ()
        return text_of(Submission("reply", self.text, author_name=self.author, links=links))

    def disguised(self, text: str) -> Comment:
        """The same with another text."""
        return replace(self, text=text)


class Split(NamedTuple):
    """Patterns of the names of sources. What is neither learnt nor left aside is what the contestants are tried on."""

    name: str
    learns: tuple[str, ...]
    learns_half: tuple[str, ...] = ()
    """Of these sources, the comments whose id hashes to an even number."""


MAIL_AND_SMS = ("spamassassin*", "sms-uci")
A = (*MAIL_AND_SMS, "youtube-uci-01", "youtube-uci-04")
B = (
    *A,
    "youtube-*",
    "telegram-ru",
    *(f"reddit-{name}" for name in ("TEFL", "LearnJapanese", "language", "languagelearning", "backpacking")),
    "reddit-Teachers",
)
C = (*MAIL_AND_SMS, "article-comments-dc", "youtube-old-pdp", "youtube-weak-campaign", "reddit-*")
# Other threads of places that are known.
S = (
    *MAIL_AND_SMS,
    *("youtube-uci-01", "youtube-uci-04", "youtube-old-avengers"),
    *("reddit-T*", "reddit-t*", "reddit-l*"),
)
DEVELOPMENT = (
    Split("A", A),
    Split("B", B),
    Split("C", C),
    Split("S", S, ("telegram-ru", "article-comments-dc")),
)
PUBLIC = (
    Split("own texts left out", ("[!o]*", "own-ja")),
    Split("YouTube and hotels left out", MAIL_AND_SMS),
    Split("mail and SMS left out", ("youtube-uci", "ja-review-hotel", "own-ja")),
)


def divided(comments: Sequence[Comment], split: Split) -> tuple[list[Comment], list[Comment]]:
    """What a split learns from, and what it is tried on."""
    learnt, tried = [], []
    for comment in comments:
        (learnt if _is_learnt(comment, split) else tried).append(comment)
    return learnt, tried


def in_halves(comments: Iterable[Comment]) -> tuple[list[Comment], list[Comment]]:
    """Those whose labels moderators give, in an order by chance, and those that are scored; always the same ones."""
    pool, scored = [], []
    for comment in comments:
        (pool if _number(comment.id) >> 1 & 1 else scored).append(comment)
    return sorted(pool, key=lambda comment: _number(f"pool/{comment.id}")), scored


def development(path: Path) -> list[Comment]:
    """The comments of a JSON lines file with id, text, author, url, label, source and lang."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Comment(
            row["id"],
            row["text"],
            row["label"] == "spam",
            row["source"],
            row["lang"],
            row.get("author") or "",
            row.get("url") or "",
        )
        for row in rows
    ]


def public() -> list[Comment]:
    """The public collections in the seed, and those of our own texts that are left out of what is learnt."""
    found = [comment for path in sorted(SEED.glob("*.jsonl.gz")) for comment in _collection(path)]
    left_out = set(own_texts()) - set(own_texts(HELD_OUT_OWN))
    return [*found, *_comments("own", sorted(left_out))]


def own_comments(without: Iterable[str] = ()) -> list[Comment]:
    """Our own texts but for those in some files, for contestants that learn no other way."""
    return _comments("own", own_texts(without))


def own_texts(without: Iterable[str] = ()) -> list[Lesson]:
    """What our own patterns make, but for those in some files."""
    with TemporaryDirectory() as folder:
        for path in SEED.glob("*.toml"):
            if path.name not in without:
                Path(folder, path.name).symlink_to(path.resolve())
        return own_lessons(Path(folder))


def _collection(path: Path) -> list[Comment]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return _comments(path.name.partition(".")[0], [Lesson(text, label == "spam") for text, label in rows])


def _comments(source: str, lessons: Iterable[Lesson]) -> list[Comment]:
    found = []
    for number, (text, is_spam) in enumerate(lessons):
        body, author, url = [*text.split(SEPARATOR), "", ""][:3]
        found.append(Comment(f"{source}/{number}", body, is_spam, source, _language(body), author, url))
    return found


def _language(text: str) -> str:
    return next((name for name, script in SCRIPTS if script.search(text)), "en")


def _is_learnt(comment: Comment, split: Split) -> bool:
    if any(fnmatchcase(comment.source, pattern) for pattern in split.learns):
        return True
    is_halved = any(fnmatchcase(comment.source, pattern) for pattern in split.learns_half)
    return is_halved and _number(comment.id) % 2 == 0


def _number(name: str) -> int:
    return int(sha256(name.encode()).hexdigest()[:8], 16)
