"""FlaskBB, the nearest relative: another board in Flask, installed from the package index into a folder of its own.

It is set up as its own installer leaves it, but for the limit on pace, which is off as ours is, and for pages of 20
posts. It runs under gunicorn's default workers, as its manual has it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tools.board_bench import corpus, flaskbb_data
from tools.board_bench.servers import HOST, WORKERS, Failed, Server, free_port, serving

VERSION = "3.0.0rc5"
OLDEST_PYTHON = (3, 12)
# The newest may have no ready-made packages yet, so that it comes last.
NAMES = ("python3.13", "python3.12", "python3.14", "python3")
CONFIG = """
SQLALCHEMY_DATABASE_URI = "sqlite:///{database}"
SECRET_KEY = "not a secret on this machine"
WTF_CSRF_SECRET_KEY = "nor is this"
LOG_PATH = "{folder}"
USE_DEFAULT_LOGGING = False
RATELIMIT_ENABLED = False
"""


def prepare(folder: Path, archive: Path, posts: int) -> Path:
    """A database of FlaskBB's with the archive in it; what is there from an earlier run is taken. Raises Failed."""
    home = folder / f"flaskbb-{VERSION}"
    if not (home / "installed").exists():
        _install(home)
    database = home / f"archive-{corpus.EDITION}-{posts}.sqlite"
    if not database.exists():
        draft = database.with_suffix(".part")
        draft.unlink(missing_ok=True)
        _run([_program(home, "flaskbb"), "--config", _config(draft), "install", *_first_answers()])
        flaskbb_data.load(draft, archive)
        draft.replace(database)
    return database


def serve(database: Path, home: Path, folder: Path) -> AbstractContextManager[Server]:
    """Serve a database; `home` is where FlaskBB was installed."""
    port = free_port()
    make = f'create_app(config="{_config(database)}")'
    application = f"flaskbb:{make}"
    # Once alone, for two workers that register the same plug-ins at the same time stop each other.
    _run([_program(home, "python"), "-c", f"import flaskbb; flaskbb.{make}"])
    return serving(
        [_program(home, "gunicorn"), application, f"--workers={WORKERS}", f"--bind={HOST}:{port}"],
        port,
        log=folder / "flaskbb.log",
        cwd=folder,
    )


def described(folder: Path) -> str:
    """Its version, and the Python that it runs on, which may be another one than the board's."""
    told = (folder / f"flaskbb-{VERSION}" / "venv" / "pyvenv.cfg").read_text()
    python = re.search(r"^version\s*=\s*(\S+)", told, re.MULTILINE)
    return f"{VERSION} on Python {python[1] if python else '?'}"


def address(thread: int, page: int) -> str:
    """A page of a thread."""
    return f"/topic/{thread}" + (f"?page={page}" if page > 1 else "")


def _install(home: Path) -> None:
    python = next(_pythons(), None)
    if python is None:
        raise Failed(f"it needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, and none was found")
    shutil.rmtree(home, ignore_errors=True)
    _run([python, "-m", "venv", str(home / "venv")])
    _run([_program(home, "python"), "-m", "pip", "install", "--quiet", f"flaskbb=={VERSION}", "gunicorn"])
    (home / "installed").touch()


def _pythons() -> Iterator[str]:
    """Each is tried by running it, for a name on the path may stand for a Python that isn't there."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(root.glob("versions/3.1[2-9]*/bin/python"))
    test = f"import ensurepip, sys, venv; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    for name in (sys.executable, *NAMES, *map(str, installed)):
        program = shutil.which(name)
        if program and _status([program, "-c", test]) == 0:
            yield program


def _first_answers() -> list[str]:
    return [
        "--force",
        "--welcome",
        "--username=keeper",
        "--email=keeper@example.org",
        "--password=not-a-secret-1",
    ]


def _config(database: Path) -> str:
    path = database.with_suffix(".cfg")
    path.write_text(CONFIG.format(database=database, folder=database.parent))
    return str(path)


def _program(home: Path, name: str) -> str:
    return str(home / "venv" / "bin" / name)


def _status(command: Sequence[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603 - ours


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise Failed(f"`{Path(command[0]).name} {' '.join(command[1:4])}` failed: {last[-200:]}")
