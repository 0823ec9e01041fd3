"""A browser as far as a measurement needs one: it keeps cookies, names its own site, follows where it is sent."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPMessage, RemoteDisconnected
from typing import NamedTuple
from urllib.parse import urlsplit

from tools.board_bench.servers import HOST, Failed, Server

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)


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
        return _place(self.headers.get("Location", ""))

    @property
    def is_redirect(self) -> bool:
        return self.status in REDIRECTS


class Receipt(NamedTuple):
    """What a form on a `Line` was answered with: the status, and where that leads, empty when nowhere."""

    status: int
    location: str

    @property
    def is_redirect(self) -> bool:
        return self.status in REDIRECTS


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

    def letter(self, path: str, form: str) -> bytes:
        """The same form put together for a `Line`, with the cookies of this moment."""
        body = form.encode()
        headers = {"Host": urlsplit(self._origin).netloc, **self._headers(form), "Content-Length": len(body)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body

    def _headers(self, body: str | None) -> dict[str, str]:
        sent = {"Accept-Encoding": "gzip", "Origin": self._origin}
        if self._cookies:
            sent["Cookie"] = self.cookies
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return sent

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {**self._headers(body), **(headers or {})}
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


class Line:
    """A connection on which forms are sent that lie ready. To put one together and to read the whole answer takes
    `http.client` a tenth of what a quick server needs for it, on the same processors.
    """

    def __init__(self, server: Server) -> None:
        self._address = HOST, server.port
        self._socket: socket.socket | None = None

    def send(self, letter: bytes) -> Receipt:
        """What a letter is answered with. Raises Failed when it isn't."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, timeout=60)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(letter)
            head = self._head(self._socket)
        except (OSError, ValueError) as fault:
            self.close()
            raise Failed(f"a form got no answer: {fault}") from fault
        if re.search(rb"\r\nconnection: close\r\n", head, re.IGNORECASE):
            self.close()
        where = re.search(rb"\r\nlocation: ([^\r]+)", head, re.IGNORECASE)
        return Receipt(int(head[9:12]), _place(where[1].decode()) if where else "")

    def close(self) -> None:
        """Leave the server, until something is sent again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _head(self, line: socket.socket) -> bytes:
        """The head of an answer, with the body taken off the line as well."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += _some(line)
        head, end, rest = received.partition(b"\r\n\r\n")
        if re.search(rb"\r\ntransfer-encoding:", head, re.IGNORECASE):
            raise ValueError("it came without its length")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        left = int(length[1] if length else 0) - len(rest)
        while left > 0:
            left -= len(_some(line))
        return head + end


def _place(url: str) -> str:
    """Path and query of an address."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()


def _some(line: socket.socket) -> bytes:
    received = line.recv(65536)
    if not received:
        raise ConnectionResetError("it was closed in the middle")
    return received


def hidden(text: str, name: str) -> str:
    """The value of a hidden field on a page, empty when it isn't there."""
    for tag in re.findall(r"<input\b[^>]*>", text):
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if f'name="{name}"' in tag and value:
            return value[1]
    return ""
