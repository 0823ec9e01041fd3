"""A run as a page of Markdown, with its picture beside it. Nothing in it is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.board_bench import drawing, tables
from tools.board_bench.figures import processor_ms
from tools.board_bench.goals import rows
from tools.board_bench.results import Results
from tools.board_bench.rounds import WARM_S
from tools.board_bench.scenes import AS_MEMBER, GUEST
from tools.board_bench.visits import CONNECTIONS, THREADS

NAME = "performance"
RAW_HEADS = ("visit", "target", "archive", "requests/s", "processor ms", "p50 ms", "p99 ms", "errors")


def write(results: Results, folder: Path) -> None:
    """Write performance.md, and performance.svg when there is something to draw."""
    picture = drawing.draw(results)
    (folder / f"{NAME}.md").write_text("\n\n".join(_parts(results, has_picture=picture is not None)) + "\n")
    if picture is not None:
        (folder / f"{NAME}.svg").write_text(picture)


def _parts(results: Results, *, has_picture: bool) -> Iterator[str]:
    yield "# Performance"
    yield from _opening(results)
    yield "## Goals"
    for group, some in rows(results):
        yield f"### {group.title}"
        yield tables.goals(some)
        yield from tables.notes(some)
        yield group.meaning
    yield from _growth(results, has_picture=has_picture)
    yield "## All figures"
    yield "Medians over the rounds. Processor time is that of all processes of a server, for one request."
    yield tables.markdown(RAW_HEADS, _raw(results))
    yield tables.markdown(("what", "figure"), _singles(results))
    if results.missing:
        yield "## Not measured"
        yield "\n".join(f"- {name}: {reason}." for name, reason in results.missing.items())
    yield "## Running it again"
    yield _how()


def _opening(results: Results) -> Iterator[str]:
    yield "This page is written by `make bench`; a change made by hand is lost with the next run."
    if results.is_trial:
        yield "**This was a trial with tiny archives and loads of a second: its figures mean nothing.**"
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    machine = results.machine
    where = ", ".join((machine["processors"], f"{machine['memory']} of memory", machine["system"]))
    yield f"Measured on {results.on} on one machine: {where}. {versions}."
    yield (
        f"Every server had two workers. The load came from wrk on the same machine, by {THREADS} threads over"
        f" {CONNECTIONS} connections, {results.seconds:g} s for each visit in every round (rounds: {results.rounds};"
        f" every other one in the reverse order), each after {WARM_S} s that does not count. Two targets are compared"
        " within a round, and the median of the rounds is given: of the requests a second, by which a goal is judged,"
        " and beside it of the processor time for a request, which other work on the machine disturbs less."
    )


def _growth(results: Results, *, has_picture: bool) -> Iterator[str]:
    yield "## Cost over size"
    if not has_picture:
        yield "This was not measured."
        return
    yield f"![Processor time for a request over the size of the archive]({NAME}.svg)"
    sizes = sorted({one.posts for one in results.imports})
    heads = ("processor ms for a request", *(f"{posts:,} posts" for posts in sizes))
    lines = [
        (f"{page}, {who}", *(f"{line[posts]:.3f}" if posts in line else "–" for posts in sizes))
        for who in (GUEST, AS_MEMBER)
        for page, line in drawing.lines_of(results, who).items()
    ]
    yield tables.markdown(heads, lines)


def _raw(results: Results) -> Iterator[tuple[str, ...]]:
    for one in results.series:
        yield (
            one.scene,
            one.target,
            f"{one.posts:,}" if one.posts else "–",
            f"{one.middle(lambda load: load.per_s):,.1f}",
            f"{one.middle(processor_ms):.3f}",
            f"{one.middle(lambda load: load.p50_ms):.1f}",
            f"{one.middle(lambda load: load.p99_ms):.1f}",
            str(sum(load.errors for load in one.rounds)),
        )


def _singles(results: Results) -> Iterator[tuple[str, str]]:
    for one in results.imports:
        rate = one.posts / one.seconds
        yield (
            f"import of {one.posts:,} posts, {one.on}, version {one.revision}",
            f"{one.seconds:,.0f} s, {rate:,.0f} posts a second",
        )
    for name, mib in results.singles.memory_mib.items():
        yield f"memory of {name}, PSS", f"{mib:.0f} MiB"
    if results.singles.starts_s:
        yield "starts", ", ".join(f"{took:.2f} s" for took in results.singles.starts_s)
    if results.singles.visit_requests is not None:
        yield "requests of a first visit", str(results.singles.visit_requests)


def _how() -> str:
    return """```sh
make bench                        # archives of 20,000 and 200,000 posts
make bench BENCH=--full           # 2,000,000 posts as well
make bench BENCH=--help           # what else there is
```

It needs wrk, uses nginx and a Python for FlaskBB (3.12 or newer) when they are there, and keeps its archives in
`.bench` for the next run. Leave the machine alone meanwhile. `BENCH=--report=.bench/results.json` writes this page
anew without measuring."""
