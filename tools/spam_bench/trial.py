"""One split: everybody learns the same, is tried on the same, and is measured in the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

from forum.spam.model import Model
from forum.spam.training import teach
from tools.spam_bench.bogofilter import PROGRAM, Bogofilter
from tools.spam_bench.data import Comment, Split, divided, in_halves, own_comments, own_texts
from tools.spam_bench.disguises import DISGUISES, disguise
from tools.spam_bench.measures import (
    Figures,
    Scores,
    by_label,
    catch_at,
    figures,
    share_above,
    threshold_at,
)
from tools.spam_bench.ours import Ours
from tools.spam_bench.plain import Plain

LABELS = (100, 1000)
# Weak spots that are looked at by name, beside the languages.
SOURCES = ("article-comments-dc", "own-ja")
WRONG_SHARE = 0.01


class Contestant(Protocol):
    """A filter that is tried."""

    def learn(self, comments: Sequence[Comment]) -> None: ...

    def take_labels(self, comments: Sequence[Comment]) -> None: ...

    def scores(self, comments: Sequence[Comment]) -> list[float]: ...


class Entry(NamedTuple):
    """How a contestant comes to the start."""

    name: str
    make: Callable[[Path], Contestant]
    learns_own: bool = False
    """Whether our own texts are put before what the split learns from."""


@dataclass
class Result:
    """What one contestant reached on one split."""

    name: str
    figures: Figures
    parts: dict[str, float] = field(default_factory=dict)
    """Catch at 1 % by language and source, with the threshold of the whole."""
    disguises: dict[str, float] = field(default_factory=dict)
    """Catch at 1 %, the good comments as they were."""
    labels: dict[int, Figures] = field(default_factory=dict)
    """After so many moderators' labels, on the half that gave none."""


@dataclass
class Trial:
    """A split with its results."""

    split: str
    learnt: int
    good: int
    spam: int
    results: list[Result]


def entries(start: Path, without: Sequence[str] = ()) -> list[Entry]:
    """Everybody who can be tried here; `start` is our model after our own texts but for those in some files."""
    found = [
        Entry("ours", lambda _folder: Ours(start, own_texts(without))),
        Entry("plain", lambda _folder: Plain()),
        Entry("plain + own texts", lambda _folder: Plain(), learns_own=True),
    ]
    if PROGRAM:
        found.append(Entry("Bogofilter", Bogofilter))
        found.append(Entry("Bogofilter + own texts", Bogofilter, learns_own=True))
    return found


def save_start(path: Path, without: Sequence[str] = ()) -> None:
    """Our model after our own texts alone: the shipped one knows public collections that splits leave out."""
    model = Model.empty()
    teach(model, own_texts(without))
    model.save(path)


def run(split: Split, comments: Sequence[Comment], start: Path, without: Sequence[str] = ()) -> Trial:
    """Try everybody on one split."""
    learnt, tried = divided(comments, split)
    own = own_comments(without)
    results = []
    for entry in entries(start, without):
        with TemporaryDirectory() as folder:
            contestant = entry.make(Path(folder))
            contestant.learn([*own, *learnt] if entry.learns_own else learnt)
            results.append(_result(entry.name, contestant, tried))
    spam = sum(comment.is_spam for comment in tried)
    return Trial(split.name, len(learnt), len(tried) - spam, spam, results)


def _result(name: str, contestant: Contestant, tried: Sequence[Comment]) -> Result:
    labels = [comment.is_spam for comment in tried]
    scores = contestant.scores(tried)
    good, spam = by_label(scores, labels)
    result = Result(name, figures(good, spam))
    result.parts = _by_part(tried, scores, threshold_at(good, WRONG_SHARE))
    result.disguises = _disguised(contestant, [comment for comment in tried if comment.is_spam], good)
    result.labels = _after_labels(contestant, tried)
    return result


def _by_part(tried: Sequence[Comment], scores: Sequence[float], threshold: float) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for comment, score in zip(tried, scores, strict=True):
        if comment.is_spam:
            found.setdefault(comment.lang, []).append(score)
            if comment.source in SOURCES:
                found.setdefault(comment.source, []).append(score)
    return {
        part: share_above(by_label(some, [False] * len(some))[0], threshold) for part, some in found.items()
    }


def _disguised(contestant: Contestant, spam: Sequence[Comment], good: Scores) -> dict[str, float]:
    caught = {}
    for name in DISGUISES:
        dressed = [comment.disguised(disguise(comment.text, name, comment.id)) for comment in spam]
        scores, _none = by_label(contestant.scores(dressed), [False] * len(dressed))
        caught[name] = catch_at(good, scores, WRONG_SHARE)
    return caught


def _after_labels(contestant: Contestant, tried: Sequence[Comment]) -> dict[int, Figures]:
    """The curve of learning. It changes the contestant."""
    pool, scored = in_halves(tried)
    labels, given, curve = [comment.is_spam for comment in scored], 0, {}
    for count in (0, *LABELS):
        if count > given:
            contestant.take_labels(pool[given:count])
            given = count
        curve[count] = figures(*by_label(contestant.scores(scored), labels))
    return curve
