"""Online logistic regression on hashed features, in whole numbers.

A lesson adds `step * value` to the weights of the text's features.  Sums of integers don't depend on their order, so
workers that apply the same lessons hold the same weights, and the opposite step takes a lesson back exactly.
"""

import math
import os
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forum.spam.features import (
    BUCKETS_LOG2,
    GRAM_BYTES,
    GRAM_NORM,
    VALUE_ONE,
    WORD_NORM,
    Features,
    Grams,
    Read,
    bucket_of,
    features_from,
    features_of,
    grams,
    read,
    value_of,
)

SHIPPED_MODEL = Path(__file__).with_name("model.bin")

# The weight that stands for one: its feature, at the value one, multiplies the odds by e.
WEIGHT_ONE = 1 << 20
# How far training moves the weights.
RATE = 2.0
# A moderator's lesson that was half wrong moves the log-odds of its own text by about 3, so that who decides on one
# copy of a campaign sees the next copy held.
LESSON_RATE = 3.0
# Beyond this the probability says no more than "sure": 1 in 160,000.
MOST_LOG_ODDS = 12.0

# Up to here the log-odds are taken as they are. Beyond, they grow ever more slowly towards SURE + ROOM, a probability
# of 0.9895: no text is more certain than that, because the model has not seen the whole world.
SURE, ROOM = 3.0, 1.55

# Changes with every change of folding, traits or features, and of what a lesson moves: old weights, and the sums of old
# lessons that are kept, would mean something else.
MAGIC = b"engawa-spam-model-2\n"
DIGEST_BYTES = 32


class BrokenModel(Exception):
    """The file is missing, is no model of this version, was cut short or was changed."""


class Model:
    """The weights of the text model: about 1 MiB.  Not safe for two threads that write."""

    def __init__(self, weights: NDArray[np.int32]) -> None:
        self._weights = weights

    @classmethod
    def empty(cls) -> Self:
        """A model that knows nothing: every text has the probability 0.5."""
        return cls(np.zeros(1 << BUCKETS_LOG2, np.int32))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The model that `save` wrote.  Raises BrokenModel."""
        try:
            return cls.parse(Path(path).read_bytes())
        except OSError as error:
            raise BrokenModel(f"{path}: {error.strerror}") from error

    @classmethod
    def parse(cls, file: bytes) -> Self:
        """The model whose `dump` this is.  Raises BrokenModel."""
        digest, body = file[len(MAGIC) : len(MAGIC) + DIGEST_BYTES], file[len(MAGIC) + DIGEST_BYTES :]
        if not file.startswith(MAGIC) or len(body) != 4 << BUCKETS_LOG2 or sha256(body).digest() != digest:
            raise BrokenModel("not a whole model of this version")
        return cls(np.frombuffer(body, "<i4").astype(np.int32))

    def save(self, path: Path) -> None:
        """Write the model beside `path` and move it there, so that no reader meets half a file."""
        beside = Path(path).with_name(f"{Path(path).name}.{os.getpid()}.new")
        beside.write_bytes(self.dump())
        beside.replace(path)

    def dump(self) -> bytes:
        """The model as a file: equal for equal weights, on every machine."""
        body = self._weights.astype("<i4").tobytes()
        return MAGIC + sha256(body).digest() + body

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return sha256(self.dump()).hexdigest()

    def copy(self) -> "Model":
        """A model of its own with the same weights."""
        return Model(self._weights.copy())

    def probability(self, text: str) -> float:
        """How likely the text is spam, 0 to 1 and never quite either.  About 0.2 ms for 300 characters."""
        return self.probability_of(features_of(text))

    def probability_of(self, features: Features) -> float:
        """The same for features that are already there."""
        log_odds = self._log_odds(features)
        if log_odds > SURE:
            log_odds = SURE + ROOM * math.tanh((log_odds - SURE) / ROOM)
        return _logistic(log_odds)

    def step_for(self, text: str, is_spam: bool, rate: float = LESSON_RATE) -> int:  # noqa: FBT001 - it is the label
        """The step of the lesson "this text is (not) spam", from what the model believes now; 0 when it is sure."""
        return self.step_of(features_of(text), is_spam, rate)

    def apply(self, text: str, step: int) -> None:
        """Take a lesson in; `apply(text, -step)` takes it back exactly, whatever was learnt in between.

        Only the n-grams and words of the text move. A campaign of Russian job offers must not teach that short texts
        without links are spam: with the traits, four hundred such lessons had one good English text in six held.
        """
        features = features_of(text)
        self._move(features.buckets[: features.words_end], features.values[: features.words_end], step)

    def step_of(self, features: Features, is_spam: bool, rate: float = RATE) -> int:  # noqa: FBT001
        """The step of training for features that are already there."""
        return round(rate * (is_spam - _logistic(self._log_odds(features))) * (WEIGHT_ONE // VALUE_ONE))

    def add(self, features: Features, step: int) -> None:
        """Take a step of training in: all features move."""
        self._move(features.buckets, features.values, step)

    def explain(self, text: str, limit: int) -> tuple[float, list[tuple[str, float]]]:
        """What `probability` says, for little more, with the words of the folded text that speak loudest and the
        log-odds that each adds, loudest first.
        """
        found = read(text)
        known = grams(found.folded.text)
        features = features_from(found, known.keys)
        said = self._said(found, features, known)
        loudest = sorted((-abs(odds), word) for word, odds in said.items())[:limit]
        return self.probability_of(features), [(word, said[word]) for _loudness, word in loudest]

    def _said(self, found: Read, features: Features, known: Grams) -> dict[str, float]:
        """The log-odds that each word adds: its own, and those of the n-grams that begin in it or on the sign before
        it, of which each has its share of what all that are the same add.
        """
        of_gram = value_of(GRAM_NORM, len(known.keys)) / (WEIGHT_ONE * VALUE_ONE)
        shares = self._weights[features.buckets[: features.grams_end]] * of_gram / known.counts
        # From here on Python's own numbers: the same to the bit, and an array is slow to give them one by one.
        so_far = [0.0, *shares[known.places].cumsum().tolist()]
        # The last bytes of the text begin no n-gram.
        so_far += so_far[-1:] * GRAM_BYTES
        of_word = value_of(WORD_NORM, features.words_end - features.grams_end) / (WEIGHT_ONE * VALUE_ONE)
        weights = self._weights[bucket_of(found.word_keys[: len(found.words)])].tolist()
        said = {word: weight * of_word for word, weight in zip(found.words, weights, strict=True)}
        text, end = found.folded.text.encode("utf-8", "replace"), 0
        for word, signs in zip(found.words, found.signs, strict=True):
            begin = text.find(signs, end)
            end = begin + len(signs)
            said[word] += so_far[end] - so_far[begin]
        return said

    def _move(self, buckets: NDArray[np.int64], values: NDArray[np.int64], step: int) -> None:
        np.add.at(self._weights, buckets, (step * values).astype(np.int32))

    def _log_odds(self, features: Features) -> float:
        weighed = int(self._weights[features.buckets].astype(np.int64) @ features.values)
        return weighed / (WEIGHT_ONE * VALUE_ONE)


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))))
