"""Keeps the board's workers going: the program that `python wsgi.py` turns into once they serve.

It imports nothing of the board, and little else. The process that loaded the application would keep fifty megabytes
of it that its workers have long copied; this one takes a fifth of that. A worker that ends is replaced by a new process
that loads the application anew, and callers wait in its socket meanwhile.

    python keeper.py '{"workers": {"4711": 3, "4712": 4}, "command": ["python", "wsgi.py", "--worker"]}'

names the workers by their process with the number of their socket, and how to start one.
"""

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime

# Long enough not to spin while the machine is out of memory, short enough that nobody notices.
RESPAWN_AFTER_S = 0.2
# Who stops the board lets the requests in flight finish, which takes milliseconds, or an upload on a slow line.
STOP_WITHIN_S = 30
LOOK_EVERY_S = 0.02

STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
WAITED_FOR = STOPS | {signal.SIGHUP, signal.SIGCHLD}
"""Blocked from before the program begins, and asked for one by one, so that none is lost or comes at a bad moment."""


def keep(workers: dict[int, int], command: list[str]) -> None:
    """Replace each worker that ends, and all of them after SIGHUP, until somebody stops the board; then end them."""
    while True:
        for process, socket in _ended(workers).items():
            _tell(f"worker {process} ended and is replaced")
            time.sleep(RESPAWN_AFTER_S)
            workers[_start(command, socket)] = socket
        number = signal.sigwait(WAITED_FOR)
        if number in STOPS:
            _end(workers)
            return
        if number == signal.SIGHUP:
            _send(workers, signal.SIGTERM)


def _ended(workers: dict[int, int]) -> dict[int, int]:
    """The workers that have ended, with their sockets; they are no longer among `workers`."""
    ended: dict[int, int] = {}
    while workers:
        process, _ = os.waitpid(-1, os.WNOHANG)
        if not process:
            break
        if process in workers:
            ended[process] = workers.pop(process)
    return ended


def _start(command: list[str], socket: int) -> int:
    process = os.fork()
    if not process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WAITED_FOR)
        os.execv(command[0], [*command, str(socket), str(os.getppid())])  # noqa: S606 - what we were started as
    return process


def _end(workers: dict[int, int]) -> None:
    """Let the workers finish what they do; who takes too long is killed."""
    _send(workers, signal.SIGTERM)
    until = time.monotonic() + STOP_WITHIN_S
    while workers and time.monotonic() < until:
        _ended(workers)
        time.sleep(LOOK_EVERY_S)
    _send(workers, signal.SIGKILL)


def _send(workers: dict[int, int], number: signal.Signals) -> None:
    for process in workers:
        os.kill(process, number)


def _tell(message: str) -> None:
    """A line of the log, as the board itself writes it."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": moment, "level": "error", "message": message})
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    keep({int(process): socket for process, socket in told["workers"].items()}, told["command"])
