"""Where a run took place, and with what."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_INTEREST = ("flask", "sqlalchemy", "gunicorn", "granian")


def described() -> dict[str, str]:
    """Processor, memory and system, in words."""
    return {
        "processors": f"{os.cpu_count()} × {_field(Path('/proc/cpuinfo'), 'model name') or platform.machine()}",
        "memory": f"{int((_field(Path('/proc/meminfo'), 'MemTotal') or '0').split()[0]) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
    }


def versions() -> dict[str, str]:
    """Of the board, of what it stands on, and of the programs that are tried beside it."""
    found = {"Engawa": revision(), "Python": platform.python_version()}
    for name in OF_INTEREST:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | _of_program("nginx", "-v") | _of_program("wrk", "-v")


def revision() -> str:
    """The commit that is checked out, marked when files differ from it; "unknown" without git."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    said = _said([git, "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"])
    return said.strip() or "unknown"


def _of_program(name: str, option: str) -> dict[str, str]:
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    found = re.search(r"\d+\.\d+[\w.]*", _said([program, option])) if program else None
    return {name: found[0]} if found else {}


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return done.stdout or done.stderr


def _field(path: Path, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.+)$", path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else ""
