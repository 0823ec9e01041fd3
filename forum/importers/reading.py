"""Files of JSON lines as records that know where they stand, so that a fault can be named by file and line."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"


class BadRecord(Exception):
    """A record that can't be taken; the message is one plain sentence that names the file and the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON value and its place. The readers of fields raise BadRecord for what is missing or of another type."""

    data: Any
    file: str
    line: int

    def bad(self, fault: str) -> BadRecord:
        """The exception to raise when something is wrong with this record; `fault` goes on after the place."""
        return BadRecord(f"{self.file}, line {self.line}: {fault}")

    def text(self, name: str) -> str:
        """The text in field `name`."""
        value = self.optional(name)
        if value is None:
            raise self.bad(f"the field {name!r} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        """The text in field `name`, or None. Halves of characters, which JSON can hold, are dropped."""
        value = self._field(name)
        if value is not None and not isinstance(value, str):
            raise self.bad(f"the field {name!r} must be text, not {_kind(value)}.")
        return value and value.encode("utf-8", "ignore").decode()

    def key(self, name: str, longest: int = 80) -> str:
        """What the source calls a thing in field `name`: a number, or a text of at most `longest` characters."""
        value = self._field(name)
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(name)
        if not text or len(text) > longest:
            raise self.bad(f"the field {name!r} must have 1 to {longest} characters.")
        return text

    def whole(self, name: str) -> int:
        """The whole number in field `name`."""
        value = self._field(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.bad(f"the field {name!r} must be a whole number, not {_kind(value)}.")
        return value

    def moment(self, name: str) -> datetime | None:
        """The moment in field `name`, in UTC: ISO 8601 (of UTC unless it says otherwise), or seconds since 1970."""
        value = self._field(name)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                moment = datetime.fromisoformat(value)
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            return datetime.fromtimestamp(value, UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise self.bad(f"the field {name!r} is no time: {value!r:.60}.") from None

    def parts(self, name: str) -> list[Record]:
        """The objects in the list in field `name`."""
        value = self._field(name)
        if not isinstance(value, list):
            raise self.bad(f"the field {name!r} must be a list, not {_kind(value)}.")
        return [Record(part, self.file, self.line) for part in value]

    def _field(self, name: str) -> Any:
        if not isinstance(self.data, dict):
            raise self.bad(f"an object is expected, not {_kind(self.data)}.")
        return self.data.get(name)


def records(path: str) -> Iterator[Record]:
    """The records of a file, one a line, one at a time; gzip is known by its first bytes, `-` is the standard input.

    Empty lines are skipped. Raises BadRecord for what is not UTF-8, not JSON or not whole.
    """
    name = "standard input" if path == STANDARD_INPUT else path
    line = 0
    with _opened(path) as stream:
        try:
            for line, raw in enumerate(stream, 1):
                if raw.strip():
                    yield Record(json.loads(raw), name, line)
        except ValueError as fault:
            raise BadRecord(f"{name}, line {line}: this is not JSON in UTF-8 ({fault}).") from None
        except RecursionError:
            raise BadRecord(f"{name}, line {line}: this is nested too deeply.") from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise BadRecord(
                f"{name}, line {line + 1}: the compressed file is damaged or cut short."
            ) from None


@contextmanager
def _opened(path: str) -> Generator[BinaryIO, None, None]:
    if path == STANDARD_INPUT:
        yield _unzipped(sys.stdin.buffer)
    else:
        with Path(path).open("rb") as stream:
            yield _unzipped(stream)


def _unzipped(stream: Any) -> BinaryIO:
    buffered = stream if hasattr(stream, "peek") else io.BufferedReader(stream)
    is_zipped = buffered.peek(2)[:2] == GZIP_MAGIC
    return gzip.GzipFile(fileobj=buffered) if is_zipped else buffered  # type: ignore[return-value]


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")
