"""A page as it is kept: its headers, and its body in each coding that somebody asked for; and what is not kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from werkzeug.http import parse_etags

from forum.web.compression import CODINGS, SMALLEST_BYTES, Codings

Headers = list[tuple[str, str]]
Answer: TypeAlias = tuple[int, Headers, bytes]
"""The status, the headers and the body of what a visitor gets."""

# What a page costs beside its bytes: its key, its headers and the objects around them.
OVERHEAD_BYTES = 2500


@dataclass(slots=True, eq=False)
class Page:
    """An answer of 200 that is the same for every guest who reads its language."""

    headers: Headers
    """All but those of one coding."""
    not_modified: Headers
    """The headers of a 304."""
    tag: str
    forms: dict[str, tuple[Headers, bytes]]
    """By coding: the headers and the body; "" is the body as it is."""
    topics: tuple[str, ...]
    version: int
    """That of whatever changed last of the topics (`forum.versions`) before the page was made."""
    moment: int
    """The moment at which the page was last found to be right."""
    until_s: float
    """When a time on it will read otherwise, in seconds since 1970."""
    pressed: set[str] = field(default_factory=set)
    """The codings in which the body is dense."""

    @property
    def size_bytes(self) -> int:
        """What the page takes in memory."""
        # Of a copy, because another thread may add a form meanwhile.
        return OVERHEAD_BYTES + sum(len(body) for _, body in self.forms.copy().values())

    def is_over(self) -> bool:
        """Whether a time on it reads otherwise by now."""
        return time.time() >= self.until_s

    def answer(self, environ: dict[str, Any], codings: Codings) -> Answer:
        """What the visitor gets: 304 where they have it already, else the body in one of their codings."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (known == self.tag or self._is_among(known)):
            return 304, self.not_modified, b""
        headers, body = self.forms.get(codings.dense) or self.forms[codings.quick]
        return 200, headers, _sent(body, environ)

    def press(self, coding: str) -> None:
        """Make the body densely in a coding, since the page is asked for again: most are not, by crawlers above all."""
        headers, body = next(iter(self.forms.copy().values()))
        packed = dict(headers).get("Content-Encoding")
        plain = CODINGS[packed].unpack(body) if packed else body
        self.forms[coding] = form_of(self.headers, coding, plain, is_dense=True)
        self.pressed.add(coding)

    def _is_among(self, known: str) -> bool:
        """Whether an If-None-Match header names this page, weakly compared."""
        return parse_etags(known).contains_weak(self.tag.removeprefix("W/").strip('"'))


@dataclass(frozen=True, slots=True)
class Once:
    """An answer that is for one visitor: where an old address leads, or that there is nothing at one."""

    status: int
    headers: Headers
    body: bytes

    def answer(self, environ: dict[str, Any], codings: Codings) -> Answer:
        """What the visitor gets."""
        headers, body = form_of(self.headers, codings.quick, self.body)
        return self.status, headers, _sent(body, environ)


def _sent(body: bytes, environ: dict[str, Any]) -> bytes:
    """What is sent of a body: nothing to who asks for the headers alone (HEAD)."""
    return body if environ["REQUEST_METHOD"] == "GET" else b""


def form_of(headers: Headers, coding: str, plain: bytes, *, is_dense: bool = False) -> tuple[Headers, bytes]:
    """The headers and the body of an answer in a coding; a small one travels as it is, whatever the visitor takes."""
    if not coding or len(plain) < SMALLEST_BYTES:
        return [*headers, ("Content-Length", str(len(plain)))], plain
    way = CODINGS[coding]
    body = way.dense(plain) if is_dense else way.quick(plain)
    return [*headers, ("Content-Encoding", coding), ("Content-Length", str(len(body)))], body
