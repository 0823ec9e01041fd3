"""The calibration of the filter as a drawing: what it said across, what was true upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from forum.screening.figures import Bin

# In units of the drawing, which grows with the page; the margins hold the numbers and the names of the axes.
SIDE, LEFT, TOP, RIGHT, BOTTOM = 240, 44, 36, 20, 48
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
SMALLEST_RADIUS, LARGEST_RADIUS = 3.0, 9.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid, by its place from the left and from the top."""

    share: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Point:
    """A step of the calibration: its place, the ends of its interval, and a circle that grows with its texts."""

    bin: Bin
    x: float
    y: float
    y_least: float
    y_most: float
    radius: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The drawing, with the numbers that it shows."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    texts: int


def curve(bins: Sequence[Bin]) -> Curve | None:
    """The drawing of these steps; None of none."""
    if not bins:
        return None
    most = max(step.texts for step in bins)
    return Curve(
        width=LEFT + SIDE + RIGHT,
        height=TOP + SIDE + BOTTOM,
        left=LEFT,
        top=TOP,
        right=LEFT + SIDE,
        bottom=TOP + SIDE,
        ticks=tuple(Tick(share, _x(share), _y(share)) for share in TICKS),
        points=tuple(
            Point(step, _x(step.said), _y(step.was), _y(step.least), _y(step.most), _radius(step.texts, most))
            for step in bins
        ),
        texts=sum(step.texts for step in bins),
    )


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1 - share), 1)


def _radius(texts: int, most: int) -> float:
    """By the area, which is what the eye compares."""
    return round(SMALLEST_RADIUS + (LARGEST_RADIUS - SMALLEST_RADIUS) * sqrt(texts / most), 1)
