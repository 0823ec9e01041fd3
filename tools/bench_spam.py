"""Measure the spam filter beside Bogofilter and a plain logistic model, and play the scripted attacks.

    make bench-spam                                    the public collections of forum/spam/seed/
    make bench-spam SPAM_DATA=FILE.jsonl               labelled comments of your own
    make bench-spam SPAM_DATA=FILE.jsonl BENCH=--quick one split, without attacks

FILE has one JSON object a line: id, text, author, url, label ("spam" or "ham"), source, lang. For each split whole
sources are left out of what is learnt (tools/spam_bench/data.py names them), and everybody is tried on those:

    ours                our own texts (own_lessons) first, then the split with some of them shown again
    plain               hashed 4-byte n-grams with a few features of links and shape; the split alone
    Bogofilter          as Debian packages it, when it is installed; the split alone
    ... + own texts     the same two with our own texts put before the split: what the texts are worth without the model

Printed for each split: the share of spam caught where 0, 0.1 and 1 % of the good comments are wronged (a spam counts
only strictly above the threshold); areas under the curves; error of calibration (ECE, 15 bins); the catch at 1 % by
language, for weak sources, and in each disguise; and learning: half of what is tried gives 100 and then 1,000 labels,
as moderators would, and the other half is scored. Then near-copies, processor time and memory of `python -m forum.spam
score`, and the attacks of tests/attacks/. About ten minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forum.spam.model import SHIPPED_MODEL
from tools.spam_bench import battle, copies, cost, data, tables, trial
from tools.spam_bench.bogofilter import PROGRAM
from tools.spam_bench.data import Comment, Split


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="labelled comments; the public ones without it"
    )
    parser.add_argument("--quick", action="store_true", help="the first split only, without the attacks")
    options = parser.parse_args(arguments)
    started = perf_counter()
    for part in _parts(options.data, is_quick=options.quick):
        sys.stdout.write(f"{part}\n\n")
        sys.stdout.flush()
    sys.stdout.write(f"Took {perf_counter() - started:.0f} s.\n")


def _parts(path: Path | None, *, is_quick: bool) -> Iterator[str]:
    comments = data.development(path) if path else data.public()
    splits, left_out = (data.DEVELOPMENT, ()) if path else (data.PUBLIC, data.HELD_OUT_OWN)
    if not PROGRAM:
        yield "Bogofilter is not installed (Debian: apt-get install bogofilter), so that it is not tried."
    yield from _trials(splits[:1] if is_quick else splits, comments, left_out)
    yield tables.of_copies(copies.try_copies(comments))
    yield tables.of_cost(cost.measure(comments, SHIPPED_MODEL))
    if not is_quick:
        yield tables.of_attacks(battle.play())


def _trials(splits: Sequence[Split], comments: Sequence[Comment], left_out: Sequence[str]) -> Iterator[str]:
    """Two splits at a time."""
    with TemporaryDirectory() as folder, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        start = Path(folder, "own.bin")
        trial.save_start(start, left_out)
        running = [pool.submit(trial.run, split, comments, start, left_out) for split in splits]
        yield from (tables.of_trial(done.result()) for done in running)


if __name__ == "__main__":
    main()
