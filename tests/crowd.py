"""A process of its own full of members who all reply to one thread at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from forum import create_app
from forum.settings import Settings
from forum.turns import Turns


def reply(
    settings: Settings, secrets: Sequence[str], n_replies: int, ready: Barrier, told: Queue[list[int]]
) -> None:
    """Let the owner of each session reply `n_replies` times to thread 1; tells the status of every answer."""
    app = create_app(settings)
    answers: list[int] = []

    def one(secret: str) -> None:
        client = app.test_client()
        client.environ_base["HTTP_ORIGIN"] = "http://localhost"
        client.set_cookie(app.config["VIEWER_COOKIE"], secret)
        ready.wait()
        for number in range(n_replies):
            body = f"We let the tap drip at night, and it took {number + 2} winters to learn it. {secret[:8]}"
            answers.append(client.post("/t/1/reply", data={"body": body}).status_code)

    threads = [threading.Thread(target=one, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(answers)


def hold_turn(path: Path, has_it: Event, may_go: Event) -> None:
    """Have the turn to write from when `has_it` is set until `may_go` is."""
    with Turns(path).turn():
        has_it.set()
        may_go.wait()
