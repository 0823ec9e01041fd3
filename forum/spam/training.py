"""Many lessons at once: the shipped model, and the commands that train one."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from forum.spam.features import features_of
from forum.spam.model import RATE, SHIPPED_MODEL, Model
from forum.spam.seeding import SEED, Lesson, own_lessons, public_lessons

# More passes learn the sources by heart and do worse on sources that were left out.
PASSES = 3
# Each pass corrects the last one more gently.
PASS_DECAY = 0.7
# The board's own kind of text is rare among mail and SMS, so that it is shown more often in each pass.
OWN_SHARE = 3
# Own lessons shown again beside others, for each of these: more of them cost what the others could teach.
REHEARSED_SHARE = 0.5


def teach(model: Model, lessons: Iterable[Lesson], passes: int = PASSES) -> None:
    """Take the lessons in, several times over, each time in another order that depends on the lessons alone."""
    known = [(features_of(lesson.text), lesson.is_spam) for lesson in lessons]
    for number in range(passes):
        rate = RATE * PASS_DECAY**number
        for index in sorted(
            range(len(known)), key=lambda index: sha256(f"{number}/{index}".encode()).digest()
        ):
            features, is_spam = known[index]
            if step := model.step_of(features, is_spam, rate):
                model.add(features, step)


def teach_more(model: Model, lessons: Sequence[Lesson], own: Sequence[Lesson]) -> None:
    """Take lessons in from elsewhere, with some of our own shown again beside them, so that what the model knew of this
    board's kind of text is not washed out. They are as often spam as the lessons, and drawn by their number.
    """
    order = sorted(range(len(own)), key=lambda index: sha256(f"{len(lessons)}/{index}".encode()).digest())
    shown = []
    for is_spam in (True, False):
        wanted = round(REHEARSED_SHARE * sum(lesson.is_spam == is_spam for lesson in lessons))
        shown += [own[index] for index in order if own[index].is_spam == is_spam][:wanted]
    teach(model, [*lessons, *shown])


def seed_lessons(folder: Path = SEED) -> list[Lesson]:
    """What the shipped model is made of: our own texts, more than once, and the public collections."""
    return own_lessons(folder) * OWN_SHARE + public_lessons(folder)


def build(path: Path = SHIPPED_MODEL, folder: Path = SEED) -> None:
    """Train the shipped model; the same seed gives the same bytes.  About half a minute."""
    model = Model.empty()
    teach(model, seed_lessons(folder))
    model.save(path)
