"""What a page costs on archives of different sizes, as a picture: two panels of lines, readable by day and by night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from tools.board_bench.figures import processor_ms
from tools.board_bench.results import OURS, Results
from tools.board_bench.scenes import AS_MEMBER, GROWTH_PAGES, GUEST, growth

PANELS = {AS_MEMBER: "Made anew, for a member", GUEST: "As a guest gets it"}
# In units of the drawing. The names of the lines stand right of them.
WIDTH, PANEL, LEFT, RIGHT, TOP, GAP, BOTTOM = 760, 190, 56, 200, 46, 66, 40
NAME_HEIGHT = 15
# Colours that keep 4.5 to 1 from the paper; a picture in a page knows nothing of the page's own.
STYLE = """
svg { background: #fffdf8; color: #2b2622; font: 12px system-ui, sans-serif }
.grid { stroke: #ddd6c8 } .number { fill: #6b6259 } text { fill: currentColor }
.line { fill: none; stroke-width: 2 } .title { font-weight: 600 }
.c0 { stroke: #a63d2f; fill: #a63d2f } .c1 { stroke: #1f6a8a; fill: #1f6a8a } .c2 { stroke: #7a5a00; fill: #7a5a00 }
.c3 { stroke: #3f6f3a; fill: #3f6f3a } .c4 { stroke: #6d4a9c; fill: #6d4a9c } text[class^=c] { stroke: none }
@media (prefers-color-scheme: dark) {
svg { background: #1c1916; color: #ece5d8 } .grid { stroke: #443d35 } .number { fill: #b5aa9b }
.c0 { stroke: #f0907f; fill: #f0907f } .c1 { stroke: #7cc3e2; fill: #7cc3e2 } .c2 { stroke: #dfb74a; fill: #dfb74a }
.c3 { stroke: #93c98b; fill: #93c98b } .c4 { stroke: #c3a3ee; fill: #c3a3ee } }
"""

Lines = Mapping[str, Mapping[int, float]]
"""By page and posts: milliseconds of processor time."""


@dataclass(frozen=True)
class _Scales:
    """From posts and milliseconds to places in the drawing."""

    sizes: Sequence[int]
    top: float
    most_ms: float

    def x(self, posts: int) -> float:
        first, last = log10(self.sizes[0]), log10(self.sizes[-1])
        share = (log10(posts) - first) / (last - first) if last > first else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, ms: float) -> float:
        return round(self.top + PANEL * (1 - ms / self.most_ms), 1)


def lines_of(results: Results, who: str) -> Lines:
    """What was measured of growth, as a guest or as a member."""
    found: dict[str, dict[int, float]] = {}
    for page in GROWTH_PAGES:
        of_page = [one for one in results.series if (one.scene, one.target) == (growth(page, who), OURS)]
        if of_page:
            found[page] = {one.posts: one.middle(processor_ms) for one in of_page}
    return found


def draw(results: Results) -> str | None:
    """The picture as SVG; None when growth was not measured."""
    panels = {who: lines for who in PANELS if (lines := lines_of(results, who))}
    if not panels:
        return None
    height = TOP + len(panels) * PANEL + (len(panels) - 1) * GAP + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(_summary(panels))}</title>',
        f"<style>{STYLE}</style>",
    ]
    for place, (who, lines) in enumerate(panels.items()):
        parts += _panel(PANELS[who], lines, TOP + place * (PANEL + GAP))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _summary(panels: Mapping[str, Lines]) -> str:
    sizes = sorted({posts for lines in panels.values() for line in lines.values() for posts in line})
    said = ", ".join(f"{posts:,}" for posts in sizes)
    return f"Processor time for a request in milliseconds, on archives of {said} posts"


def _panel(title: str, lines: Lines, top: float) -> Iterator[str]:
    sizes = sorted({posts for line in lines.values() for posts in line})
    step = _step(max(ms for line in lines.values() for ms in line.values()))
    most_ms = step * ceil(max(ms for line in lines.values() for ms in line.values()) / step + 0.01)
    scales = _Scales(sizes, top, most_ms)
    yield f'<text class="title" x="{LEFT}" y="{top - 16}">{title}: processor milliseconds for a request</text>'
    yield from _grid(scales, step)
    places = _apart({page: scales.y(line[max(line)]) for page, line in lines.items()}, top + PANEL)
    for number, (page, line) in enumerate(lines.items()):
        points = " ".join(f"{scales.x(posts)},{scales.y(line[posts])}" for posts in sorted(line))
        yield f'<polyline class="line c{number}" style="fill:none" points="{points}"/>'
        yield from (
            f'<circle class="c{number}" cx="{scales.x(posts)}" cy="{scales.y(ms)}" r="3.5"/>'
            for posts, ms in line.items()
        )
        label = f"{page}: {line[max(line)]:.2f} ms"
        yield f'<text class="c{number}" x="{WIDTH - RIGHT + 12}" y="{places[page] + 4:.1f}">{escape(label)}</text>'


def _grid(scales: _Scales, step: float) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, scales.top + PANEL
    for number in range(round(scales.most_ms / step) + 1):
        y = scales.y(number * step)
        yield f'<path class="grid" d="M{LEFT} {y}H{right}"/>'
        yield f'<text class="number" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number * step:g}</text>'
    for posts in scales.sizes:
        x = scales.x(posts)
        yield f'<path class="grid" d="M{x} {scales.top}V{bottom}"/>'
        yield f'<text class="number" x="{x}" y="{bottom + 18}" text-anchor="middle">{posts:,} posts</text>'


def _step(most: float) -> float:
    """A round number that divides the scale into two parts to five."""
    rough = max(most, 0.001) / 3
    power = 10 ** floor(log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _apart(wanted: Mapping[str, float], lowest: float) -> dict[str, float]:
    """Places for names, as near as can be to where their lines end, but none upon another."""
    found: dict[str, float] = {}
    below = lowest + NAME_HEIGHT
    for page in sorted(wanted, key=wanted.__getitem__, reverse=True):
        below = min(wanted[page], below - NAME_HEIGHT)
        found[page] = below
    return found
