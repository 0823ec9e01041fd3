"""A board that is served by processes of its own, as an operator starts them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A start takes seconds where other tests want the processor as well.
PATIENCE_S = 60

Start = Callable[..., "Server"]


class Server:
    """A process that serves the board, with all that it says."""

    def __init__(self, data_dir: Path, port: int, command: tuple[str, ...], **settings: str) -> None:
        self.url, self.port = f"http://127.0.0.1:{port}", port
        self.log: Path | None = data_dir.with_suffix(f".{port}.log")
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(port), **settings}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT
            )

    @classmethod
    def of(cls, process: subprocess.Popen[bytes], port: int) -> Server:
        """One that was started in another way, and says nothing."""
        server = cls.__new__(cls)
        server.process, server.port, server.url, server.log = process, port, f"http://127.0.0.1:{port}", None
        return server

    @property
    def said(self) -> str:
        return self.log.read_text() if self.log else ""

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def is_open(self) -> bool:
        with contextlib.suppress(OSError):
            return self.get("/readyz") == 200
        return False

    def get(self, path: str) -> int:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return answer.status

    def read(self, path: str) -> str:
        """A page as a guest gets it who comes on a connection of their own."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def connect(self, receives_bytes: int | None = None, source: str = "127.0.0.1") -> socket.socket:
        """A connection on which nothing is said yet; it takes in no more than `receives_bytes` before it is read."""
        connection = socket.socket()
        connection.bind((source, 0))
        connection.settimeout(PATIENCE_S)
        if receives_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives_bytes)
        connection.connect(("127.0.0.1", self.port))
        return connection

    @property
    def workers(self) -> list[int]:
        """The processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)
