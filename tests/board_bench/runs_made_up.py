"""Results of runs that never took place."""

from __future__ import annotations

from collections.abc import Sequence

from tools.board_bench import scenes
from tools.board_bench.results import BARE, FLASKBB, OURS, Imported, Results, Series, Singles
from tools.board_bench.visits import Load


def load(per_s: float, processor_ms: float = 1.0, *, errors: int = 0, again: int = 0) -> Load:
    """A load of a hundred requests."""
    return Load(100, per_s, processor_ms, 2.0, 9.0, errors, again)


def series(scene: str, target: str, rates: Sequence[float], posts: int = 20_000, **more: float) -> Series:
    """A round for each rate."""
    return Series(scene, target, posts, [load(rate, **more) for rate in rates])  # type: ignore[arg-type]


def grown(ms: dict[int, float]) -> list[Series]:
    """All pages of the comparison between archives, at the same cost by size."""
    return [
        series(scenes.growth(page, who), OURS, (10.0,), posts, processor_ms=cost)
        for who in (scenes.GUEST, scenes.AS_MEMBER)
        for page in scenes.GROWTH_PAGES
        for posts, cost in ms.items()
    ]


def results() -> Results:
    """A run without nginx on archives of 20,000 and 200,000 posts, with goals missed, reached and reached by far."""
    return Results(
        on="2026-04-01",
        machine={"processors": "2 × Abacus", "memory": "4 GiB", "system": "Linux 6"},
        versions={"Engawa": "abc1234", "Python": "3.11.7"},
        rounds=3,
        seconds=3,
        is_trial=False,
        imports=[
            Imported(20_000, 20.0, "2026-04-01", "abc1234"),
            Imported(200_000, 210.0, "2026-03-01", "abc0"),
        ],
        series=[
            series(scenes.THREAD, OURS, (900.0, 1000.0, 80.0), processor_ms=0.2),
            series(scenes.THREAD, BARE, (100.0, 100.0, 10.0), 0, processor_ms=2.0),
            series(scenes.MEMBER, OURS, (10.0, 11.0, 12.0)),
            series(scenes.MEMBER, BARE, (100.0, 100.0, 100.0), 0),
            series(scenes.NEW, OURS, (250.0, 250.0, 250.0), 200_000),
            series(scenes.NEW, FLASKBB, (10.0, 10.0, 10.0), 200_000),
            *grown({20_000: 1.0, 200_000: 1.02}),
        ],
        singles=Singles(3, 4, 9000, 30_000, 12, {"ours, 20,000 posts": 180.0}, [0.9, 0.6, 0.65]),
        missing={"nginx": "nginx is not installed"},
    )
