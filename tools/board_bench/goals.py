"""What the board is meant to reach, in groups of rows: what must be, and what we aim for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from tools.board_bench import figures, scenes
from tools.board_bench.figures import Figure, Find, crawled, single, times
from tools.board_bench.results import BARE, FLASKBB, NGINX, Results

Verdict: TypeAlias = Literal[
    "aim reached", "reached", "missed", "errors", "not the goal's archive", "not measured"
]
KB = 1000


@dataclass(frozen=True)
class Goal:
    """One row of the table."""

    name: str
    least: float
    aim: float
    find: Find
    unit: str = "×"
    is_less_better: bool = False
    decimals: int = 2

    def verdict(self, figure: Figure | None) -> Verdict:
        """What the board made of this goal."""
        if figure is None:
            return "not measured"
        if figure.errors:
            return "errors"
        if not figure.is_of_goal:
            return "not the goal's archive"
        if self._is_met(figure.value, self.aim):
            return "aim reached"
        return "reached" if self._is_met(figure.value, self.least) else "missed"

    def said(self, value: float) -> str:
        """A value with its unit, to as many digits as it deserves."""
        if self.unit == "×" and value < 0.1:
            return f"{value:.2g} ×"
        return f"{value:.{self.decimals if value < 100 else 0}f} {self.unit}".strip()

    def _is_met(self, value: float, wanted: float) -> bool:
        return value <= wanted if self.is_less_better else value >= wanted


@dataclass(frozen=True)
class Group:
    """Rows that belong together, and what they mean."""

    title: str
    meaning: str
    goals: Sequence[Goal]


class Row(NamedTuple):
    """A goal with what was reached."""

    goal: Goal
    figure: Figure | None
    verdict: Verdict


def rows(results: Results) -> Iterator[tuple[Group, list[Row]]]:
    """All goals with what a run found."""
    for group in GROUPS:
        found = [(goal, goal.find(results)) for goal in group.goals]
        yield group, [Row(goal, figure, goal.verdict(figure)) for goal, figure in found]


def _kept(scene: str, what: str) -> tuple[Goal, Goal]:
    return (
        Goal(f"{what}, kept: times bare Flask", 8, 12, times(scene, BARE)),
        Goal(f"{what}, kept: share of nginx's file", 0.3, 0.5, times(scene, NGINX)),
    )


def _less(name: str, least: float, aim: float, find: Find, unit: str, decimals: int = 1) -> Goal:
    return Goal(name, least, aim, find, unit, is_less_better=True, decimals=decimals)


def _statements_new(results: Results) -> float | None:
    return results.singles.statements_new


def _statements_member(results: Results) -> float | None:
    return results.singles.statements_member


def _page_kb(results: Results) -> float | None:
    return _kb(results.singles.page_bytes)


def _visit_kb(results: Results) -> float | None:
    return _kb(results.singles.visit_bytes)


def _kb(size: int | None) -> float | None:
    return None if size is None else size / KB


GROUPS = (
    Group(
        "Guests' pages that were asked for before",
        "The same page again and again, as when a thread is linked from elsewhere. Bare Flask is an empty view"
        " that gives out the same compressed bytes from memory, under gunicorn's default workers; nginx sends them"
        " as a file.",
        (
            *_kept(scenes.THREAD, "Thread page"),
            *_kept(scenes.BOARD, "Board page"),
            *_kept(scenes.HOME, "Home page"),
            Goal("Thread page, answered each second: times bare Flask", 6, 10, times(scenes.ANSWERED, BARE)),
        ),
    ),
    Group(
        "Guests' pages that were not",
        "Pages of the 200,000-post archive's threads in an order by chance, each address once, as a search engine's"
        " crawler reads them. Each database is read through before, so that it is the processor that is measured."
        " Statements are what the board asks of the database for a page of 20 posts that the process never made.",
        (
            Goal("Thread page, new: times bare Flask", 0.3, 0.5, crawled(BARE)),
            _less("Thread page, new: statements", 3, 2, single(_statements_new), "", 0),
            Goal("Crawler over all threads: times FlaskBB", 12, 20, crawled(FLASKBB)),
        ),
    ),
    Group(
        "People who come back, and members",
        "A browser that has the page asks whether it is still good (If-None-Match) and is answered by 304. A"
        " member's page is made anew for each request, for it holds their name and a form.",
        (
            Goal("Unchanged thread page: times bare Flask", 8, 14, times(scenes.RETURNING, BARE)),
            Goal("Member's thread page: times bare Flask", 0.2, 0.35, times(scenes.MEMBER, BARE)),
            _less("Member's thread page: statements", 6, 4, single(_statements_member), "", 0),
        ),
    ),
    Group(
        "Replies",
        "From the sent form to the answer, by a member of old standing: rendered, screened for spam (which FlaskBB"
        " doesn't do), and committed so that it survives a loss of power (as FlaskBB's are). Eight write until all"
        " is written, some more and some less. After each measurement a guest must be able to read the last reply.",
        (
            Goal("Replies, one after another: times FlaskBB", 3, 5, times(scenes.REPLY, FLASKBB)),
            Goal("Replies, 8 at once: times FlaskBB", 3, 5, times(scenes.REPLIES, FLASKBB)),
        ),
    ),
    Group(
        "Growth",
        "Processor time for a request on an archive of 2,000,000 posts over that on one of 20,000: the home page,"
        " a board, its page with about nine tenths of its threads before it, a thread's first and 50th page, as a guest"
        " gets them and as a member does. The worst of them counts, so that each is measured twice in every round.",
        (
            _less(
                "Processor time for a page, 2,000,000 over 20,000 posts", 1.15, 1.05, figures.grown, "×", 2
            ),
            _less("Import of 2,000,000 posts", 30, 10, single(figures.import_minutes), "min"),
        ),
    ),
    Group(
        "Size and start",
        "Bytes are those of bodies as they travel to a browser that takes gzip, without headers and people's"
        " pictures; a first visit is the page with all styles, scripts and icons that it asks for. Memory is that"
        " of all processes after the load, what they share counted once (PSS), with the archive that takes most."
        " The start is from the command `python wsgi.py` to the first page, on a board that was started before.",
        (
            _less("Thread page", 12, 8, single(_page_kb), "kB"),
            _less("First visit", 40, 25, single(_visit_kb), "kB"),
            _less("Memory", 220, 150, figures.memory, "MiB", 0),
            _less("Start", 1.5, 0.7, single(figures.start), "s", 2),
        ),
    ),
)
