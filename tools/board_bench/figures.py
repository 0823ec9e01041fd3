"""From what was measured to the one figure that a goal is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

from tools.board_bench.results import OURS, Results, Series, ratio
from tools.board_bench.scenes import AS_MEMBER, GROWTH_PAGES, GUEST, NEW, growth
from tools.board_bench.visits import Load

SMALL, CRAWLED, LARGE = 20_000, 200_000, 2_000_000


@dataclass(frozen=True)
class Figure:
    """What the board reached."""

    value: float
    by_processor: float | None = None
    """The same comparison by processor time for a request instead of requests a second."""
    errors: int = 0
    """Requests that the board answered badly or not at all: with any the figure counts for nothing."""
    note: str = ""
    is_of_goal: bool = True
    """Whether it is of the archive that the goal is about; of another one it is shown, and not judged."""


Find: TypeAlias = Callable[[Results], Figure | None]
"""None when it was not measured."""


def per_s(load: Load) -> float:
    return load.per_s


def processor_ms(load: Load) -> float:
    return load.processor_ms


def times(scene: str, other: str) -> Find:
    """How many times as many requests a second the board answers as another."""

    def find(results: Results) -> Figure | None:
        ours, theirs = results.find(scene, OURS), results.find(scene, other)
        return None if ours is None or theirs is None else _compared(ours, theirs)

    return find


def crawled(other: str) -> Find:
    """The same of a crawl over the archive that is meant for it, in the rounds in which all pages were new.

    A trial takes any archive, and pages that came before.
    """

    def find(results: Results) -> Figure | None:
        ours = results.find(NEW, OURS, None if results.is_trial else CRAWLED)
        theirs = results.find(NEW, other)
        if ours is None or theirs is None:
            return None
        pairs = list(zip(ours.rounds, theirs.rounds, strict=False))
        fresh = pairs if results.is_trial else [pair for pair in pairs if not any(one.again for one in pair)]
        if not fresh:
            return None
        ours, theirs = (
            replace(series, rounds=[pair[side] for pair in fresh])
            for side, series in enumerate((ours, theirs))
        )
        return _compared(ours, theirs, _left_out(len(pairs) - len(fresh)))

    return find


def grown(results: Results) -> Figure | None:
    """How many times the processor time a page takes on the largest archive there is; of all pages the worst."""
    larger = sorted({one.posts for one in results.series if one.posts > SMALL}, reverse=True)
    return next(filter(None, (_grown_to(posts, results) for posts in larger)), None)


def _grown_to(posts: int, results: Results) -> Figure | None:
    pairs = list(_grown_pairs(posts, results))
    if not all(pairs):
        return None
    ratios = {small.scene: ratio(large, small, processor_ms) for small, large in filter(None, pairs)}
    scene = max(ratios, key=ratios.__getitem__)
    errors = sum(_errors(series) for pair in filter(None, pairs) for series in pair)
    note = f"{scene}; the page in the middle takes {median(ratios.values()):.2f} times as much"
    if posts != LARGE:
        note += f"; of {posts:,} over {SMALL:,} posts, which is not the goal's archive"
    return Figure(ratios[scene], ratios[scene], errors, note, is_of_goal=posts == LARGE)


def _grown_pairs(posts: int, results: Results) -> Iterator[tuple[Series, Series] | None]:
    """Each page on the small archive and on a larger one; None for one that was not measured on both."""
    for who in (GUEST, AS_MEMBER):
        for page in GROWTH_PAGES:
            small, large = (results.find(growth(page, who), OURS, size) for size in (SMALL, posts))
            yield (small, large) if small and large else None


def single(value: Callable[[Results], float | None]) -> Find:
    """A figure that stands for itself."""

    def find(results: Results) -> Figure | None:
        found = value(results)
        return None if found is None else Figure(found)

    return find


def memory(results: Results) -> Figure | None:
    """Of the board with whichever archive takes the most."""
    of_ours = {name: mib for name, mib in results.singles.memory_mib.items() if name.startswith(f"{OURS},")}
    if not of_ours:
        return None
    name = max(of_ours, key=of_ours.__getitem__)
    return Figure(of_ours[name], note=name.removeprefix(f"{OURS}, "))


def start(results: Results) -> float | None:
    return median(results.singles.starts_s) if results.singles.starts_s else None


def import_minutes(results: Results) -> float | None:
    """Of the large archive."""
    return next((one.seconds / 60 for one in results.imports if one.posts == LARGE), None)


def _compared(ours: Series, theirs: Series, note: str = "") -> Figure:
    has_time = all(load.processor_ms for load in ours.rounds + theirs.rounds)
    return Figure(
        ratio(ours, theirs, per_s),
        # Less time is better, so that the other's stands above.
        ratio(theirs, ours, processor_ms) if has_time else None,
        _errors(ours),
        " and ".join(filter(None, (note, _failed(theirs)))),
    )


def _errors(series: Series) -> int:
    return sum(load.errors for load in series.rounds)


def _failed(series: Series) -> str:
    return f"errors of {series.target}: {errors:,}" if (errors := _errors(series)) else ""


def _left_out(rounds: int) -> str:
    return (
        f"{rounds} rounds are left out, because the archive ran out of pages that were new" if rounds else ""
    )
