"""Soaks the served board: a million requests beside errors, lost lines, nonsense and replaced workers.

    python tools/soak_board.py [--requests N] [--keep-log FILE]

Nothing may crash: no worker ends that was not ended on purpose, the log holds no panic of the server, every error is
answered, memory does not grow with the requests, and the board answers at the end. Prints what it did; the exit
status is 1 when something broke.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.board_bench.processes import pss_mib  # noqa: E402
from tools.board_bench.servers import HOST, WORKERS, Failed, Server, answers, free_port, serving  # noqa: E402
from tools.board_bench.visits import Visit, load, require_wrk  # noqa: E402
from tools.board_soak.nuisances import be_a_nuisance, replace_workers  # noqa: E402

REQUESTS = 1_000_000
NUISANCES = 4
ROUND_S = 10
WORKERS_REPLACED_EVERY_S = 12
# Mostly kept pages, and one that is made each time.
PATHS = ("/", "/boards", "/feed.atom", "/log", "/privacy") * 8 + ("/login",)
# What a server says that lost a thread, a worker or its mind.
CRASHES = ("unsendable", "panicked", "Segmentation", "Fatal Python error", "crash loop")
GROWTH_MIB = 100


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"of pages ({REQUESTS:,})")
    parser.add_argument("--keep-log", type=Path, help="where the server's log is left")
    given = parser.parse_args()
    try:
        require_wrk()
        with TemporaryDirectory() as folder:
            log = given.keep_log or Path(folder, "log")
            log.unlink(missing_ok=True)
            with _strained(Path(folder), log) as server:
                done, faults = _soak(server, given.requests)
                faults += _crashes(log, done)
    except Failed as fault:
        print(fault, file=sys.stderr)
        return 1
    for what, count in done.most_common():
        print(f"{what.replace('_', ' '):24}{count:>12,}")
    print("\n".join(faults) or "Nothing broke.")
    return 1 if faults else 0


def _strained(folder: Path, log: Path):  # noqa: ANN202 - what `serving` gives
    port = free_port()
    environment = {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "WEB_CONCURRENCY": str(WORKERS),
        "FORUM_LIMITS": "off",
    }
    command = [sys.executable, "-m", "tools.board_soak.strained"]
    return serving(command, port, log=log, cwd=ROOT, environment=environment)


def _soak(server: Server, requests: int) -> tuple[Counter[str], list[str]]:
    """Rounds of load until there were so many requests, with nuisances all the while."""
    done: Counter[str] = Counter()
    before_mib = highest_mib = 0.0
    while done["pages"] < requests:
        until = time.monotonic() + ROUND_S
        helpers = [
            threading.Thread(target=be_a_nuisance, args=(server, done["pages"] + number, until, done))
            for number in range(NUISANCES)
        ]
        helpers.append(
            threading.Thread(target=replace_workers, args=(server, WORKERS_REPLACED_EVERY_S / 4, until, done))
        )
        for helper in helpers:
            helper.start()
        round_ = load(server, Visit(PATHS), ROUND_S)
        for helper in helpers:
            helper.join()
        done["pages"] += round_.requests
        done["pages not 2xx or 3xx, or cut off"] += round_.errors
        highest_mib = pss_mib(server.process)
        before_mib = before_mib or highest_mib
        print(f"{done['pages']:>12,} pages, {highest_mib:.0f} MiB", flush=True)
    done["MiB at the end"] = round(highest_mib)
    faults = [f"{done['wrong']} failures were not answered by 500."] if done["wrong"] else []
    if not answers(server.port):
        faults.append(f"http://{HOST}:{server.port} does not answer any more.")
    if highest_mib > before_mib + GROWTH_MIB:
        faults.append(f"Memory grew from {before_mib:.0f} to {highest_mib:.0f} MiB.")
    return done, faults


def _crashes(log: Path, done: Counter[str]) -> list[str]:
    """What the server's log tells of crashes: words of one, or more ends of workers than were brought about."""
    said = log.read_text(errors="replace")
    faults = [f"The log says {said.count(word)} times: {word}" for word in CRASHES if word in said]
    ends = said.count(" and is replaced")
    done["workers that ended"] = ends
    if ends > done["killed"]:
        faults.append(f"{ends} workers ended unexpectedly, of which {done['killed']} were killed.")
    return faults


if __name__ == "__main__":
    sys.exit(main())
