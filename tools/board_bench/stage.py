"""Everything that is measured, started and ready: the board once for each archive, and its neighbours."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.board_bench import flaskbb, targets
from tools.board_bench.addresses import Addresses
from tools.board_bench.archives import Archive
from tools.board_bench.browsers import Browser
from tools.board_bench.corpus import PAGE
from tools.board_bench.results import BARE, FLASKBB, NGINX, OURS
from tools.board_bench.servers import Failed, Server


@dataclass
class Stage:
    """Servers by target and size of the archive (`bare` and `nginx` have none of their own: 0)."""

    sizes: Sequence[int]
    """Posts in the archives, the smallest first."""
    addresses: dict[int, Addresses]
    servers: dict[tuple[str, int], Server] = field(default_factory=dict)
    databases: dict[tuple[str, int], Path] = field(default_factory=dict)
    """Of those servers that have one."""
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def main(self) -> int:
        """The archive that most is measured at."""
        return self.sizes[0]

    @property
    def crawled(self) -> int:
        """The archive whose pages are too many to be kept."""
        return self.sizes[min(1, len(self.sizes) - 1)]

    def ours(self, posts: int) -> Server:
        return self.servers[OURS, posts]


@contextmanager
def staged(folder: Path, run: Path, archives: Sequence[Archive]) -> Generator[Stage]:
    """Start all servers, and stop them after the block. `run` is for what this run alone needs.

    What can't be had of the neighbours is noted in `missing`; without the board itself it raises Failed.
    """
    stage = Stage(
        [archive.posts for archive in archives],
        {archive.posts: Addresses(archive.database) for archive in archives},
    )
    with ExitStack() as stack:
        for archive in archives:
            stage.servers[OURS, archive.posts] = stack.enter_context(targets.board(archive.data_dir, run))
            stage.databases[OURS, archive.posts] = archive.database
        pages = _kept_pages(stage, run)
        _add(stage, stack, BARE, 0, lambda: targets.bare(pages, run))
        _add(stage, stack, NGINX, 0, lambda: targets.nginx(pages, run))
        for archive in archives:
            # What couldn't be installed once isn't tried for each archive.
            if archive.posts in (stage.main, stage.crawled) and FLASKBB not in stage.missing:
                copy = stage.databases[FLASKBB, archive.posts] = run / f"flaskbb-{archive.posts}.sqlite"
                _add(
                    stage, stack, FLASKBB, archive.posts, lambda of=archive, to=copy: _flaskbb(folder, of, to)
                )
        yield stage


def _add(
    stage: Stage, stack: ExitStack, name: str, posts: int, make: Callable[[], AbstractContextManager[Server]]
) -> None:
    try:
        stage.servers[name, posts] = stack.enter_context(make())
    except Failed as reason:
        stage.missing[name] = str(reason)


def _flaskbb(folder: Path, archive: Archive, copy: Path) -> AbstractContextManager[Server]:
    database = flaskbb.prepare(folder, archive.corpus, archive.posts)
    shutil.copy(database, copy)
    return flaskbb.serve(copy, database.parent, copy.parent)


def _kept_pages(stage: Stage, run: Path) -> Path:
    """The board's own pages as it sends them, for those who have nothing else to do than send them."""
    folder, addresses = run / "pages", stage.addresses[stage.main]
    folder.mkdir()
    browser = Browser(stage.ours(stage.main))
    for name, path in (("thread", addresses.thread(PAGE)), ("board", addresses.board()), ("home", "/")):
        answer = browser.get(path)
        if answer.headers.get("Content-Encoding") != "gzip":
            raise Failed(f"the board sent {path} without compression, which its neighbours are given")
        (folder / name).write_bytes(answer.sent)
    return folder
