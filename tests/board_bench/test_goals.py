"""Ratios are taken within a round, goals say what was reached, and what was not measured is not judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.board_bench.runs_made_up import grown, load, results, series
from tools.board_bench import figures, goals, scenes
from tools.board_bench.figures import Figure, per_s
from tools.board_bench.goals import Goal
from tools.board_bench.results import BARE, FLASKBB, NGINX, OURS, Imported, ratio


def rows(found):
    return {row.goal.name: row for _group, some in goals.rows(found) for row in some}


def test_a_slow_round_that_hits_both_sides_does_not_change_the_ratio():
    ours, bare = series("s", OURS, (900.0, 1000.0, 80.0)), series("s", BARE, (100.0, 100.0, 10.0))
    assert ratio(ours, bare, per_s) == 9.0


def test_less_processor_time_counts_as_more():
    figure = figures.times(scenes.THREAD, BARE)(results())
    assert (figure.value, figure.by_processor) == (9.0, pytest.approx(10.0))


def test_without_processor_time_there_is_no_ratio_of_it():
    found = replace(
        results(),
        series=[
            series(scenes.THREAD, OURS, (10.0,), processor_ms=0.0),
            series(scenes.THREAD, NGINX, (20.0,), processor_ms=0.01),
        ],
    )
    figure = figures.times(scenes.THREAD, NGINX)(found)
    assert (figure.value, figure.by_processor) == (0.5, None)


def test_each_goal_says_what_became_of_it():
    verdicts = {name: row.verdict for name, row in rows(results()).items()}
    assert verdicts["Thread page, kept: times bare Flask"] == "reached"
    assert verdicts["Thread page, kept: share of nginx's file"] == "not measured"
    assert verdicts["Member's thread page: times bare Flask"] == "missed"
    assert verdicts["Crawler over all threads: times FlaskBB"] == "aim reached"
    assert verdicts["Thread page, new: statements"] == "reached"
    assert verdicts["Start"] == "aim reached"
    assert verdicts["Import of 2,000,000 posts"] == "not measured"


@pytest.mark.parametrize(
    ("value", "verdict"), [(150, "aim reached"), (150.1, "reached"), (220, "reached"), (221, "missed")]
)
def test_of_memory_less_is_better(value, verdict):
    goal = Goal("Memory", 220, 150, figures.memory, "MiB", is_less_better=True)
    assert goal.verdict(Figure(value)) == verdict


def test_with_errors_of_the_board_nothing_is_reached():
    found = results()
    found.series[0].rounds[1] = load(1000.0, errors=2)
    row = rows(found)["Thread page, kept: times bare Flask"]
    assert row.verdict == "errors"


def test_errors_of_another_are_noted():
    found = results()
    found.series[5].rounds[0] = load(10.0, errors=3)
    row = rows(found)["Crawler over all threads: times FlaskBB"]
    assert (row.verdict, row.figure.note) == ("aim reached", f"errors of {FLASKBB}: 3")


def test_a_crawl_counts_on_the_archive_that_it_is_meant_for_alone():
    found = results()
    found.series[4] = replace(found.series[4], posts=20_000)
    assert rows(found)["Crawler over all threads: times FlaskBB"].verdict == "not measured"
    assert rows(replace(found, is_trial=True))["Crawler over all threads: times FlaskBB"].figure


def test_rounds_of_a_crawl_that_ran_out_of_new_pages_are_left_out():
    found, name = results(), "Crawler over all threads: times FlaskBB"
    found.series[4].rounds[:2] = [load(90.0, again=30), load(9000.0, again=30)]
    figure = rows(found)[name].figure
    assert figure.value == 25.0
    assert figure.note == "2 rounds are left out, because the archive ran out of pages that were new"
    found.series[4].rounds[2] = load(9000.0, again=1)
    assert rows(found)[name].verdict == "not measured"
    assert rows(replace(found, is_trial=True))[name].figure.value == 900.0


def test_growth_is_that_of_the_page_that_grows_most():
    found = replace(results(), series=grown({20_000: 1.0, 2_000_000: 1.04}))
    scene = scenes.growth("board", scenes.AS_MEMBER)
    worse = series(scene, OURS, (10.0,), 2_000_000, processor_ms=1.3)
    found.series = [
        worse if (one.scene, one.posts) == (worse.scene, worse.posts) else one for one in found.series
    ]
    figure = figures.grown(found)
    assert figure.value == pytest.approx(1.3)
    assert figure.note == "board, member; the page in the middle takes 1.04 times as much"
    found.series.pop()
    assert figures.grown(found) is None


def test_growth_to_an_archive_smaller_than_the_goal_s_is_shown_and_not_judged():
    row = rows(results())["Processor time for a page, 2,000,000 over 20,000 posts"]
    assert row.figure.value == pytest.approx(1.02)
    assert row.figure.note.endswith("; of 200,000 over 20,000 posts, which is not the goal's archive")
    assert row.verdict == "not the goal's archive"
    both = grown({20_000: 1.0, 200_000: 1.02, 2_000_000: 1.3})
    row = rows(replace(results(), series=both))["Processor time for a page, 2,000,000 over 20,000 posts"]
    assert (row.figure.value, row.verdict) == (pytest.approx(1.3), "missed")
    failed = [load(10.0, errors=1)]
    both[0] = replace(both[0], rounds=failed)
    row = rows(replace(results(), series=both))["Processor time for a page, 2,000,000 over 20,000 posts"]
    assert row.verdict == "errors"


def test_the_import_that_counts_is_that_of_the_large_archive():
    found = replace(results(), imports=[Imported(2_000_000, 1500.0, "2026-04-01", "abc")])
    assert rows(found)["Import of 2,000,000 posts"].goal.said(25.0) == "25.0 min"
    assert rows(found)["Import of 2,000,000 posts"].verdict == "reached"
