"""What granian says of a request, as WSGI says it."""

from __future__ import annotations

import io
import sys
from typing import Any, TypeAlias

from werkzeug.wsgi import get_content_length

from forum.web.gate import IS_WHOLE
from forum.web.safety import MOST_BODY_BYTES, SAFE_METHODS

Environ: TypeAlias = dict[str, Any]

# What PEP 3333 asks for beside what is said of the request.
OF_EACH_REQUEST: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
# What stands between several headers of one name, where it is no comma; of several types the first counts.
BETWEEN = {"HTTP_COOKIE": ";", "CONTENT_TYPE": None, "CONTENT_LENGTH": None}


def _key(name: str) -> str:
    """The name of a header as WSGI has it. Empty for one with an underscore: WSGI can't tell X_Forwarded_For from
    X-Forwarded-For, which only a proxy may send.
    """
    if "_" in name:
        return ""
    key = name.replace("-", "_").upper()
    return key if key in BETWEEN else f"HTTP_{key}"


# What nearly every request brings along need not be written in capitals each time.
USUAL = {
    name: _key(name)
    for name in (
        "accept accept-encoding accept-language cache-control connection content-length content-type cookie host "
        "if-none-match origin referer sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user user-agent "
        "upgrade-insecure-requests x-forwarded-for x-forwarded-proto"
    ).split()
}


def said(scope: Any) -> Environ:
    """What is said of a request: its address and its headers, by which a page is kept."""
    environ = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_wsgi(scope.path),
        "QUERY_STRING": _as_wsgi(scope.query_string),
    }
    for name, value in scope.headers.items():
        key = USUAL.get(name) or _key(name)
        if key not in environ:
            environ[key] = value
        elif (between := BETWEEN.get(key, ",")) is not None:
            environ[key] = f"{environ[key]}{between}{value}"
    # Whose name tells nothing.
    environ.pop("", None)
    return environ


def _as_wsgi(text: str) -> str:
    """A part of an address as WSGI has it: a character for each byte."""
    return text if text.isascii() else text.encode().decode("latin-1")


def complete(environ: Environ, scope: Any) -> None:
    """Add what else WSGI tells of a request, with an empty body."""
    environ.setdefault("HTTP_HOST", scope.authority or "")
    host, _, port = scope.server.rpartition(":")
    environ.update(
        OF_EACH_REQUEST,
        SERVER_PROTOCOL="HTTP/1.0" if scope.http_version == "1" else "HTTP/1.1",
        SERVER_NAME=host.strip("[]"),
        SERVER_PORT=port,
        REMOTE_ADDR=scope.client.rpartition(":")[0].strip("[]"),
    )
    environ["wsgi.url_scheme"] = scope.scheme
    environ["wsgi.input"], environ[IS_WHOLE] = io.BytesIO(), True


def body_length(environ: Environ) -> int:
    """The bytes of the body to wait for: none of readers' or of one that is too large, which the application refuses by
    what it is said to be, as it does one that comes in chunks.
    """
    if environ["REQUEST_METHOD"] in SAFE_METHODS or "HTTP_TRANSFER_ENCODING" in environ:
        return 0
    length = get_content_length(environ) or 0
    return length if length <= MOST_BODY_BYTES else 0
