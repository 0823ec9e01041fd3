"""Of all workers one does the background work, for as long as it lives."""

from __future__ import annotations

import fcntl
import time

import pytest

from forum import create_app, jobs
from forum.settings import load


def test_who_is_elected_keeps_the_lock(data_dir):
    app = create_app(load({"DATA_DIR": str(data_dir)}))
    jobs.start(app)
    wait_until_locked(data_dir / "jobs.lock")
    time.sleep(0.2)
    with (data_dir / "jobs.lock").open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def wait_until_locked(path):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if path.exists():
            with path.open("w") as other:
                try:
                    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
        time.sleep(0.02)
    pytest.fail("nobody was elected")
