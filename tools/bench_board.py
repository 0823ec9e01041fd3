"""Measure the board beside an empty Flask, nginx and FlaskBB, on archives of growing size.

    make bench                          archives of 20,000 and 200,000 posts
    make bench BENCH=--full             2,000,000 posts as well
    make bench BENCH=--quick            tiny archives for a second each, to see that everything works
    make bench BENCH=--report=FILE      write the report anew from the results of an earlier run

It needs wrk, which makes the load; nginx and a Python for FlaskBB (3.12 or newer) are used when they are there, and the
report says what is missing. Everything is served on this machine alone, each server with two workers, and measured in
rounds, every other one backwards. Figures of two targets are divided within a round; the median of the rounds counts.

What is made stays in the work folder (.bench) for the next run: archives, FlaskBB and its databases. Delete it to begin
anew, as is needed when an older version of the board is measured after a newer one. The results are results.json there;
the report goes to docs/performance.md and docs/performance.svg, and that of a --quick run into the work folder. It
takes a quarter of an hour once the archives are there.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.board_bench import (
    archives,
    flaskbb,
    machine,
    report,
    results,
    statements,
    tables,
    visits,
    weighing,
)
from tools.board_bench.corpus import PAGE
from tools.board_bench.machine import ROOT
from tools.board_bench.results import FLASKBB, Results
from tools.board_bench.rounds import Rounds
from tools.board_bench.scenes import scenes
from tools.board_bench.servers import Failed
from tools.board_bench.stage import Stage, staged

BASE_POSTS = 20_000
SCALES, FULL_SCALES = (1, 10), (1, 10, 100)
QUICK_SIZES = (2_000, 4_000)
STARTS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print and report; returns the exit status."""
    options = _options(arguments)
    # The application that counts statements would log each request.
    logging.disable(logging.WARNING)
    # Like Ctrl-C, so that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    try:
        found = results.read(options.report) if options.report else _run(options)
    except Failed as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; all servers are down.\n")
        return 130
    sys.stdout.write(tables.of(found) + "\n")
    folder = options.folder if found.is_trial else ROOT / "docs"
    report.write(found, folder)
    sys.stdout.write(f"\nThe report is in {folder}.\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument(
        "--scale", type=int, nargs="+", default=SCALES, help=f"archives of so many times {BASE_POSTS:,} posts"
    )
    how_much.add_argument(
        "--full", dest="scale", action="store_const", const=FULL_SCALES, help="scales 1, 10, 100"
    )
    how_much.add_argument("--quick", action="store_true", help="tiny archives, one round of a second each")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="the work folder")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="only write the report, from these results"
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.seconds = 1, 1
    options.folder = options.folder.absolute()
    return options


def _run(options: argparse.Namespace) -> Results:
    visits.require_wrk()
    sizes = QUICK_SIZES if options.quick else sorted({BASE_POSTS * scale for scale in options.scale})
    found = Results(
        datetime.now(UTC).date().isoformat(),
        machine.described(),
        machine.versions(),
        options.rounds,
        options.seconds,
        options.quick,
    )
    options.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="run-", dir=options.folder) as run:
        _measure(found, sizes, options.folder, Path(run))
    found.save(options.folder / "results.json")
    return found


def _measure(found: Results, sizes: Sequence[int], folder: Path, run: Path) -> None:
    made = []
    for posts in sizes:
        _say(f"Archive of {posts:,} posts")
        made.append(archives.prepare(folder, posts))
    found.imports = [archive.imported for archive in made]
    # The smallest is written to; the others are only read.
    made[0] = made[0].copied(run)
    with staged(folder, run, made) as stage:
        _load(found, stage, folder)
    _say("Statements and starts")
    counts = statements.count(made[0])
    found.singles.statements_new, found.singles.statements_member = counts
    found.singles.starts_s = weighing.starts_s(made[0].data_dir, run, 1 if found.is_trial else STARTS)


def _load(found: Results, stage: Stage, folder: Path) -> None:
    rounds = Rounds(found.rounds, found.seconds, _say, stage.missing)
    found.series = rounds.measure(scenes(stage, 10 if found.is_trial else 100))
    found.missing = stage.missing
    if (FLASKBB, stage.main) in stage.servers:
        found.versions[FLASKBB] = flaskbb.described(folder)
    singles = found.singles
    singles.memory_mib = weighing.memory_mib(stage)
    visit = weighing.first_visit(stage.ours(stage.main), stage.addresses[stage.main].thread(PAGE))
    singles.page_bytes, singles.visit_bytes, singles.visit_requests = visit


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
