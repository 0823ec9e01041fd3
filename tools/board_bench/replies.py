"""Replies through the real forms of a board: as fast as they go, or one a second beside a load."""

from __future__ import annotations

import random
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from urllib.parse import urlencode

from tools.board_bench import corpus
from tools.board_bench.browsers import Browser, Line, hidden
from tools.board_bench.processes import processor_s
from tools.board_bench.servers import Failed, Server
from tools.board_bench.visits import Load

ONE_AFTER_ANOTHER, AT_ONCE = 1, 8
# None may be done while others still write, and who has one of two workers to themselves writes half of all.
SHARES = 4
# Numbers every reply of a run, so that no two are the same text.
NUMBERS = count(1)


@dataclass(frozen=True)
class Manner:
    """How a board wants to be written to."""

    login: str
    name_field: str
    form: str
    """The address of the page with the form, with {thread}."""
    action: str
    body_field: str
    token_field: str
    """A hidden field that must come back."""
    is_token_for_once: bool
    member_mark: str
    """What stands on pages for a member and on no guest's."""
    login_button: Mapping[str, str] = field(default_factory=dict)
    reply_button: Mapping[str, str] = field(default_factory=dict)


OURS = Manner(
    "/login",
    "username",
    "/t/{thread}",
    "/t/{thread}/reply",
    "body",
    "idempotency",
    is_token_for_once=True,
    member_mark=f'data-user="{corpus.MEMBER}"',
)
FLASKBB = Manner(
    "/auth/login",
    "login",
    "/topic/{thread}/post/new",
    "/topic/{thread}/post/new",
    "content",
    "csrf_token",
    is_token_for_once=False,
    member_mark='/auth/logout"',
    login_button={"submit": "Login"},
    reply_button={"submit": "Reply"},
)


def sign_in(server: Server, manner: Manner) -> Browser:
    """A browser in which the archive's one member with a password is logged in. Raises Failed."""
    browser = Browser(server)
    token = hidden(browser.get(manner.login).text, manner.token_field)
    fields = {manner.name_field: corpus.MEMBER, "password": corpus.PASSWORD, **manner.login_button}
    answer = browser.post(manner.login, urlencode({**fields, manner.token_field: token}))
    if not answer.is_redirect:
        raise Failed(f"logging in was answered with {answer.status}")
    if manner.member_mark not in browser.get("/").text:
        raise Failed("who had logged in was still taken for a guest")
    return browser


@dataclass
class Writer:
    """Somebody with the form open. What each reply took that was accepted is kept, and how many were not."""

    server: Server
    manner: Manner
    thread: int
    browser: Browser = field(init=False)
    line: Line = field(init=False)
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    """Forms that are filled in and ready to be sent, each with the words by which the reply is known."""
    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    last: tuple[str, str] = ("", "")
    """Where the last reply stands, and the words by which it is known."""

    def __post_init__(self) -> None:
        self.browser = sign_in(self.server, self.manner)
        self.line = Line(self.server)

    def open_forms(self, number: int) -> None:
        """Load and fill in the form for so many replies, which is not part of what is timed."""
        page = self.manner.form.format(thread=self.thread)
        reads = number if self.manner.is_token_for_once else 1
        tokens = [hidden(self.browser.get(page).text, self.manner.token_field) for _read in range(reads)]
        self.letters += map(self._filled_in, tokens if self.manner.is_token_for_once else tokens * number)

    def write(self) -> None:
        """Send one reply."""
        mark, letter = self.letters.pop()
        began = perf_counter()
        try:
            answer = self.line.send(letter)
        except Failed:
            self.errors += 1
            return
        if answer.is_redirect:
            self.seconds.append(perf_counter() - began)
            self.last = answer.location, mark
        else:
            self.errors += 1

    def _filled_in(self, token: str) -> tuple[str, bytes]:
        number = next(NUMBERS)
        draw = random.Random(number)  # noqa: S311 - no secret hangs on it
        mark = f"Reply {number}, written at {perf_counter():.6f}."
        text = f"{mark}\n\n{corpus.body(draw, corpus.FIRST_PEOPLE)}"
        fields = {self.manner.body_field: text, self.manner.token_field: token}
        action = self.manner.action.format(thread=self.thread)
        return mark, self.browser.letter(action, urlencode({**fields, **self.manner.reply_button}))

    def require_public(self) -> None:
        """Raises Failed unless a guest can read the last reply: what waits for a moderator is not what is timed."""
        place, mark = self.last
        if not place or mark not in Browser(self.server).get(place).text:
            raise Failed("no reply became public")


def write(server: Server, manner: Manner, number: int, at_once: int) -> Load:
    """So many replies to the thread that began with one post, one after another or several at once until the last.

    Raises Failed.
    """
    writers = [Writer(server, manner, corpus.SINGLE) for _writer in range(at_once)]
    for writer in writers:
        writer.open_forms(min(number, SHARES * number // at_once))
    left = iter(range(number))
    spent_s, began = processor_s(server.process), perf_counter()
    _run([threading.Thread(target=_write_some, args=(writer, left)) for writer in writers])
    took_s, spent_s = perf_counter() - began, processor_s(server.process) - spent_s
    for writer in writers:
        writer.line.close()
        if writer.seconds or writer.errors:
            writer.require_public()
    seconds = sorted(took for writer in writers for took in writer.seconds)
    return Load(
        len(seconds),
        len(seconds) / took_s,
        1000 * spent_s / len(seconds),
        1000 * _quantile(seconds, 0.5),
        1000 * _quantile(seconds, 0.99),
        sum(writer.errors for writer in writers),
    )


@contextmanager
def replying(server: Server, manner: Manner, thread: int, every_s: float = 1) -> Generator[None]:
    """A reply to a thread now and then every second while the block runs. Raises Failed when one isn't published."""
    writer, stop = Writer(server, manner, thread), threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                writer.open_forms(1)
                writer.write()
                stop.wait(every_s)
        except Failed:
            writer.errors += 1

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()
        writer.line.close()
    writer.require_public()
    if writer.errors:
        raise Failed("a reply was not accepted")


def _write_some(writer: Writer, left: Iterator[int]) -> None:
    """Send a form for each of those left, from which others take as well."""
    while writer.letters and next(left, None) is not None:
        writer.write()


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
