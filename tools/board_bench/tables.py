"""The goals as plain text, and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.board_bench.goals import Row, rows
from tools.board_bench.results import Results

HEADS = ("goal", "ours", "by processor", "at least", "aim for", "reached")


def of(results: Results) -> str:
    """All goals, for a terminal."""
    lines: list[str] = []
    cells = [_cells(row) for _group, some in rows(results) for row in some]
    widths = [max(len(line[place]) for line in (HEADS, *cells)) for place in range(len(HEADS))]
    for group, some in rows(results):
        lines += ["", group.title, *(_line(_cells(row), widths) for row in some)]
    missing = [f"Not measured: {name}: {reason}." for name, reason in results.missing.items()]
    return "\n".join([_line(HEADS, widths), *lines, *([""] if missing else []), *missing])


def goals(some: Iterable[Row]) -> str:
    """Goals as a table in Markdown."""
    return markdown(HEADS, map(_cells, some))


def markdown(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first stand to the right."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def notes(some: Iterable[Row]) -> list[str]:
    """What has to be known to read a figure."""
    found = []
    for row in some:
        if row.figure and row.figure.note:
            found.append(f"{row.goal.name}: {row.figure.note}.")
        if row.figure and row.figure.errors:
            found.append(
                f"{row.goal.name}: the board made errors ({row.figure.errors}), so that the figure counts for nothing."
            )
    return found


def _cells(row: Row) -> tuple[str, ...]:
    goal, figure = row.goal, row.figure
    by_processor = figure.by_processor if figure else None
    return (
        goal.name,
        goal.said(figure.value) if figure else "–",
        goal.said(by_processor) if by_processor is not None else "–",
        f"{goal.least:g} {goal.unit}".strip(),
        f"{goal.aim:g} {goal.unit}".strip(),
        row.verdict,
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join((first, *others))
