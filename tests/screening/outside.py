"""A real HTTP server that speaks the protocols of Akismet and StopForumSpam, well or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from forum.screening import services
from forum.screening.questions import Question
from forum.settings import Settings

KEY = "a1b2c3"
THANKS = "Thanks for making the web a better place."
# Longer than the board waits; the fixture's end cuts it short.
SLOW_S = 10

QUESTION = Question(
    address="203.0.113.7",
    text="Great post! Best visa agent in Tokyo, call us.",
    kind="reply",
    author_name="Nana",
    user_agent="Mozilla/5.0",
    referrer="http://localhost/t/1/reply",
    lang="en",
    mail_address="nana@example.org",
)


@dataclass
class Outside:
    """How the services answer, and what they were sent: (path, fields) of each request."""

    url: str = ""
    akismet: str = "ham"
    stopforumspam: str = "unknown"
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    is_asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Of the manner "on a sign": the request is there, and the answer may go."""

    def sent(self, path: str) -> list[dict[str, str]]:
        return [fields for at, fields in self.requests if at == path]

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        manner = self.stopforumspam if path == "/api" else self.akismet
        if manner == "slow":
            self.is_over.wait(SLOW_S)
        if manner == "on a sign":
            self.is_asked.set()
            self.may_answer.wait(SLOW_S)
        if manner in FAULTS:
            return FAULTS[manner]
        if path == "/api":
            return 200, {}, json.dumps(LOOKUPS[manner] | _of_mail(fields)).encode()
        if fields["api_key"] != KEY:
            return 200, {"X-akismet-debug-help": "We were unable to parse your blog URI"}, b"invalid"
        if path in ("/1.1/submit-spam", "/1.1/submit-ham"):
            return 200, {}, THANKS.encode()
        tip = {"X-akismet-pro-tip": "discard"} if manner == "discard" else {}
        return 200, tip, b"false" if manner == "ham" else b"true"


FAULTS = {
    "error": (500, {}, b"Internal Server Error"),
    "garbage": (200, {}, b"\xff\x00{<html>"),
    "empty": (200, {}, b""),
    "long": (200, {}, b"true" * 100_000),
    "redirect": (302, {"Location": "http://127.0.0.1:9/elsewhere"}, b""),
    "a list": (200, {}, b"[]"),
    "no number": (200, {}, b'{"success": 1, "ip": {"appears": 1, "confidence": "NaN"}}'),
    "no success": (200, {}, b'{"success": 0, "error": "invalid ip"}'),
}
LOOKUPS = {
    "unknown": {"success": 1, "ip": {"value": "203.0.113.7", "frequency": 0, "appears": 0}},
    "known": {"success": 1, "ip": {"value": "203.0.113.7", "frequency": 9, "appears": 1, "confidence": 93.5}},
}


def _of_mail(fields: dict[str, str]) -> dict[str, object]:
    known = {"value": fields.get("emailhash"), "frequency": 40, "appears": 1, "confidence": 99.1}
    return {"emailhash": known} if "emailhash" in fields else {}


@contextmanager
def serving() -> Generator[Outside]:
    """The server, on a port of its own."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _serve(self, query: str) -> None:
            path, fields = urlsplit(self.path).path, dict(parse_qsl(query, keep_blank_values=True))
            outside.requests.append((path, fields | {"Host": self.headers["Host"]}))
            status, headers, body = outside.answer(path, fields)
            with suppress(ConnectionError):
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        outside.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield outside
        finally:
            outside.is_over.set()
            server.shutdown()
            thread.join()


@contextmanager
def asking(app: Flask, url: str, **fields: Any) -> Generator[None]:
    """The board with both services switched on, or as `fields` say, and answering at `url`."""
    places = {"base_url": "http://localhost", "akismet_url": url, "stopforumspam_url": url}
    before = app.extensions["outside_services"]
    services.init(app, Settings(**places, **{"akismet_key": KEY, "stopforumspam": True, **fields}))
    try:
        yield
    finally:
        app.extensions["outside_services"].pool.shutdown(wait=False, cancel_futures=True)
        app.extensions["outside_services"] = before
