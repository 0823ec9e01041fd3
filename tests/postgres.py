"""A PostgreSQL of the tests' own: Debian's, on a socket in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

# Nothing of it has to outlive a power cut.
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "200"}
# As root it runs as the user whom Debian makes for it, for it refuses to run as root.
USER = "postgres" if os.geteuid() == 0 else None


class Server:
    """A PostgreSQL, with its data and its socket in `folder`."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self._settings = settings
        self._programs = _programs()
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        options = [f"-k {self.folder}", *(f"-c {name}='{value}'" for name, value in self._settings.items())]
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", " ".join(options), "start")

    def stop(self) -> None:
        """Send everybody away at once."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def address(self, database: str) -> str:
        """The DATABASE_URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def say(self, sql: str) -> None:
        """Do what concerns whole databases."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, user=USER, cwd=self.folder, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def running(settings: Mapping[str, str] = SETTINGS) -> Generator[Server]:
    """A server without any database of ours. Skips the test where there is no PostgreSQL."""
    # Not the test's own folder, into which only its owner may look.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if USER:
        os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
    try:
        server = Server(folder, settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Where Debian's programs lie, which are not all on the path."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]
