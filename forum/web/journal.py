"""The log: one JSON object a line on standard error, with the request's id, and never a body, password or secret."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from forum.accounts.letters import PATHS

# Long values are cut, so that nobody fills the disk or hides a line behind another.
LONGEST_VALUE = 1024
LONGEST_ERROR = 16 * 1024
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

access_log = logging.getLogger("forum.access_log")


def init(app: Flask) -> None:
    """Write the log as JSON, with a line for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    forum_log = logging.getLogger("forum")
    forum_log.handlers = [handler]
    forum_log.setLevel(logging.INFO)
    forum_log.propagate = False
    app.before_request(_begin)
    app.after_request(_note)


# Made once, because to make one takes as long as a line.
_json = json.JSONEncoder(default=str)


class JsonLines(logging.Formatter):
    """A record as one line: time in UTC, level, message, request id, and whatever `extra` named."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": _cut(record.getMessage()),
        }
        if has_request_context():
            line["request"] = g.get("request_id")
        line |= {name: _cut(value) for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info:
            # Its end says what happened.
            line["error"] = self.formatException(record.exc_info)[-LONGEST_ERROR:]
        # In ASCII, for a terminal obeys some of the characters that somebody may put into an address.
        return _json.encode(line)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began_s = time.perf_counter()


def _note(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # A record made by hand: the logger would look for the line of code that speaks, which is this one each time.
    line = {
        "name": access_log.name,
        "levelname": "INFO",
        "levelno": logging.INFO,
        "msg": "request",
        "method": request.method,
        "path": _path(),
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("began_s", time.perf_counter())) * 1000, 1),
        "address": request.remote_addr,
    }
    if access_log.isEnabledFor(logging.INFO):
        access_log.handle(logging.makeLogRecord(line))
    return response


def _path() -> str:
    """The path without what follows the beginning of a link in a mail, since that is a secret, even misspelt."""
    for prefix in PATHS.values():
        before, found, _secret = request.path.partition(prefix)
        if found:
            return f"{before}{prefix}<token>"
    return request.path


def _cut(value: object) -> object:
    text = value if isinstance(value, str) else str(value)
    return value if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
