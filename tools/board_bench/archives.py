"""Archives of a given size: generated, imported into a data folder of their own, and kept for later runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from tools.board_bench import corpus
from tools.board_bench.machine import ROOT, revision
from tools.board_bench.results import Imported
from tools.board_bench.servers import Failed


@dataclass(frozen=True)
class Archive:
    """A board's data folder, and the file that it was imported from."""

    data_dir: Path
    corpus: Path
    imported: Imported

    @property
    def posts(self) -> int:
        return self.imported.posts

    @property
    def database(self) -> Path:
        return self.data_dir / "board.sqlite3"

    def copied(self, folder: Path) -> Archive:
        """The same in another folder, for what writes: the next run shall find the archive as it was."""
        return replace(self, data_dir=Path(shutil.copytree(self.data_dir, folder / f"board-{self.posts}")))


def prepare(folder: Path, posts: int) -> Archive:
    """The archive of so many posts; what isn't there yet is made, at about half a millisecond a post.

    Raises Failed when the import does.
    """
    home = folder / f"archive-{corpus.EDITION}-{posts}"
    source, data_dir, note = home / "corpus.jsonl", home / "data", home / "imported.json"
    home.mkdir(parents=True, exist_ok=True)
    if not source.exists():
        corpus.write(source, posts)
    if not note.exists():
        shutil.rmtree(data_dir, ignore_errors=True)
        note.write_text(json.dumps(asdict(_imported(source, data_dir, posts))))
    return Archive(data_dir, source, Imported(**json.loads(note.read_text())))


def _imported(source: Path, data_dir: Path, posts: int) -> Imported:
    _flask(data_dir, ["db", "upgrade"])
    began = perf_counter()
    _flask(data_dir, ["forum", "import", str(source)])
    return Imported(posts, perf_counter() - began, datetime.now(UTC).date().isoformat(), revision())


def _flask(data_dir: Path, arguments: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(data_dir)},
        # An import tells how far it is there.
        stderr=None if arguments[0] == "forum" else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise Failed(f"`flask {' '.join(arguments[:2])}` failed with status {done.returncode}")
