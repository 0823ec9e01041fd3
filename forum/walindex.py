"""SQLite's wal-index: memory that all processes share which have a database open, and that changes with each commit.

By its first 96 bytes SQLite itself finds out whether there is something new to read; they have been the same in every
version since 3.7.0 (https://www.sqlite.org/walformat.html, "The WAL-Index Header"). To compare them with what they
were takes no statement and no lock. Above all it keeps hold of the interpreter, which a statement lets go of: while
one thread asked, another one took it, and a kept page spent a quarter of its time on this change.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sqlite3
import sys
from pathlib import Path

# Twice the same 48 bytes: a commit writes the second copy, then the first, and is there for others when both are.
HEADER_BYTES = 96
VERSION = 3_007_000


def find(connection: sqlite3.Connection, database: Path) -> mmap.mmap | None:
    """The header of the wal-index that `connection` uses, or None where it has none that we know.

    Its bytes are other ones after each commit, and the same while there was none.

    The connection must have read from the database, and must stay open while the index is used: its lock keeps other
    processes from throwing the index away. What is opened here is never closed again, since a process that closes a
    file loses all its locks on it (POSIX), and those are SQLite's. So it is meant to be called once a process. Where
    the system has no room for one page more to map, that happens all the same.
    """
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return None
    try:
        file = os.open(f"{database.resolve()}-shm", os.O_RDONLY)
        mapped = mmap.mmap(file, HEADER_BYTES, prot=mmap.PROT_READ)
    except (OSError, ValueError):
        return None
    # The map has the file open too, and would close it when nobody refers to it any more, also at the very end.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(mapped))
    is_known = int.from_bytes(mapped[:4], sys.byteorder) == VERSION
    return mapped if is_known else None
