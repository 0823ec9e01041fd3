"""Answers travel compressed: what is made for one visitor in the quickest way that they take, what is kept in the best.

Compressing secrets together with a visitor's input can leak them (BREACH). Our pages hold none: forms need no token,
and the session's secret is only ever in a cookie.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import brotli
from flask import Flask, Response, request
from isal import igzip
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Below this a packet is not saved.
SMALLEST_BYTES = 600
# Browsers send some twenty characters. What stands behind these is not read, so that what is remembered stays small.
LONGEST_HEADER = 200
TYPES = ("text/html", "application/atom+xml", "application/json")


class Coding(NamedTuple):
    """A way to compress: `dense` for what is sent again and again, `quick` for what may be sent once."""

    dense: Callable[[bytes], bytes]
    quick: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]


# Measured on a thread page of 42 kB, in processor milliseconds of a slow machine, November 2026. Dense: br 5 makes
# 8.9 kB in 1.2, and 9 takes forty times as long for a hundredth less; zstd 9 9.4 kB in 0.9; gzip 6 9.5 kB in 0.8.
# Quick: zstd 3 10.4 kB in 0.19; gzip by ISA-L 1 11.3 kB in 0.11, where zlib takes 0.39; br 1 11.3 kB in 0.32.
CODINGS = {
    "br": Coding(
        lambda body: brotli.compress(body, quality=5),
        lambda body: brotli.compress(body, quality=1),
        brotli.decompress,
    ),
    "zstd": Coding(lambda body: zstd.compress(body, 9), lambda body: zstd.compress(body, 3), zstd.decompress),
    "gzip": Coding(
        lambda body: gzip.compress(body, 6, mtime=0),
        lambda body: igzip.compress(body, 1, mtime=0),
        gzip.decompress,
    ),
}
"""By name, the one that packs the most densely first."""
QUICKEST = ("zstd", "gzip", "br")


class Codings(NamedTuple):
    """The names of the codings that a visitor gets; "" for none, when the body is to travel as it is."""

    dense: str
    quick: str


def init(app: Flask) -> None:
    """Compress answers whose visitor takes it."""
    app.after_request(compress)


def codings_of(accepted: str) -> Codings:
    """The codings for an Accept-Encoding header: of those that the visitor likes best the densest and the quickest."""
    return _codings_of(accepted[:LONGEST_HEADER])


@lru_cache(maxsize=256)
def _codings_of(accepted: str) -> Codings:
    wanted = parse_accept_header(accepted, Accept)
    dense, quick = max(CODINGS, key=wanted.quality), max(QUICKEST, key=wanted.quality)
    return Codings(dense, quick) if wanted.quality(dense) else Codings("", "")


def compress(response: Response) -> Response:
    """The answer compressed where that helps; a weak ETag names all its forms."""
    if response.direct_passthrough or response.mimetype not in TYPES:
        return response
    if "Vary" not in response.headers:
        response.headers.add("Vary", "Accept-Encoding")
    coding = codings_of(request.headers.get("Accept-Encoding", "")).quick
    if response.status_code == 304 or not coding or "Content-Encoding" in response.headers:
        return response
    content = response.get_data()
    if len(content) >= SMALLEST_BYTES:
        response.set_data(CODINGS[coding].quick(content))
        response.headers["Content-Encoding"] = coding
    return response
