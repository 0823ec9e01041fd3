"""A PostgreSQL of the tests' own: Debian's, on a socket in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

# Nothing of it has to outlive a power cut.
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "200"}


class Server:
    """A running PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def address(self, database: str) -> str:
        """The DATABASE_URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def say(self, sql: str) -> None:
        """Do what concerns whole databases."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def running() -> Generator[Server]:
    """A server without any database of ours. Skips the test where there is no PostgreSQL."""
    binaries = _binaries()
    # Not the test's own folder, into which only its owner may look: as root the server runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"
    quiet = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL}
    try:
        make = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(make, check=True, **quiet)
        settings = [f"-c {name}='{value}'" for name, value in SETTINGS.items()]
        options = " ".join([f"-k {folder}", *settings])
        control = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
        try:
            yield Server(folder)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path:
    """Where Debian's programs lie, which are not all on the path."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]
