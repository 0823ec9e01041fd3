"""What `make soak` serves: the board, with addresses that fail, in every worker, however it came to be."""

from __future__ import annotations

import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.waiting import until
from tools.board_bench.processes import tree
from tools.board_bench.servers import free_port, serving
from tools.soak_board import CRASHES

ROOT = Path(__file__).resolve().parent.parent


def test_each_worker_is_strained_and_its_failures_are_answered(tmp_path):
    port, log = free_port(), tmp_path / "log"
    environment = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "tools.board_soak.strained"]
    with serving(command, port, log=log, cwd=ROOT, environment=environment) as server:
        for _ in range(2):
            for address in ("/soak/fails", "/soak/breaks"):
                assert _status(f"{server.url}{address}") == 500
            [_, worker] = tree(server.process)
            os.kill(worker, signal.SIGKILL)
            until(lambda gone=worker: gone not in (now := tree(server.process)) and len(now) > 1)
    said = log.read_text()
    assert said.count(" and is replaced") == 2
    assert not any(word in said for word in CRASHES)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
