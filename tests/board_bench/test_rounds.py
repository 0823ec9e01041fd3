"""Everybody is measured once a round, in an order that favours nobody."""

from __future__ import annotations

from tests.board_bench.runs_made_up import load
from tools.board_bench.rounds import Rounds
from tools.board_bench.scenes import Scene
from tools.board_bench.servers import Failed


def test_every_other_round_goes_backwards_and_what_comes_before_a_load_does_not_count():
    order = []

    def run(name):
        def measure(number, seconds):
            order.append((number, name, seconds))
            return load(1.0)

        return measure

    rounds = Rounds(2, 7, lambda _sentence: None)
    found = rounds.measure([Scene("s", {("one", 0): run("one"), ("two", 0): run("two")})])
    assert [(one.target, len(one.rounds)) for one in found] == [("one", 2), ("two", 2)]
    assert order == [
        (0, "one", 1),
        (0, "one", 7),
        (0, "two", 1),
        (0, "two", 7),
        (1, "two", 1),
        (1, "two", 7),
        (1, "one", 1),
        (1, "one", 7),
    ]


def test_a_scene_that_is_measured_twice_a_round_goes_there_and_back():
    order = []

    def run(name):
        def measure(number, seconds):
            order.append(name)
            return load(1.0)

        return measure

    rounds = Rounds(2, 1, lambda _sentence: None)
    found = rounds.measure([Scene("s", {("one", 0): run("one"), ("two", 0): run("two")}, times=2)])
    assert [(one.target, len(one.rounds)) for one in found] == [("one", 4), ("two", 4)]
    there, back = ["one"] * 2 + ["two"] * 2, ["two"] * 2 + ["one"] * 2
    assert order == [*there, *back, *back, *there]


def test_what_fails_is_noted_and_not_tried_again():
    tries = []

    def fail(number, seconds):
        tries.append(number)
        raise Failed("it is tired")

    rounds = Rounds(3, 1, lambda _sentence: None)
    found = rounds.measure([Scene("s", {("one", 0): fail, ("two", 0): lambda *_given: load(1.0)})])
    assert [one.target for one in found] == ["two"]
    assert rounds.missing == {"one, s": "it is tired"}
    assert len(tries) == 1
