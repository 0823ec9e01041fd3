"""What visitors and operators do to a server beside asking for pages."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from tools.board_bench.processes import tree
from tools.board_bench.servers import HOST, Server

GET = b"GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nContent-Length: %d\r\n\r\n%s"
# An end by RST, as when a phone loses its network.
AT_ONCE = struct.pack("ii", 1, 0)
PATIENCE_S = 5

Nuisance = Callable[[Server, Random], None]


def leaves_at_once(server: Server, chance: Random) -> None:
    """Asks for a page and is gone before it comes."""
    with _connected(server) as line:
        line.sendall(
            GET % (chance.choice([b"/", b"/nothing-here", b"/login", b"/soak/fails"]), _host(server))
        )
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)


def leaves_while_writing(server: Server, chance: Random) -> None:
    """Sends half of a form and is gone."""
    with _connected(server) as line:
        line.sendall(POST % (_host(server), _host(server), 4000, b"username=" * chance.randrange(1, 200)))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)


def writes_nonsense(server: Server, chance: Random) -> None:
    """Sends bytes that are no request, or a form that is none."""
    with _connected(server) as line:
        body = chance.randbytes(chance.randrange(1, 2000))
        head = POST % (_host(server), _host(server), len(body), body)
        line.sendall(chance.choice([body, head, head[:60] + body]))
        line.recv(1000)


def reads_slowly(server: Server, chance: Random) -> None:
    """Takes a page byte by byte for a while."""
    with _connected(server) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        line.sendall(GET % (b"/", _host(server)))
        for _ in range(20):
            line.recv(1)
            time.sleep(0.01)


def fails(server: Server, chance: Random) -> None:
    """Meets an error in a view, or one outside of Flask."""
    with _connected(server) as line:
        line.sendall(GET % (chance.choice([b"/soak/fails", b"/soak/breaks"]), _host(server)))
        said = line.recv(40)
        if not said:
            raise ConnectionResetError("the worker was ended before it answered")
        if b" 500 " not in said:
            raise AssertionError("a failure was not answered by 500")


NUISANCES: tuple[Nuisance, ...] = (leaves_at_once, leaves_while_writing, writes_nonsense, reads_slowly, fails)


def be_a_nuisance(server: Server, seed: int, until: float, done: Counter[str]) -> None:
    """Do all of that in turn until the given time.monotonic(); counts into `done`, broken lines as "broken"."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    while time.monotonic() < until:
        nuisance = chance.choice(NUISANCES)
        try:
            nuisance(server, chance)
        except AssertionError:
            done["wrong"] += 1
        except OSError:
            done["broken"] += 1
        done[nuisance.__name__] += 1


def replace_workers(server: Server, every_s: float, until: float, done: Counter[str]) -> None:
    """In turn let the server replace all workers (SIGHUP), and end one without notice (SIGKILL)."""
    while time.monotonic() + every_s < until:
        time.sleep(every_s)
        with suppress(ProcessLookupError):
            os.kill(server.process, signal.SIGHUP)
            done["replaced"] += 1
        time.sleep(every_s)
        workers = tree(server.process)[1:]
        if workers and time.monotonic() < until:
            with suppress(ProcessLookupError):
                os.kill(workers[0], signal.SIGKILL)
                done["killed"] += 1


def _connected(server: Server) -> socket.socket:
    return socket.create_connection((HOST, server.port), PATIENCE_S)


def _host(server: Server) -> bytes:
    return f"{HOST}:{server.port}".encode()
