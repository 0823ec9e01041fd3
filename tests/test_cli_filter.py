"""`flask forum filter`: an operator brings a model of their own."""

from __future__ import annotations

import pytest

from forum.db import reading
from forum.screening import versions
from forum.spam.model import Model


@pytest.fixture
def run(app):
    """Runs `flask forum filter` with the given arguments; returns its exit code and what it said."""

    def invoke(*args):
        result = app.test_cli_runner().invoke(args=("forum", "filter", *args))
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def own(tmp_path) -> str:
    model = Model.empty()
    model.apply("Buy cheap visas", 4000)
    model.save(tmp_path / "own.bin")
    return str(tmp_path / "own.bin")


def states(app) -> list[tuple[str, str]]:
    with app.app_context():
        return [(version.state, version.note) for version in versions.kept(reading())]


def test_an_own_model_is_tried_and_adopted(app, run, own):
    assert run("offer") == (0, "The model that came with the software decides.\n")
    assert run("offer") == (0, "Nothing to do.\n")
    assert run("try", own, "--note", "Two years of ours") == (
        0,
        "The model runs in shadow. What it would change stands on /mod/filter.\n",
    )
    assert states(app) == [("live", ""), ("shadow", "Two years of ours")]
    assert run("adopt") == (0, "The model decides from now on.\n")
    assert states(app) == [("live", "Two years of ours"), ("retired", "")]


def test_a_file_is_called_by_its_name_when_nobody_says_more(app, run, own):
    run("try", own)
    assert states(app) == [("shadow", "own.bin")]


def test_a_long_note_is_cut(app, run, own):
    run("try", own, "--note", "ours " * 100)
    [(_state, note)] = states(app)
    assert note == " ".join(["ours"] * 40)


def test_what_is_wrong_is_said_in_a_sentence(run, own, tmp_path):
    (tmp_path / "hello.txt").write_text("Hello")
    assert run("adopt") == (1, "Error: No model runs in shadow.\n")
    assert run("try", str(tmp_path / "hello.txt")) == (
        1,
        "Error: This file is damaged, or it is no model that this version of the software can read.\n",
    )
    run("try", own)
    assert run("try", own) == (1, "Error: This model runs in shadow already.\n")
    run("offer")
    run("adopt")
    assert run("try", own) == (1, "Error: This model is live already.\n")
