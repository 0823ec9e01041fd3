"""The page says what was measured, what was reached and what is missing; the picture is well-formed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from tests.board_bench.runs_made_up import grown, results
from tools.board_bench import drawing, report, tables
from tools.board_bench.results import read

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(tmp_path):
    """The report on some results as text."""

    def write(found):
        report.write(found, tmp_path)
        return (tmp_path / "performance.md").read_text()

    return write


def test_results_come_back_from_their_file_as_they_were(tmp_path):
    results().save(tmp_path / "results.json")
    assert read(tmp_path / "results.json") == results()


def test_a_goal_stands_with_what_was_reached(page):
    text = page(results())
    assert "| Thread page, kept: times bare Flask | 9.00 × | 10.00 × | 8 × | 12 × | reached |" in text
    assert "| Memory | 180 MiB | – | 220 MiB | 150 MiB | reached |" in text
    assert "Memory: 20,000 posts." in text


def test_what_was_not_measured_is_said_and_not_filled_in(page):
    text = page(results())
    assert "| Thread page, kept: share of nginx's file | – | – | 0.3 × | 0.5 × | not measured |" in text
    assert "- nginx: nginx is not installed." in text
    assert "Not measured: nginx: nginx is not installed." in tables.of(results())


def test_growth_to_a_smaller_archive_is_shown_as_what_it_is(page):
    text = page(results())
    name = "Processor time for a page, 2,000,000 over 20,000 posts"
    assert f"| {name} | 1.02 × | 1.02 × | 1.15 × | 1.05 × | not the goal's archive |" in text
    assert "of 200,000 over 20,000 posts, which is not the goal's archive.\n" in text


def test_each_target_has_its_figures(page):
    text = page(results())
    assert "| thread, kept | ours | 20,000 | 900.0 | 0.200 | 2.0 | 9.0 | 0 |" in text
    assert "| thread, kept | bare Flask | – | 100.0 | 2.000 | 2.0 | 9.0 | 0 |" in text
    assert "| import of 200,000 posts, 2026-03-01, version abc0 | 210 s, 952 posts a second |" in text


def test_a_trial_is_called_one(page):
    assert "its figures mean nothing" not in page(results())
    assert "its figures mean nothing" in page(replace(results(), is_trial=True))


def test_small_ratios_keep_their_digits():
    found = results()
    found.series[0].rounds[:] = [replace(one, per_s=0.4) for one in found.series[0].rounds]
    assert "0.004 ×" in tables.of(found)


def test_the_picture_is_well_formed_and_shows_each_page_at_each_size(page, tmp_path):
    found = replace(results(), series=grown({20_000: 1.0, 200_000: 1.1, 2_000_000: 1.2}))
    assert "(performance.svg)" in page(found)
    root = ET.fromstring((tmp_path / "performance.svg").read_text())
    assert len(root.findall(f"{SVG}polyline")) == 10
    assert len(root.findall(f"{SVG}circle")) == 30
    assert "prefers-color-scheme: dark" in root.findtext(f"{SVG}style", "")
    assert "2,000,000 posts" in root.findtext(f"{SVG}title", "")


def test_everything_in_the_picture_lies_within_it():
    found = replace(results(), series=grown({20_000: 0.02, 2_000_000: 140.0}))
    root = ET.fromstring(drawing.draw(found) or "")
    _left, _top, width, height = map(float, root.attrib["viewBox"].split())
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) < width
        assert 0 < float(text.attrib["y"]) <= height


def test_names_in_the_picture_stand_apart():
    places = drawing._apart(dict.fromkeys("abcd", 100.0), 110.0)
    ordered = sorted(places.values())
    assert all(after - before >= drawing.NAME_HEIGHT for before, after in pairwise(ordered))


def test_without_growth_there_is_no_picture(page, tmp_path):
    text = page(replace(results(), series=[]))
    assert "This was not measured." in text
    assert not (tmp_path / "performance.svg").exists()
