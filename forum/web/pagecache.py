"""Guests' pages, kept as they were sent and answered in front of Flask, each right as of the last commit.

A page is made from its address and the visitor's language alone. Nothing else of the request is in sight, but for the
sender's address, which the log names and no view looks at; so whatever a stranger sends can't get into what others see.
At every answer the database is asked whether something was committed since; then the versions of the page's topics
decide (`forum.versions`). A view is kept when it says what its page shows, with `@kept`; everything else goes to Flask.
"""

from __future__ import annotations

import io
import logging
import math
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.http import parse_cookie

from forum.settings import Settings
from forum.watching import Unreadable, Watch
from forum.web import language, notices
from forum.web.compression import Codings, codings_of
from forum.web.keeping import UNTIL, VERSION, Keeping, without_trackers
from forum.web.making import SHOWN_BY, Environ, ShownBy, lasting, may_be_kept
from forum.web.page import Answer, Headers, Once, Page, form_of
from forum.web.shelf import Shelf

log = logging.getLogger(__name__)

# Some six hundred pages of a thread, in each worker: what people read, in a small part of a small machine's memory.
MOST_BYTES = 8 * 1024 * 1024
# Browsers' cookies and languages take a few hundred bytes. What is longer is read each time: a thousand of the longest
# headers that a server takes would fill a small machine's memory.
LONGEST_REMEMBERED = 1000
# How long a visitor waits for the page that another one's request is making, before they have it made for themselves.
PATIENCE_S = 5
REPORT_EVERY_S = 60
Key = tuple[str, str, str]


def init(app: Flask, settings: Settings) -> None:
    """Put the kept pages in front of the application."""
    app.extensions["pagecache"] = PageCache(app, settings)
    app.wsgi_app = app.extensions["pagecache"]


@dataclass(slots=True, eq=False)
class _Turn:
    """Who wants to make a page: one does, and the others wait for the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class _Place(NamedTuple):
    """What shows a page, the topics that it reads, and whether it tells their version."""

    shown_by: ShownBy
    topics: tuple[str, ...]
    is_version_told: bool


class _Wishes(NamedTuple):
    """What the headers of a request ask for: a page in the language of `reader`, in one of `codings`."""

    reader: str | None
    """None for whom nothing is kept."""
    codings: Codings


class PageCache:
    """The WSGI application that answers from what is kept, or lets the one behind it answer."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._behind = app.wsgi_app
        self._site = urlsplit(settings.base_url)
        self._router = app.url_map.bind(self._site.netloc)
        self._cookie: str = app.config["VIEWER_COOKIE"]
        self._watch: Watch = app.extensions["watch"]
        self._pages: Shelf[Page] = Shelf(MOST_BYTES)
        self._making: dict[Key, _Turn] = {}
        self._lock = threading.Lock()
        self._remembered_wishes = lru_cache(maxsize=1024)(self._find_wishes)
        self._answered = self._made = 0
        self._reported_s = time.monotonic()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # The board stands at the root of its host. Some servers take this from a header, and a stranger's would get
        # into the addresses that templates remember.
        environ["SCRIPT_NAME"] = ""
        answer = self._answer(environ)
        if answer is None:
            return self._behind(environ, start_response)
        code, headers, body = answer
        start_response(f"{code} {HTTPStatus(code).phrase}", headers)
        return [body] if body else []

    def look(self, environ: Environ) -> Answer | None:
        """What is kept for a request and known to be right, if anything. It waits for nobody and takes microseconds:
        where the database has to be asked, or the body to be pressed, it is the application that answers.
        """
        wanted = self._wanted(environ)
        if wanted is None:
            return None
        page = self._at_hand(*wanted)
        return page and page.answer(environ, wanted[1])

    def clear(self) -> None:
        """Forget every page, so that the next look makes it anew."""
        self._pages.clear()

    def _answer(self, environ: Environ) -> Answer | None:
        """What a guest gets of what is kept, or made to be; None for whatever the application has to answer."""
        wanted = self._wanted(environ)
        if wanted is None:
            return None
        key, codings = wanted
        try:
            found = (
                self._at_hand(key, codings)
                or self._known(key, codings.dense)
                or self._make(key, codings, environ)
            )
        except Unreadable:
            # Whatever is wrong with the database, the application says it in its own words.
            return None
        return found and found.answer(environ, codings)

    def _wanted(self, environ: Environ) -> tuple[Key, Codings] | None:
        """Under which key a page is kept for a request, and in which coding it travels; None for one of a member."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        header = environ.get
        reader, codings = self._wishes(
            header("HTTP_COOKIE", ""), header("HTTP_ACCEPT_LANGUAGE", ""), header("HTTP_ACCEPT_ENCODING", "")
        )
        if reader is None:
            return None
        query = header("QUERY_STRING", "")
        return (reader, environ["PATH_INFO"], query and without_trackers(query)), codings

    def _wishes(self, cookies: str, languages: str, codings: str) -> _Wishes:
        # A session's secret is not remembered in the clear, and a page for its member is not kept anyway.
        is_short = len(cookies) + len(languages) + len(codings) <= LONGEST_REMEMBERED
        if is_short and self._cookie not in cookies:
            return self._remembered_wishes(cookies, languages, codings)
        return self._find_wishes(cookies, languages, codings)

    def _find_wishes(self, cookies: str, languages: str, codings: str) -> _Wishes:
        return _Wishes(self._find_reader(cookies, languages), codings_of(codings))

    def _find_reader(self, cookies: str, accepted_languages: str) -> str | None:
        """The language of a guest, or None for whoever has a session or a sentence to be told: theirs is not kept."""
        # As it came, since ours are ASCII, and to decode what a stranger wrote by hand may fail.
        given = parse_cookie(cookies)
        if self._cookie in given or notices.COOKIE in given:
            return None
        return language.choose(given.get(language.COOKIE, ""), accepted_languages)

    def _at_hand(self, key: Key, codings: Codings) -> Page | None:
        """The page that is kept, if nothing has to be done or asked before it can be sent."""
        page = self._pages.get(key)
        if page is None or codings.dense not in page.pressed or page.is_over():
            return None
        if page.moment != self._watch.glance():
            return None
        self._answered += 1
        return page

    def _known(self, key: Key, coding: str) -> Page | None:
        """The page that is kept, with its body in a coding; None when there is none that is still right."""
        page = self._pages.get(key)
        if page is None:
            return None
        if not self._is_right(page):
            self._pages.remove(key, page)
            return None
        if coding not in page.pressed:
            page.press(coding)
            self._pages.put(key, page, page.size_bytes)
        self._answered += 1
        return page

    def _is_right(self, page: Page) -> bool:
        moment = self._watch.moment()
        if page.moment != moment:
            # Another one, not only a later one: a backup that is restored sets the clock back.
            if self._watch.newest(page.topics) != page.version:
                return False
            page.moment = moment
        return not page.is_over()

    def _make(self, key: Key, codings: Codings, environ: Environ) -> Page | Once | None:
        """The answer at an address whose page is kept, made by one request while others wait; None for any other."""
        place = self._place(key)
        if place is None:
            return None
        with self._alone_with(key):
            # Once more, because another one may have made it since we looked.
            return self._known(key, codings.dense) or self._build(key, codings.quick, place, environ)

    def _place(self, key: Key) -> _Place | None:
        """What shows the page at an address, or None when its view is not kept, or not with this query."""
        _, path, query = key
        if path[:1] != "/" or path[1:2] == "/" or "\0" in path:
            # The router finds //b/alt as well, and with each slash there would be one address more to keep.
            return None
        try:
            path = path.encode("latin-1").decode(errors="replace")
            shown_by = ShownBy(*self._router.match(path, "GET", return_rule=True))
        except HTTPException:
            return None
        keeping: Keeping | None = getattr(self._app.view_functions[shown_by.endpoint], "keeping", None)
        if keeping is None or not keeping.query.fullmatch(query):
            return None
        topics = tuple(topic.format(**shown_by.arguments) for topic in keeping.topics)
        return _Place(shown_by, topics, keeping.is_version_told)

    @contextmanager
    def _alone_with(self, key: Key) -> Generator[None]:
        """The turn to make a page, which comes at the latest when PATIENCE_S is over."""
        with self._lock:
            turn = self._making.setdefault(key, _Turn())
            turn.wanted += 1
        has_turn = turn.lock.acquire(timeout=PATIENCE_S)
        try:
            yield
        finally:
            if has_turn:
                turn.lock.release()
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._making[key]

    def _build(self, key: Key, coding: str, place: _Place, environ: Environ) -> Page | Once | None:
        # Before the page is read, so that a commit in between makes it old rather than overlooked.
        moment = self._watch.moment()
        version = None if place.is_version_told else self._watch.newest(place.topics)
        asked = self._question(key, environ)
        asked[SHOWN_BY] = place.shown_by
        started: list[tuple[str, Headers]] = []
        begin: Any = lambda status, headers, _=None: started.append((status, headers))  # noqa: E731
        answer = self._behind(asked, begin)
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, given = started[0]
        if version is None:
            version = asked.get(VERSION)
        if version is None or not may_be_kept(status, given):
            # Programs are told of an error in a form of their own, which the question did not ask for.
            is_for_program = status >= "400" and "json" in environ.get("HTTP_ACCEPT", "")
            whole = [(name, value) for name, value in given if name.lower() != "content-length"]
            return None if is_for_program else Once(int(status[:3]), whole, body)
        tag = dict(given)["ETag"]
        headers = [*lasting(given), ("ETag", tag)]
        forms = {coding: form_of(headers, coding, body)}
        not_modified = [(name, value) for name, value in headers if name != "Content-Type"]
        until_s = asked.get(UNTIL, math.inf)
        page = Page(headers, not_modified, tag, forms, place.topics, version, moment, until_s)
        self._pages.put(key, page, page.size_bytes)
        self._report()
        return page

    def _question(self, key: Key, environ: Environ) -> Environ:
        """The request that a page is made by: what the key holds, and the sender's address for the log."""
        reader, path, query = key
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self._site.hostname,
            "SERVER_PORT": str(self._site.port or (443 if self._site.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self._site.netloc,
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": reader,
            "REMOTE_ADDR": environ.get("REMOTE_ADDR", ""),
            "HTTP_X_FORWARDED_FOR": environ.get("HTTP_X_FORWARDED_FOR", ""),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._site.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": environ["wsgi.errors"],
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def _report(self) -> None:
        """Once a minute at most: how many answers came from what is kept, since these have no line of their own."""
        self._made += 1
        now_s = time.monotonic()
        if now_s - self._reported_s < REPORT_EVERY_S:
            return
        report = {
            "answered": self._answered,
            "made": self._made,
            "pages": len(self._pages),
            "bytes": self._pages.bytes,
        }
        log.info("kept pages", extra=report)
        self._answered = self._made = 0
        self._reported_s = now_s
