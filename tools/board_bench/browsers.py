"""A browser as far as a measurement needs one: it keeps cookies, names its own site, follows where it is sent."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPMessage, RemoteDisconnected
from typing import NamedTuple
from urllib.parse import urlsplit

from tools.board_bench.servers import HOST, Failed, Server

MOST_REDIRECTS = 5


class Answer(NamedTuple):
    """What came back, with the body as it travelled."""

    status: int
    headers: HTTPMessage
    sent: bytes

    @property
    def text(self) -> str:
        is_packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.sent) if is_packed else self.sent).decode("utf-8", "replace")

    @property
    def location(self) -> str:
        """Where it sends the visitor: path and query, empty when nowhere."""
        parts = urlsplit(self.headers.get("Location", ""))
        return parts._replace(scheme="", netloc="", fragment="").geturl()

    @property
    def is_redirect(self) -> bool:
        return self.status in (301, 302, 303, 307, 308)


class Browser:
    """One connection to one server."""

    def __init__(self, server: Server) -> None:
        self._origin = server.url
        self._connection = HTTPConnection(HOST, server.port, timeout=60)
        self._cookies: dict[str, str] = {}

    @property
    def cookies(self) -> str:
        """As the header has them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def get(self, path: str) -> Answer:
        """The page at an address, or at the one that it leads to. Raises Failed when there is none."""
        answer, redirects = self._ask("GET", path), 0
        while answer.is_redirect and redirects < MOST_REDIRECTS:
            path, redirects = answer.location, redirects + 1
            answer = self._ask("GET", path)
        if answer.status != 200:
            raise Failed(f"{path} answered {answer.status}")
        return answer

    def status(self, path: str, headers: Mapping[str, str]) -> int:
        """What an address answers to these headers; redirects are not followed."""
        return self._ask("GET", path, headers=headers).status

    def post(self, path: str, form: str) -> Answer:
        """What a form that was sent, as `urlencode` writes it, is answered with; redirects are not followed."""
        return self._ask("POST", path, form)

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {"Accept-Encoding": "gzip", "Origin": self._origin, **(headers or {})}
        if self._cookies:
            sent["Cookie"] = self.cookies
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._answer(method, path, body, sent)
        except (OSError, HTTPException) as fault:
            raise Failed(f"{path} gave no answer: {fault}") from fault
        self._take_cookies(answer.headers)
        return answer

    def _answer(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        """Ask on the open connection, and on a new one if the server has closed that for being idle."""
        was_open = self._connection.sock is not None
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except (RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            if not was_open:
                raise
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def _take_cookies(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)


def hidden(text: str, name: str) -> str:
    """The value of a hidden field on a page, empty when it isn't there."""
    for tag in re.findall(r"<input\b[^>]*>", text):
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if f'name="{name}"' in tag and value:
            return value[1]
    return ""
