"""Makes small files to import."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BEGAN = 1704067200


def write_lines(path: Path, records: Iterable[Any]) -> str:
    """Write records as JSON lines, gzipped when the name ends so; returns the path as a command takes it."""
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def corpus(sizes: Iterable[int] = (3, 1, 2), seed: int = 7, users: int = 2) -> list[dict[str, Any]]:
    """A corpus of two boards, with threads of the given sizes that the users write by turns."""
    sizes = list(sizes)
    counts = {"users": users, "categories": 2, "threads": len(sizes), "posts": sum(sizes)}
    records: list[dict[str, Any]] = [{"type": "meta", "seed": seed, **counts}]
    records += [
        {
            "type": "user",
            "id": number,
            "name": f"mika_{number}_tottori",
            "email": f"mika{number}@example.org",
            "password": f"correct horse {number}",
            "joined": BEGAN - 86400 * number,
            "bio": "ALT in **Tottori**.",
        }
        for number in range(1, users + 1)
    ]
    for number, name in ((1, "Inaka Living"), (2, "日本語")):
        records.append(
            {"type": "category", "id": number, "slug": f"c{number}", "name": name, "description": "Talk."}
        )
    post_id = 0
    for thread_id, size in enumerate(sizes, 1):
        thread = {
            "id": thread_id,
            "category": 1 + thread_id % 2,
            "author": 1,
            "title": f"Thread {thread_id}",
            "posts": size,
        }
        records.append({"type": "thread", "created": BEGAN + thread_id * 3600, **thread})
        for number in range(1, size + 1):
            post_id += 1
            post = {"id": post_id, "thread": thread_id, "n": number, "author": 1 + (number - 1) % users}
            body = f"Post **{number}** of thread {thread_id}, @mika_2_tottori."
            records.append(
                {"type": "post", "created": BEGAN + thread_id * 3600 + number * 60, "body": body, **post}
            )
    return records


def thread(key: str = "t1", *posts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A thread of collected content; each post's fields are laid over an ordinary one's."""
    ordinary = {
        "user": "se-1",
        "created_at": "2015-01-27T20:13:58.610Z",
        "format": "text",
        "body": "It helps.",
    }
    made = [{"id": f"{key}-{number}", **ordinary, **post} for number, post in enumerate(posts or ({},))]
    return {
        "source": "coffee.example",
        "id": key,
        "url": None,
        "title": f"Title of {key}",
        "posts": made,
        **fields,
    }
