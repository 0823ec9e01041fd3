"""Our text model as the board would have it: our own texts first, then what it is taught."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forum.spam.model import Model
from forum.spam.seeding import Lesson
from forum.spam.training import teach_more
from tools.spam_bench.data import Comment


class Ours:
    """A model that starts from a file and learns as `python -m forum.spam train` does, with `own` texts shown again."""

    def __init__(self, start: Path, own: Sequence[Lesson]) -> None:
        self._model, self._own = Model.load(start), own

    def learn(self, comments: Sequence[Comment]) -> None:
        """Learn a collection, or what moderators said, in several passes."""
        teach_more(self._model, [Lesson(comment.whole(), comment.is_spam) for comment in comments], self._own)

    take_labels = learn

    def scores(self, comments: Sequence[Comment]) -> list[float]:
        """The probability of spam of each."""
        return [self._model.probability(comment.whole()) for comment in comments]
