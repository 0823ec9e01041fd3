"""The seed, the build and the commands."""

import gzip
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from forum.spam.__main__ import main
from forum.spam.model import Model
from forum.spam.seeding import Lesson, own_lessons, public_lessons
from forum.spam.training import build, teach, teach_more

PATTERNS = """
[slots]
goods = ["bags", "watches", "shoes"]
site = ["http://{goods}.example", "www.cheap-{goods}.example"]

[[kind]]
name = "shop"
label = "spam"
count = 12
patterns = ["Cheap {goods} here {site}", "Best {goods}!! {site}"]

[[kind]]
name = "talk"
label = "ham"
count = 4
patterns = ["Is it cold in Tottori?", "I bought {goods} in Matsue."]
"""


@pytest.fixture
def seed(tmp_path) -> Path:
    folder = tmp_path / "seed"
    folder.mkdir()
    (folder / "own.toml").write_text(PATTERNS)
    with gzip.open(folder / "public.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write('["こんにちは", "ham"]\n["副業で稼ぐ", "spam"]\n')
    return folder


def command(
    *arguments: object, rows: Sequence[Mapping[str, str | None]] = ()
) -> subprocess.CompletedProcess[str]:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    return subprocess.run(
        [sys.executable, "-m", "forum.spam", *map(str, arguments)],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )


def test_patterns_make_different_texts_without_open_slots(seed):
    lessons = own_lessons(seed)
    assert len({lesson.text for lesson in lessons}) == len(lessons) > 12
    assert not any("{" in lesson.text for lesson in lessons)


def test_public_lines_are_lessons(seed):
    assert public_lessons(seed) == [Lesson("こんにちは", False), Lesson("副業で稼ぐ", True)]


def test_the_same_seed_builds_the_same_bytes(seed, tmp_path):
    build(tmp_path / "one", seed)
    build(tmp_path / "two", seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_built_tells_its_seed_apart(seed, tmp_path):
    build(tmp_path / "model", seed)
    model = Model.load(tmp_path / "model")
    assert model.probability("Cheap watches http://watches.example") > 0.8
    assert model.probability("Is it cold in Yonago?") < 0.3


def test_the_shipped_patterns_hold_hundreds_of_both_kinds_in_both_languages():
    lessons = own_lessons()
    japanese = [lesson for lesson in lessons if any("\u3040" <= sign <= "\u30ff" for sign in lesson.text)]
    for part in (japanese, [lesson for lesson in lessons if lesson.text.isascii()]):
        assert sum(lesson.is_spam for lesson in part) > 200
        assert sum(not lesson.is_spam for lesson in part) > 200


def test_teaching_goes_on_from_what_is_known():
    model = Model.empty()
    teach(model, [Lesson("Cheap bags", True)])
    before = model.probability("Cheap bags")
    teach(model, [Lesson("Cheap bags", True)])
    assert model.probability("Cheap bags") > before > 0.5


def test_what_was_known_is_shown_again_beside_what_is_new():
    own = [Lesson("How do I pay the gas bill at a convenience store?", False)] * 8
    new = [Lesson(f"How do I win at casino number {number}?", True) for number in range(40)]
    new += [Lesson(f"Bus number {number} leaves at seven.", False) for number in range(8)]
    washed, kept = Model.empty(), Model.empty()
    for model in (washed, kept):
        teach(model, own)
    teach(washed, new)
    teach_more(kept, new, own)
    assert kept.probability(own[0].text) < washed.probability(own[0].text)
    assert kept.probability("How do I win at the casino?") > 0.5


def test_the_commands_train_a_file_and_score_in_order(tmp_path):
    rows = [
        {
            "text": "Cheap bags http://bags.example",
            "author": "Best Bags",
            "url": "http://bags.example",
            "label": "spam",
        },
        {"text": "Is it cold?", "author": None, "url": None, "label": "ham"},
    ]
    path = tmp_path / "model.bin"
    assert command("train", "--model", path, "--fresh", rows=rows * 5).returncode == 0
    scored = command("score", "--model", path, rows=[rows[1], rows[0]]).stdout.split()
    assert float(scored[0]) < 0.5 < float(scored[1])


def test_the_score_command_names_a_broken_file(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(SystemExit, match="not a whole model"):
        main(["score", "--model", str(tmp_path / "model.bin")])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: no JSON"),
        ('{"label": "spam"}', "line 2: no text"),
        ('{"text": "Hi"}', "line 2: no label"),
        ('{"text": "Hi", "label": "egg"}', "line 2: the label must be spam or ham, not 'egg'"),
    ],
)
def test_a_line_that_is_no_lesson_ends_the_command_with_its_number(tmp_path, line, said):
    command = [sys.executable, "-m", "forum.spam", "train", "--fresh", "--model", str(tmp_path / "model.bin")]
    good = '{"text": "Hello", "label": "ham"}'
    done = subprocess.run(command, input=f"{good}\n{line}\n".encode(), capture_output=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert not (tmp_path / "model.bin").exists()
