"""What scoring costs: processor time, memory, and the size of the model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.spam_bench.data import Comment

ROOT = Path(__file__).resolve().parents[2]
# Runs the command in its own process, and lets that say what it took.
MEASURED = """
import json, sys, time
from pathlib import Path
if len(sys.argv) > 1:
    from forum.spam.__main__ import main
    main(sys.argv[1:])
sys.stdout.flush()
peak_kib = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
json.dump({"processor_s": time.process_time(), "peak_mib": int(peak_kib.split()[1]) / 1024}, sys.stderr)
"""
# One core: the libraries below numpy must not use more.
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Cost(NamedTuple):
    """Of the command `python -m forum.spam score`."""

    comments: int
    characters: int
    """Of a comment, in the mean."""
    a_second_with_start: float
    a_second: float
    peak_mib: float
    bare_mib: float
    """Of a Python that does nothing."""
    started_mib: float
    """Of the command when nothing is to be scored: numpy and the model."""
    model_bytes: int


def measure(comments: Sequence[Comment], model: Path) -> Cost:
    """Score all of them with a model, once; Linux says how much memory that took."""
    score = ("score", "--model", str(model))
    bare, started, whole = _measured((), b""), _measured(score, b""), _measured(score, as_lines(comments))
    return Cost(
        len(comments),
        sum(len(comment.text) for comment in comments) // len(comments),
        len(comments) / whole["processor_s"],
        len(comments) / (whole["processor_s"] - started["processor_s"]),
        whole["peak_mib"],
        bare["peak_mib"],
        started["peak_mib"],
        model.stat().st_size,
    )


def _measured(arguments: Sequence[str], lines: bytes) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", MEASURED, *arguments],
        cwd=ROOT,
        env={**os.environ, **ONE_CORE},
        input=lines,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stderr)


def as_lines(comments: Sequence[Comment]) -> bytes:
    """The comments as the command reads them."""
    rows = ({"text": comment.text, "author": comment.author, "url": comment.url} for comment in comments)
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
