"""Servers that are measured: started on a free port of this machine, waited for, and stopped whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
# As many as there are processors on a small rented machine, and the same for everybody.
WORKERS = 2
# A first start may migrate a large archive.
PATIENCE_S = 300
STOP_WITHIN_S = 15


class Failed(Exception):
    """Something can't be measured here; the message is one sentence that says why."""


@dataclass(frozen=True)
class Server:
    """One that answers. `process` is the number of the process from which all of its others descend."""

    port: int
    process: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextmanager
def serving(
    command: Sequence[str | Path],
    port: int,
    *,
    log: Path,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> Generator[Server]:
    """Run a command that serves on `port`, from its first answer to the end of the block.

    Raises Failed when it ends by itself or doesn't answer within PATIENCE_S; what it prints stands in `log`.
    """
    with log.open("ab") as output:
        # A session of its own, so that Ctrl-C reaches this program alone, which then stops the servers in order.
        process = subprocess.Popen(  # noqa: S603 - the commands are ours
            list(map(str, command)),
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_for_answer(process, port, log)
        yield Server(port, process.pid)
    finally:
        _stop(process)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    """Whether a page comes from there, whatever is on it; errors of the server are no answer."""
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not answers(port):
        if process.poll() is not None:
            raise Failed(f"it ended with status {process.returncode} before it answered: {_last_line(log)}")
        if time.monotonic() > deadline:
            raise Failed(f"it didn't answer within {PATIENCE_S} s: {_last_line(log)}")
        time.sleep(0.005)


def _last_line(log: Path) -> str:
    return (
        log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2][-200:]
        or "it said nothing"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and after a while end it with everything that it started."""
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill_session(process.pid)
        process.wait()


def _kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
