"""Lessons in whole numbers, and what a broken file does."""

import random
from hashlib import sha256

import numpy as np
import pytest

from forum.spam.features import BUCKETS_LOG2, VALUE_ONE, features_of
from forum.spam.model import SHIPPED_MODEL, WEIGHT_ONE, BrokenModel, Model

LESSONS = [
    ("Cheap bags, best price http://bags.example", True),
    ("Is the winter in Tottori cold?", False),
    ("副業で月収100万円 http://x.example", True),
    ("ありがとうございます。", False),
    ("Great post! Python training in Bangalore", True),
]


def same(one: Model, other: Model, tmp_path) -> bool:
    one.save(tmp_path / "one")
    other.save(tmp_path / "other")
    return (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def taught(model: Model) -> list[tuple[str, int]]:
    steps = []
    for text, is_spam in LESSONS:
        steps.append((text, model.step_for(text, is_spam)))
        model.apply(*steps[-1])
    return steps


def test_an_empty_model_is_undecided():
    assert Model.empty().probability("anything") == 0.5


def test_one_lesson_is_enough_to_turn_an_undecided_model():
    model = Model.empty()
    text = LESSONS[0][0]
    model.apply(text, model.step_for(text, True))
    assert model.probability(text) > 0.8


def test_lessons_taken_back_in_any_order_leave_no_trace(tmp_path):
    model = Model.load(SHIPPED_MODEL)
    steps = taught(model)
    random.shuffle(steps)
    for text, step in steps:
        model.apply(text, -step)
    assert same(model, Model.load(SHIPPED_MODEL), tmp_path)


def test_workers_that_replay_the_same_steps_in_other_orders_hold_the_same_weights(tmp_path):
    model, worker = Model.load(SHIPPED_MODEL), Model.load(SHIPPED_MODEL)
    for text, step in reversed(taught(model)):
        worker.apply(text, step)
    assert same(model, worker, tmp_path)


def test_a_copy_learns_alone(tmp_path):
    model = Model.empty()
    taught(model.copy())
    assert same(model, Model.empty(), tmp_path)


def test_a_saved_model_comes_back_whole(tmp_path):
    model = Model.empty()
    taught(model)
    model.save(tmp_path / "model.bin")
    assert same(Model.load(tmp_path / "model.bin"), model, tmp_path)


def test_a_dumped_model_is_its_file_and_has_its_digest(tmp_path):
    model = Model.empty()
    taught(model)
    model.save(tmp_path / "model.bin")
    assert model.dump() == (tmp_path / "model.bin").read_bytes()
    assert Model.parse(model.dump()).digest == model.digest == sha256(model.dump()).hexdigest()


def test_an_explanation_has_the_probability_and_the_loudest_words():
    model = Model.load(SHIPPED_MODEL)
    for text, _is_spam in LESSONS:
        probability, words = model.explain(text, 3)
        assert (probability, words) == (model.probability(text), model.explain(text, 9)[1][:3])


def test_a_word_adds_what_the_sum_has_of_it_also_where_two_n_grams_share_a_bucket():
    draw = np.random.Generator(np.random.PCG64(7))
    weights = draw.integers(-(1 << 20), 1 << 20, 1 << BUCKETS_LOG2).astype(np.int32)
    model, word = Model(weights), _with_a_shared_bucket(draw)
    features = features_of(word)
    its_own = slice(0, features.words_end)
    added = weights[features.buckets[its_own]].astype(np.int64) @ features.values[its_own]
    assert model.explain(word, 1)[1] == [(word, pytest.approx(added / (WEIGHT_ONE * VALUE_ONE)))]


def _with_a_shared_bucket(draw) -> str:
    """A long word of which two different n-grams fall into one bucket."""
    while True:
        word = "".join(map(chr, draw.integers(ord("a"), ord("z") + 1, 300)))
        features = features_of(word)
        if len(set(features.buckets[: features.grams_end].tolist())) < features.grams_end:
            return word


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:-1], id="cut short"),
        pytest.param(lambda raw: raw[:-1] + b"\x01", id="changed"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda raw: b"x" + raw, id="no model"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, damage):
    (tmp_path / "model.bin").write_bytes(damage(SHIPPED_MODEL.read_bytes()))
    with pytest.raises(BrokenModel):
        Model.load(tmp_path / "model.bin")


def test_a_missing_file_is_a_broken_model(tmp_path):
    with pytest.raises(BrokenModel):
        Model.load(tmp_path / "none.bin")


def test_the_shipped_model_is_small():
    assert SHIPPED_MODEL.stat().st_size <= 2_000_000


def test_the_evidence_names_the_words_that_speak_loudest():
    words = dict(
        Model.load(SHIPPED_MODEL).explain("ロレックスのスーパーコピーを格安で販売中！全国送料無料", 3)[1]
    )
    assert words["スーパーコピー"] > 1


@pytest.mark.parametrize(
    "piece",
    [
        "",
        "a",
        "👍",
        "\ud800",
        "http://a.\ud800 ",
        "\0\x1f",
        "[",
        "http://",
        "a.",
        "a ",
        "0-",
        "<a ",
        "$",
        "а\u200ba",
    ],
)
def test_a_hostile_text_gets_a_probability(piece):
    text = piece * 100_000
    model = Model.load(SHIPPED_MODEL)
    assert 0 < model.probability(text) < 1
    assert len(model.explain(text, 5)[1]) <= 5
    step = model.step_for(text, True)
    model.apply(text, step)
    assert 0 < model.probability(text) < 1
