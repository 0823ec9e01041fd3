"""How the database lies on the disk, and how SQLite runs it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.doctor.report import Section, size
from forum.engines import PRAGMAS, WAL_BYTES

# A log of this size was not emptied at many moments when it should have been.
LONGEST_LOG_BYTES = 4 * WAL_BYTES
# Less is not worth a pause of the board: the pages are used again by what is written next.
MOST_FREE_BYTES = 256 * 1024 * 1024
MOST_FREE_SHARE = 0.25
# Each reply waits for the disk once. A disk of today takes 1 to 10 ms; above this, writers queue up at twenty a second.
SLOWEST_SYNC_S = 0.05
SYNCS = 20
BLOCK = b"\0" * 4096


def files(
    session: Session,
    path: Path,
    longest_log_bytes: int = LONGEST_LOG_BYTES,
    most_free_bytes: int = MOST_FREE_BYTES,
) -> Section:
    """The files of the database with their sizes, and what of it is free; a warning for what is above the limits."""
    found = Section(f"Files of {path}")
    for name, suffix in (("database", ""), ("write-ahead log", "-wal"), ("its index", "-shm")):
        part = path.with_name(path.name + suffix)
        found.say(name, size(part.stat().st_size) if part.exists() else "none")
    page_bytes, n_pages, n_free = (
        _pragma(session, name) for name in ("page_size", "page_count", "freelist_count")
    )
    found.say("pages", f"{n_pages:,} of {size(page_bytes)}, {n_free:,} of them free")
    if n_free * page_bytes > most_free_bytes and n_free > MOST_FREE_SHARE * n_pages:
        found.warn(
            f'{size(n_free * page_bytes)} of the database are free: stop the board and run `sqlite3 {path} "VACUUM"`'
            " to have them back."
        )
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > longest_log_bytes:
        found.warn(
            f"The write-ahead log has {size(log.stat().st_size)}, because something never stops reading: look for a"
            " backup or a shell that hangs, and end it."
        )
    return found


def pragmas(session: Session, wanted: Mapping[str, int | str] = PRAGMAS) -> Section:
    """What SQLite says to what every connection is told; a warning for each answer that is not as `wanted`."""
    found = Section(f"SQLite {sqlite3.sqlite_version}")
    for name, value in wanted.items():
        said = _pragma(session, name)
        found.say(name, str(said))
        if said != value:
            found.warn(
                f"SQLite runs with {name} = {said} and not {value}: put the database on a local disk, which can lock"
                " and map files, and look whether this build of SQLite allows it."
            )
    return found


def disk(folder: Path, slowest_s: float = SLOWEST_SYNC_S) -> Section:
    """How long the disk takes to keep a page, tried on a scratch file beside the database. A second at most."""
    found = Section("Disk")
    took_s: list[float] = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as scratch:
        began = time.monotonic()
        while len(took_s) < SYNCS and time.monotonic() - began < 1:
            start = time.perf_counter()
            scratch.write(BLOCK)
            os.fsync(scratch.fileno())
            took_s.append(time.perf_counter() - start)
    usual_s, worst_s = median(took_s), max(took_s)
    found.say(
        "a durable write", f"{usual_s * 1000:.2f} ms, the slowest of {len(took_s)} {worst_s * 1000:.2f} ms"
    )
    if usual_s > slowest_s:
        found.warn(
            f"The disk takes {usual_s * 1000:.0f} ms to keep a page, which each reply waits for: move the data folder"
            " to a faster disk."
        )
    return found


def _pragma(session: Session, name: str) -> int:
    return session.scalar(sa.text(f"PRAGMA {name}"))
