"""Workers: granian around the application, in processes that share the memory of the one that loaded it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import multiprocessing
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing import util
from pathlib import Path
from typing import Any, NoReturn, cast

from flask import Flask
from granian._granian import CallbackScheduler, RSGIWorker, SocketHolder, WorkerSignal
from granian.http import HTTP1Settings
from granian.log import LogLevels, configure_logging

from forum import processors
from forum.serving import keeper
from forum.serving.listening import BACKLOG
from forum.serving.pool import ThreadPool
from forum.web.bodies import MOST_BYTES, MOST_BYTES_OF_ONE, Bodies
from forum.web.boundary import AtOnce, Boundary
from forum.web.gate import WRITERS

# Most of the readers' wait for their turn (`forum/web/gate.py`), and the others are for what needs none, such as files;
# of the writers there are as many as have one.
READERS_THREADS, WRITERS_THREADS = 20, WRITERS
# Connections that a worker holds open, most of them idle; each costs some kilobytes and no thread.
CONNECTIONS = 8192
# Whoever has not sent their headers by then is cut off, as is a connection that has been idle for as long.
HEADERS_WITHIN_S = 30
# Twice what browsers send at most, with all their cookies; a connection holds no more in memory.
LONGEST_HEADERS_BYTES = 32 * 1024
# The numbers by which glibc's mallopt knows its settings.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8


def serve_by_all(app: Flask, listeners: Sequence[socket.socket], command: Sequence[str]) -> NoReturn:
    """Fork a worker for each socket, and turn this process into their keeper, which starts others by `command`.

    Ends with the exit status 0 when somebody stops the board.
    """
    _give_memory_back()
    # What is loaded by now is never collected, so that looking for garbage does not copy it into each worker.
    gc.collect()
    gc.freeze()
    multiprocessing.set_start_method("fork")
    signal.pthread_sigmask(signal.SIG_BLOCK, keeper.WAITED_FOR)
    workers = {
        _forked(app, listener, listeners, processor): (listener.fileno(), processor)
        for listener, processor in zip(listeners, processors.for_workers(len(listeners)), strict=True)
    }
    for listener in listeners:
        listener.set_inheritable(True)
    told = json.dumps({"workers": workers, "command": list(command)})
    # Isolated and without the packages, of which it needs none.
    os.execv(sys.executable, [sys.executable, "-I", "-S", str(Path(keeper.__file__)), told])  # noqa: S606 - ours


def serve_alone(app: Flask, number: int, processor: int | None) -> NoReturn:
    """Serve in this process, as one worker on a processor, what calls in at the socket of that number, and end it after
    SIGTERM.
    """
    _give_memory_back()
    _serve(app, socket.socket(fileno=number), processor)
    # As the processes end that are forked: all that is to be done at the end is done, but the interpreter is not taken
    # down. A thread of the server's that wakes up in the midst of that, as on a busy machine, would abort the process.
    util._exit_function()  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def end_with(parent: int) -> None:
    """Let this process stop when its parent is gone, however that went, and so give the port back. On Linux only."""
    with contextlib.suppress(OSError, AttributeError):
        line = os.pidfd_open(parent)
        threading.Thread(target=_end_after, args=(line,), name="parent", daemon=True).start()
    if os.getppid() != parent:
        sys.exit(1)


def _end_after(line: int) -> None:
    """Wait until the process that `line` leads to has ended, then stop as on SIGTERM.

    Again each second, for a signal that comes at the very moment at which the main thread falls asleep is seen only
    with the next one. Nobody is left who would kill a worker that takes too long, so it does that itself.
    """
    select.select([line], [], [])
    until_s = time.monotonic() + keeper.STOP_WITHIN_S
    while time.monotonic() < until_s:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _forked(app: Flask, listener: socket.socket, listeners: Sequence[socket.socket], processor: int) -> int:
    parent = os.getpid()

    def in_worker() -> None:
        end_with(parent)
        for other in listeners:
            if other is not listener:
                other.close()
        _serve(app, listener, processor)

    worker = multiprocessing.Process(target=in_worker)
    worker.start()
    return cast("int", worker.pid)


def _serve(app: Flask, listener: socket.socket, processor: int | None) -> None:
    """Serve what calls in at a socket until SIGTERM or Ctrl-C, in this process and on one processor.

    As granian does it for a worker of RSGI, but on a socket that is there already, without its master, and without what
    it puts between its own threads and an application: that is what `Boundary` is for.
    """
    if processor is not None:
        processors.keep_to(processor)
    configure_logging(LogLevels.error)
    # Their hints don't tell what they take.
    make_answering: Any = CallbackScheduler
    make_worker: Any = RSGIWorker
    make_holder: Any = SocketHolder
    stop: Any = WorkerSignal()
    is_stopped, stopped_s = threading.Event(), list[float]()

    def begin_to_stop(_number: int, _frame: object) -> None:
        # Granian is told once: it listens no longer, and whoever told it more often would wait for ever.
        if not stopped_s:
            stopped_s.append(time.monotonic())
            stop.set()

    for number in keeper.STOPS:
        signal.signal(number, begin_to_stop)
    stop.add_cb(is_stopped.set)
    # Blocked since before the fork, so that none came while nothing listened to it.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.WAITED_FOR)
    # A proxy takes bodies in before it hands them on, and everybody comes from its address.
    bodies = Bodies(MOST_BYTES if app.config["SETTINGS"].trusted_proxies else MOST_BYTES_OF_ONE)
    loop = AtOnce()
    answering = make_answering(loop, None, None, None, None)
    answering._schedule_fn = Boundary(  # noqa: SLF001 - as granian does
        app,
        app.extensions["pagecache"].look,
        bodies,
        for_readers=ThreadPool(READERS_THREADS).run,
        for_writers=ThreadPool(WRITERS_THREADS).run,
    )
    worker = make_worker(
        worker_id=1,
        sock=(None, make_holder(listener.fileno(), uds=False, backlog=BACKLOG)),
        ipc=None,
        # That of `Boundary`, which does not wait. Several would take the interpreter from one another all the time.
        py_threads=1,
        backpressure=CONNECTIONS,
        # All that `Boundary` understands.
        http_mode="1",
        websockets_enabled=False,
        http1_opts=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN_S * 1000, max_buffer_size=LONGEST_HEADERS_BYTES
        ),
    )
    worker.serve_mtr(answering, loop, stop)
    while not is_stopped.wait(1):
        bodies.cut(time.monotonic(), *stopped_s)


def _give_memory_back() -> None:
    """Let the C library return what a thread has freed, where it is glibc; by itself it keeps it for that thread.

    A password's 19 MiB, or a text's, would else stay with each thread that ever handled one.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
