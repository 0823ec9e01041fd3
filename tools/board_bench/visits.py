"""Load by wrk: as many requests as a server answers, for some seconds, and what each of them took."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.board_bench.processes import processor_s
from tools.board_bench.servers import Failed, Server

SCRIPT = Path(__file__).with_name("visits.lua")
# Two threads can ask faster than any server here answers; sixteen connections keep both of its workers busy.
THREADS, CONNECTIONS = 2, 16
TOLD = re.compile(r"^VISITS (\{.*\})$", re.MULTILINE)
NO_WRK = "This needs wrk, which makes the load (Debian: apt-get install wrk)."


@dataclass(frozen=True)
class Visit:
    """What is asked for. Of several addresses each comes once, in their order, before any comes again."""

    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What one run of some seconds came to."""

    requests: int
    per_s: float
    """Requests answered a second."""
    processor_ms: float
    """Processor time of the server's processes for a request, in milliseconds."""
    p50_ms: float
    p99_ms: float
    errors: int
    """Answers other than 2xx and 3xx, and connections that broke."""
    again: int = 0
    """Of a crawl, requests for an address that had its turn before."""


def require_wrk() -> None:
    """Raises Failed, with one sentence, when wrk is missing."""
    if shutil.which("wrk") is None:
        raise Failed(NO_WRK)


def load(server: Server, visit: Visit, seconds: float) -> Load:
    """Ask for so many seconds (whole ones, at least one). Raises Failed when wrk gives no figures."""
    before = processor_s(server.process)
    told = _asked(server.url, visit, seconds)
    spent_s = processor_s(server.process) - before
    requests = int(told["requests"])
    return Load(
        requests,
        requests / told["seconds"],
        1000 * spent_s / max(1, requests),
        told["p50_ms"],
        told["p99_ms"],
        int(told["errors"]),
    )


def _asked(url: str, visit: Visit, seconds: float) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        about = Path(folder, "visit")
        headers = [f"{name}: {value}" for name, value in {"Accept-Encoding": "gzip", **visit.headers}.items()]
        about.write_text("\n".join([*headers, "", *visit.paths]) + "\n")
        done = subprocess.run(  # noqa: S603 - the program and its options are ours
            [  # noqa: S607 - wherever wrk is installed
                "wrk",
                f"-t{THREADS}",
                f"-c{CONNECTIONS}",
                f"-d{max(1, round(seconds))}s",
                "--timeout=30s",
                f"-s{SCRIPT}",
                url,
            ],
            env={**os.environ, "VISIT": str(about), "VISIT_THREADS": str(THREADS)},
            capture_output=True,
            text=True,
            check=False,
        )
    found = TOLD.search(done.stdout)
    if found is None:
        raise Failed(f"wrk gave no figures: {(done.stderr or done.stdout).strip()[-200:]}")
    return json.loads(found[1])
