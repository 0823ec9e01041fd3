"""The sockets in which callers wait: bound before the board is loaded, one for each worker, and outliving it."""

from __future__ import annotations

import os
import socket
import sys

from forum.settings import Settings

# As many callers may wait to be let in, while the board starts or all threads are busy.
BACKLOG = 2048
# After so long without a word the other side is asked whether it is still there.
GONE_AFTER_S = 60


def listen(settings: Settings) -> list[socket.socket]:
    """A bound socket for each worker. Raises OSError where that can't be.

    The kernel deals callers out among them. On one socket for all, the worker that wakes first would take everybody.
    """
    _fill_streams()
    # Alone, because sockets that share an address do not notice another board there.
    _bound(settings.host, settings.port, is_shared=False).close()
    return [
        _bound(settings.host, settings.port, is_shared=settings.web_concurrency > 1)
        for _ in range(settings.web_concurrency)
    ]


def why_not(settings: Settings, fault: OSError) -> str:
    """One sentence for whoever can't listen there."""
    reason = (fault.strerror or str(fault)).lower()
    place = f"{settings.host}, port {settings.port}"
    return f"The board can't listen on {place}: {reason}. Choose another port with PORT={settings.port + 1}."


def _fill_streams() -> None:
    """Let no socket take the number of a standard stream that is closed, for what is said there would go to callers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _bound(host: str, port: int, *, is_shared: bool) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Whoever has gone without a word is found out, instead of holding a thread for the rest of their form.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, GONE_AFTER_S)
    listener.bind(address)
    listener.listen(BACKLOG)
    return listener
