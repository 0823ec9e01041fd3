"""What a first visit brings over the line, how long a start takes, and what the servers hold in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urljoin

from tools.board_bench import targets
from tools.board_bench.browsers import Browser
from tools.board_bench.processes import pss_mib
from tools.board_bench.servers import Server
from tools.board_bench.stage import Stage

LINK = re.compile(r"<link\b[^>]*>")
IS_LOADED = re.compile(r'\brel="(?:stylesheet|icon|modulepreload|preload|manifest)"')
HREF = re.compile(r'\bhref="([^"]+)"')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="([^"]+)"')
# A script that loads another one, and a style that does; addresses are relative to the file's own.
IMPORTS = {
    "text/javascript": re.compile(r"""\b(?:from|import)\s*\(?["']([./][^"']+)["']"""),
    "text/css": re.compile(r"""(?:@import\s+(?:url\()?|url\()["']?([^"')]+)["']?\)"""),
}


class Visit(NamedTuple):
    """A first visit with an empty cache: bytes of bodies as they travel, without headers."""

    page_bytes: int
    all_bytes: int
    requests: int


def first_visit(server: Server, path: str) -> Visit:
    """Load a page with all that it asks for; pictures that people put into posts are not among it."""
    browser = Browser(server)
    page = browser.get(path)
    sizes = {path: len(page.sent)}
    waiting = [urljoin(path, address) for address in _asked_for(page.text)]
    while waiting:
        address = waiting.pop()
        if address in sizes or address.startswith("data:"):
            continue
        answer = browser.get(address)
        sizes[address] = len(answer.sent)
        imports = IMPORTS.get(answer.headers.get_content_type())
        waiting += [urljoin(address, found) for found in imports.findall(answer.text)] if imports else []
    return Visit(sizes[path], sum(sizes.values()), len(sizes))


def memory_mib(stage: Stage) -> dict[str, float]:
    """Of every server, by its name and the posts that it serves."""
    return {
        f"{name}, {posts:,} posts" if posts else name: pss_mib(server.process)
        for (name, posts), server in stage.servers.items()
    }


def starts_s(data_dir: Path, folder: Path, number: int) -> list[float]:
    """Seconds from the command to the first page, so often; the first start of all is not among them."""
    return list(_starts(data_dir, folder, number + 1))[1:]


def _starts(data_dir: Path, folder: Path, number: int) -> Iterator[float]:
    for _start in range(number):
        began = perf_counter()
        with targets.board(data_dir, folder):
            yield perf_counter() - began


def _asked_for(text: str) -> Iterator[str]:
    for tag in LINK.findall(text):
        address = HREF.search(tag)
        if address and IS_LOADED.search(tag):
            yield address[1]
    yield from SCRIPT.findall(text)
