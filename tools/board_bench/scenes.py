"""What is asked of whom. A scene is one kind of visit, paid to several targets in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tools.board_bench import flaskbb, replies
from tools.board_bench.corpus import LONG, PAGE
from tools.board_bench.replies import AT_ONCE, ONE_AFTER_ANOTHER
from tools.board_bench.results import BARE, FLASKBB, NGINX, OURS
from tools.board_bench.runs import Run, asking, asking_while_answered, crawling, revisiting, writing
from tools.board_bench.stage import Stage
from tools.board_bench.visits import Visit

THREAD, BOARD, HOME = "thread, kept", "board, kept", "home, kept"
ANSWERED, NEW = "thread, answered each second", "thread, new"
RETURNING, MEMBER = "thread, unchanged", "thread, member"
REPLY, REPLIES = "replies, one after another", f"replies, {AT_ONCE} at once"

FIRST_PAGE = "thread, first page"
GROWTH_PAGES = ("home", "board", "board, far back", FIRST_PAGE, "thread, 50th page")
GUEST, AS_MEMBER = "guest", "member"
GROWTH_TIMES = 2
# Of each archive as many as the smallest has, so that what a process keeps of them helps everywhere alike: an archive
# is not slower for it because more of it is asked for.
MOST_FULL_PAGES = 100

Target: TypeAlias = tuple[str, int]
"""Its name, and the posts in its archive: 0 for those that have none."""


@dataclass(frozen=True)
class Scene:
    """A visit, and how it is paid to each target."""

    name: str
    runs: Mapping[Target, Run]
    times: int = 1
    """How often it is paid in a round: oftener where the worst of many scenes counts, for that finds what is chance."""


def growth(page: str, who: str) -> str:
    """The name of the scene in which a page is compared between archives."""
    return f"{page}, {who}"


def scenes(stage: Stage, number_of_replies: int) -> list[Scene]:
    """All scenes, for the targets that are there; eight at once write four times as many replies.

    Raises Failed when the board lets its member not log in.
    """
    return [
        *_kept(stage),
        *_ways_to_read(stage),
        _crawl(stage),
        *_writing(stage, number_of_replies),
        *_growth(stage),
    ]


def _kept(stage: Stage) -> Iterator[Scene]:
    """Pages that a guest asked for before, beside the same bytes from those who do nothing but send them."""
    addresses = stage.addresses[stage.main]
    for name, file, path in (
        (THREAD, "thread", addresses.thread(PAGE)),
        (BOARD, "board", addresses.board()),
        (HOME, "home", "/"),
    ):
        same = Visit([f"/{file}"])
        visits = {(OURS, stage.main): Visit([path]), (BARE, 0): same, (NGINX, 0): same}
        if name == THREAD:
            visits[FLASKBB, stage.main] = Visit([flaskbb.address(PAGE, 1)])
        yield Scene(name, _asking(stage, visits))


def _ways_to_read(stage: Stage) -> Iterator[Scene]:
    """A thread as different people read it, each beside the empty Flask."""
    path, server = stage.addresses[stage.main].thread(PAGE), stage.ours(stage.main)
    cookies = replies.sign_in(server, replies.OURS).cookies
    ours = (OURS, stage.main)
    for name, run in (
        (ANSWERED, asking_while_answered(server, replies.OURS, Visit([path]), PAGE)),
        (RETURNING, revisiting(server, path)),
        (MEMBER, asking(server, Visit([path], {"Cookie": cookies}))),
    ):
        yield Scene(name, {ours: run, **_bare(stage)})


def _crawl(stage: Stage) -> Scene:
    """Every page of the larger archive's threads, by chance."""
    pages, posts = stage.addresses[stage.crawled].pages(), stage.crawled
    paths = {
        (OURS, posts): [page.url for page in pages],
        (FLASKBB, posts): [flaskbb.address(page.thread, page.number) for page in pages],
    }
    runs = {
        target: crawling(stage.servers[target], paths[target], stage.databases[target])
        for target in paths
        if target in stage.servers
    }
    return Scene(NEW, {**runs, **_bare(stage)})


def _writing(stage: Stage, number: int) -> Iterator[Scene]:
    manners = {(OURS, stage.main): replies.OURS, (FLASKBB, stage.main): replies.FLASKBB}
    there = {target: manner for target, manner in manners.items() if target in stage.servers}
    for name, many, at_once in ((REPLY, number, ONE_AFTER_ANOTHER), (REPLIES, 4 * number, AT_ONCE)):
        runs = {
            target: writing(stage.servers[target], manner, many, at_once) for target, manner in there.items()
        }
        yield Scene(name, runs)


def _growth(stage: Stage) -> Iterator[Scene]:
    """The same pages of all archives: for guests as they are kept, and for a member, for whom each is made anew."""
    members = {
        posts: {"Cookie": replies.sign_in(stage.ours(posts), replies.OURS).cookies} for posts in stage.sizes
    }
    for page in GROWTH_PAGES:
        guests = {(OURS, posts): Visit([_fixed(stage, page, posts)]) for posts in stage.sizes}
        yield Scene(growth(page, GUEST), _asking(stage, guests), GROWTH_TIMES)
        visits = {
            (OURS, posts): Visit(_for_member(stage, page, posts), members[posts]) for posts in stage.sizes
        }
        yield Scene(growth(page, AS_MEMBER), _asking(stage, visits), GROWTH_TIMES)


def _for_member(stage: Stage, page: str, posts: int) -> list[str]:
    """Threads all over the archive, of which each fills its first page, so that none is less work than another."""
    if page == FIRST_PAGE:
        return stage.addresses[posts].full_pages(MOST_FULL_PAGES)
    return [_fixed(stage, page, posts)]


def _fixed(stage: Stage, page: str, posts: int) -> str:
    addresses = stage.addresses[posts]
    return {
        "home": "/",
        "board": addresses.board(),
        "board, far back": addresses.far_back(),
        FIRST_PAGE: addresses.thread(PAGE),
        "thread, 50th page": addresses.thread(LONG, 50),
    }[page]


def _bare(stage: Stage) -> dict[Target, Run]:
    return _asking(stage, {(BARE, 0): Visit(["/thread"])})


def _asking(stage: Stage, visits: Mapping[Target, Visit]) -> dict[Target, Run]:
    return {
        target: asking(stage.servers[target], visit)
        for target, visit in visits.items()
        if target in stage.servers
    }
