"""Our text model as the board would have it: our own texts first, then what it is taught."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from forum.spam.model import Model
from forum.spam.seeding import Lesson
from forum.spam.training import OWN_SHARE, teach
from tools.spam_bench.data import Comment

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "forum.spam")


class Ours:
    """The model in a file. `learn` is the training of a split, `take_labels` the command for a board's labels."""

    def __init__(self, path: Path, start: Path) -> None:
        self.path = path
        self._model = Model.load(start)

    def learn(self, comments: Sequence[Comment]) -> None:
        """Learn a collection, in several passes."""
        teach(self._model, [Lesson(comment.whole(), comment.is_spam) for comment in comments])
        self._model.save(self.path)

    def take_labels(self, comments: Sequence[Comment]) -> None:
        """Learn what moderators said, by `python -m forum.spam train`."""
        command = [*COMMAND, "train", "--model", str(self.path)]
        subprocess.run(command, cwd=ROOT, input=as_lines(comments), check=True)  # noqa: S603 - ours
        self._model = Model.load(self.path)

    def scores(self, comments: Sequence[Comment]) -> list[float]:
        """The probability of spam of each."""
        return [self._model.probability(comment.whole()) for comment in comments]


class Built(Ours):
    """Our model as `python -m forum.spam build` makes one: our own texts and the collection in the same passes."""

    def __init__(self, path: Path, own: Sequence[Lesson]) -> None:
        self.path = path
        self._model, self._own = Model.empty(), list(own)

    def learn(self, comments: Sequence[Comment]) -> None:
        """Learn a collection together with our own texts, which are shown more often."""
        collection = [Lesson(comment.whole(), comment.is_spam) for comment in comments]
        teach(self._model, self._own * OWN_SHARE + collection)
        self._model.save(self.path)


def as_lines(comments: Sequence[Comment]) -> bytes:
    """The comments as the command reads them."""
    rows = (
        {
            "text": comment.text,
            "author": comment.author,
            "url": comment.url,
            "label": "spam" if comment.is_spam else "ham",
        }
        for comment in comments
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
