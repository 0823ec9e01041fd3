"""What a run found, as the report reads it and as a file of JSON keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tools.board_bench.visits import Load

OURS, BARE, NGINX, FLASKBB = "ours", "bare Flask", "nginx", "FlaskBB"


@dataclass(frozen=True)
class Series:
    """One target in one scene: a load for each round."""

    scene: str
    target: str
    posts: int
    """In the archive that is served."""
    rounds: list[Load]

    def middle(self, of: Callable[[Load], float]) -> float:
        """The median of a figure over the rounds."""
        return median(map(of, self.rounds))


@dataclass(frozen=True)
class Imported:
    """How long an archive took to import, when, and by which version; archives are kept for later runs."""

    posts: int
    seconds: float
    on: str
    revision: str


@dataclass
class Singles:
    """Figures that are measured once, or counted."""

    statements_new: int | None = None
    """SQL statements for a guest's thread page that was not kept."""
    statements_member: int | None = None
    page_bytes: int | None = None
    """Of a thread page of 20 posts, as it travels, without headers."""
    visit_bytes: int | None = None
    """Of that page with every style, script and icon that it asks for."""
    visit_requests: int | None = None
    memory_mib: dict[str, float] = field(default_factory=dict)
    """By target and archive, after the load."""
    starts_s: list[float] = field(default_factory=list)
    """Of starts after the first, to the first page."""


@dataclass
class Results:
    """A run."""

    on: str
    """The day, in ISO 8601."""
    machine: dict[str, str]
    versions: dict[str, str]
    rounds: int
    seconds: float
    is_trial: bool
    """Whether sizes and times were too small to mean anything."""
    imports: list[Imported] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    singles: Singles = field(default_factory=Singles)
    missing: dict[str, str] = field(default_factory=dict)
    """What could not be measured, with the reason."""

    def find(self, scene: str, target: str, posts: int | None = None) -> Series | None:
        """The series of a target in a scene, of an archive of so many posts when that is given."""
        for series in self.series:
            if (series.scene, series.target) == (scene, target) and posts in (None, series.posts):
                return series
        return None

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Results:
    """What `save` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    data["imports"] = [Imported(**one) for one in data["imports"]]
    data["series"] = [
        Series(**{**one, "rounds": [Load(**load) for load in one["rounds"]]}) for one in data["series"]
    ]
    data["singles"] = Singles(**data["singles"])
    return Results(**data)


def ratio(one: Series, other: Series, of: Callable[[Load], float]) -> float:
    """How many times the other's figure is one's: taken within each round, and of these the median.

    What slows the machine for a while slows both sides of a round, so that it doesn't show.
    """
    return median(ratios(one, other, of))


def ratios(one: Series, other: Series, of: Callable[[Load], float]) -> Sequence[float]:
    """The same for each round that both have."""
    return [
        of(first) / max(of(second), 1e-9) for first, second in zip(one.rounds, other.rounds, strict=False)
    ]
