"""Keeps the board's workers going: the program that `python wsgi.py` turns into once they serve.

It imports nothing of the board, and little else. The process that loaded the application would keep fifty megabytes
of it that its workers have long copied; this one takes a tenth of that. A worker that ends is replaced by a new process
that loads the application anew, and callers wait in its socket meanwhile.

    python keeper.py '{"workers": {"4711": [3, 0], "4712": [4, 1]}, "command": ["python", "wsgi.py", "--worker"]}'

names the workers by their process with the number of their socket and of their processor, and how to start one.
"""

import contextlib
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime

# Long enough not to spin while the machine is out of memory, short enough that nobody notices.
RESPAWN_AFTER_S = 0.2
# Who stops the board lets the requests in flight finish, which takes milliseconds, or seconds for what is on its way.
STOP_WITHIN_S = 30
LOOK_EVERY_S = 0.02
STANDARD_ERROR = 2

STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
WAITED_FOR = STOPS | {signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM}
"""Blocked from before the workers are forked, and asked for one by one: none is lost or comes at a bad moment."""


class Keeper:
    """Workers by their process with the numbers of their socket and their processor, those that are to end, and how to
    start one.
    """

    def __init__(self, workers: dict[int, tuple[int, int]], command: list[str]) -> None:
        self._workers, self._command = workers, command
        self._leaving: dict[int, float] = {}
        """Until when each process may finish what it does."""

    def keep(self) -> None:
        """Replace each worker that ends, and all of them after SIGHUP, until somebody stops the board."""
        # Where it is ignored, as it is unless something handles it, some systems never hand it out.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for socket, _processor in self._workers.values():
            # A new worker gets its own alone.
            os.set_inheritable(socket, False)  # noqa: FBT003
        while True:
            self._replace_ended()
            self._kill_overdue()
            number = signal.sigwait(WAITED_FOR)
            if number in STOPS:
                self._end_all()
                return
            if number == signal.SIGHUP:
                self._replace_all()

    def _replace_ended(self) -> None:
        for process, how in self._ended().items():
            if self._leaving.pop(process, None) is None:
                _tell("error", f"worker {process} ended {how} and is replaced")
                time.sleep(RESPAWN_AFTER_S)
                self._start(self._workers.pop(process))

    def _replace_all(self) -> None:
        """First the new one, so that callers are served however long the old one takes to finish."""
        _tell("info", "all workers are being replaced")
        for process, place in list(self._workers.items()):
            del self._workers[process]
            self._start(place)
            self._leaving[process] = time.monotonic() + STOP_WITHIN_S
            _send(process, signal.SIGTERM)

    def _kill_overdue(self) -> None:
        """Kill who takes too long, and be woken when the next one does."""
        now = time.monotonic()
        for process, until in self._leaving.items():
            if until <= now:
                _send(process, signal.SIGKILL)
        to_come = [until - now for until in self._leaving.values() if until > now]
        signal.setitimer(signal.ITIMER_REAL, min(to_come, default=0))

    def _end_all(self) -> None:
        """Let all finish what they do; who takes too long is killed."""
        for process in self._workers:
            _send(process, signal.SIGTERM)
        self._leaving |= dict.fromkeys(self._workers, time.monotonic() + STOP_WITHIN_S)
        self._workers.clear()
        while self._leaving:
            for process in self._ended():
                del self._leaving[process]
            self._kill_overdue()
            time.sleep(LOOK_EVERY_S)

    def _ended(self) -> dict[int, str]:
        """The processes that have ended, and how."""
        ended: dict[int, str] = {}
        for process in (*self._workers, *self._leaving):
            try:
                gone, status = os.waitpid(process, os.WNOHANG)
            except ChildProcessError:
                # It ended while the next one was forked, and was taken note of by whoever forked it.
                ended[process] = "at once"
            else:
                if gone:
                    code = os.waitstatus_to_exitcode(status)
                    ended[process] = f"by signal {-code}" if code < 0 else f"with status {code}"
        return ended

    def _start(self, place: tuple[int, int]) -> None:
        socket, processor = place
        parent = os.getpid()
        process = os.fork()
        if not process:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WAITED_FOR)
            os.set_inheritable(socket, True)  # noqa: FBT003
            told = map(str, (socket, parent, processor))
            os.execv(self._command[0], [*self._command, *told])  # noqa: S606 - as we were started
        self._workers[process] = place


def _send(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _tell(level: str, message: str) -> None:
    """A line of the log, as the board itself writes it, wherever somebody reads it."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": moment, "level": level, "message": message})
    with contextlib.suppress(OSError):
        os.write(STANDARD_ERROR, f"{line}\n".encode())


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    Keeper({int(process): tuple(place) for process, place in told["workers"].items()}, told["command"]).keep()
