"""Ways to measure one server once. Each run is told which round it is, from 0, and for how many seconds to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias

from tools.board_bench import replies
from tools.board_bench.browsers import Browser
from tools.board_bench.replies import Manner
from tools.board_bench.servers import Failed, Server
from tools.board_bench.visits import CONNECTIONS, Load, Visit, load

Run: TypeAlias = Callable[[int, float], Load]

READ_BYTES = 1 << 20


def asking(server: Server, visit: Visit) -> Run:
    """The same visit each time."""

    def run(_number: int, seconds: float) -> Load:
        return load(server, visit, seconds)

    return run


def revisiting(server: Server, path: str) -> Run:
    """A page that the visitor has, as it is now. The run raises Failed when the board doesn't call it unchanged."""

    def run(_number: int, seconds: float) -> Load:
        browser = Browser(server)
        known = {"If-None-Match": browser.get(path).headers.get("ETag", "")}
        if (status := browser.status(path, known)) != HTTPStatus.NOT_MODIFIED:
            raise Failed(f"an unchanged page was answered with {status}")
        return load(server, Visit([path], known), seconds)

    return run


def crawling(server: Server, paths: Sequence[str], database: Path) -> Run:
    """Each run goes on where the one before stopped, so that no address comes twice before all have come once.

    Those that come again are counted, for they may be in somebody's memory. The server's database is read before: what
    the system no longer holds of it would be looked for on the disk, page by page, and that is not what is measured.
    """
    used = 0

    def run(_number: int, seconds: float) -> Load:
        nonlocal used
        _read(database)
        place = used % len(paths)
        found = load(server, Visit([*paths[place:], *paths[:place]]), seconds)
        new = max(0, len(paths) - used)
        # What was on its way when the time was up has been asked for as well.
        used += found.requests + CONNECTIONS
        return replace(found, again=max(0, found.requests - new))

    return run


def _read(file: Path) -> None:
    with file.open("rb") as opened:
        while opened.read(READ_BYTES):
            pass


def asking_while_answered(server: Server, manner: Manner, visit: Visit, thread: int) -> Run:
    """The same visit each time, while a reply to a thread arrives every second."""

    def run(_number: int, seconds: float) -> Load:
        with replies.replying(server, manner, thread):
            return load(server, visit, seconds)

    return run


def writing(server: Server, manner: Manner, number: int, at_once: int) -> Run:
    """So many replies, however long they take."""

    def run(_number: int, _seconds: float) -> Load:
        return replies.write(server, manner, number, at_once)

    return run
