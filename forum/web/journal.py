"""The log: one JSON object a line on standard error, with the request's id, and never a body, password or secret."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import time
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from flask import Flask, Response, current_app, has_request_context

from forum.accounts.letters import PATHS
from forum.context import asked, held

# Long values are cut, so that nobody fills the disk or hides a line behind another.
LONGEST_VALUE = 1024
LONGEST_ERROR = 16 * 1024
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Journal(logging.StreamHandler[TextIO]):
    """Where the log goes: the records of the logging module, and beside them a line for each request.

    Whoever adds a handler of their own to the module's loggers does not hear of requests.
    """

    tells_requests = True

    def tell(self, line: dict[str, Any]) -> None:
        """Write a line that is no record, for to make one and hand it round takes four times as long as to write it."""
        text = _json.encode(line)
        # Where nobody reads the log any more, requests are answered all the same.
        with self.lock or nullcontext(), suppress(OSError, ValueError):
            self.stream.write(f"{text}{self.terminator}")


def init(app: Flask) -> None:
    """Write the log as JSON, with a line for each request."""
    # There is none where the process was started with it closed.
    stream = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    journal = app.extensions["journal"] = Journal(stream)
    journal.setFormatter(JsonLines())
    forum_log = logging.getLogger("forum")
    forum_log.handlers = [journal]
    forum_log.setLevel(logging.INFO)
    forum_log.propagate = False
    # What they have to say of a database that is away.
    for library in ("sqlalchemy", "huey"):
        logging.getLogger(library).handlers = [journal]
    app.before_request(begin)
    app.after_request(_note)


# Made once, because to make one takes as long as a line.
_json = json.JSONEncoder(default=str)


class JsonLines(logging.Formatter):
    """A record as one line: time in UTC, level, message, request id, and whatever `extra` named."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "message": _cut(record.getMessage()),
        }
        if has_request_context():
            line["request"] = held().get("request_id")
        line |= {name: _cut(value) for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info:
            # Its end says what happened.
            line["error"] = self.formatException(record.exc_info)[-LONGEST_ERROR:]
        # In ASCII, for a terminal obeys some of the characters that somebody may put into an address.
        return _json.encode(line)


def begin() -> None:
    """Give the request its id, and note when it came."""
    here = held()
    here.request_id = secrets.token_hex(8)
    here.began_s = time.perf_counter()


def note(status: int) -> None:
    """Tell of the request at hand, which is answered."""
    journal: Journal = current_app.extensions["journal"]
    if not journal.tells_requests:
        return
    here, request = held(), asked()
    journal.tell(
        {
            "time": _time(datetime.now(UTC)),
            "level": "info",
            "message": "request",
            "request": here.get("request_id"),
            "method": _cut(request.method),
            "path": _cut(_path(request.path)),
            "status": status,
            "ms": round((time.perf_counter() - here.get("began_s", time.perf_counter())) * 1000, 1),
            "address": _cut(request.remote_addr),
        }
    )


def _note(response: Response) -> Response:
    response.headers["X-Request-Id"] = held().get("request_id", "")
    note(response.status_code)
    return response


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _path(path: str) -> str:
    """The path without what follows the beginning of a link in a mail, since that is a secret, even misspelt."""
    for prefix in PATHS.values():
        before, found, _secret = path.partition(prefix)
        if found:
            return f"{before}{prefix}<token>"
    return path


def _cut(value: object) -> object:
    text = value if isinstance(value, str) else str(value)
    return value if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
