"""An archive written straight into a database that FlaskBB's installer made, with all of its counters.

FlaskBB has no importer, and posting two hundred thousand texts through its forms would take hours.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from werkzeug.security import generate_password_hash

# Number 1 is the administrator that the installer makes.
FIRST_PERSON = 2
PER_PAGE = 20
BATCH = 5000
# The welcome that the installer leaves, so that the archive's numbers begin at 1.
CLEARED = ("forumgroups", "posts", "topics", "forums", "categories")
COUNTS = (
    "UPDATE topics SET last_updated = (SELECT date_created FROM posts WHERE posts.id = last_post_id)",
    """
    UPDATE users SET post_count = counted.number
    FROM (SELECT user_id, count(*) AS number FROM posts GROUP BY user_id) AS counted WHERE counted.user_id = users.id
    """,
    """
    UPDATE forums SET (topic_count, post_count) =
        (SELECT count(*), coalesce(sum(topics.post_count), 0) FROM topics WHERE forum_id = forums.id)
    """,
    """
    UPDATE forums SET (last_post_id, last_post_title, last_post_created) =
        (SELECT last_post_id, title, last_updated FROM topics WHERE forum_id = forums.id
         ORDER BY last_updated DESC LIMIT 1)
    """,
    """
    UPDATE forums SET (last_post_user_id, last_post_username) =
        (SELECT user_id, username FROM posts WHERE posts.id = last_post_id)
    """,
)

Row: TypeAlias = tuple[Any, ...]


def load(database: Path, corpus: Path) -> None:
    """Write all of an archive; about 20 microseconds a post."""
    with (
        closing(sqlite3.connect(database)) as connection,
        corpus.open(encoding="utf-8") as lines,
        connection,
    ):
        for table in CLEARED:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from above
        connection.execute("INSERT INTO categories (id, title, position) VALUES (1, 'Boards', 1)")
        connection.execute(
            "UPDATE settings SET value = ? WHERE key IN ('POSTS_PER_PAGE', 'TOPICS_PER_PAGE')", (PER_PAGE,)
        )
        _Load(connection).take(json.loads(line) for line in lines)
        connection.execute("ANALYZE")


@dataclass
class _Load:
    connection: sqlite3.Connection
    names: dict[int, str] = field(default_factory=dict)
    posts: list[Row] = field(default_factory=list)
    last_post: int = 0

    def take(self, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            if record["type"] == "user":
                self._add_person(record)
            elif record["type"] == "category":
                self._add_forum(record)
            elif record["type"] == "thread":
                self._add_topic(record)
            elif record["type"] == "post":
                self._add_post(record)
        self._flush()
        self._count()

    def _add_person(self, person: Mapping[str, Any]) -> None:
        self.names[person["id"]] = person["name"]
        # Who has no password can't log in: this is no hash of anything.
        password = generate_password_hash(person["password"]) if "password" in person else "none"
        self._insert(
            "users",
            id=person["id"] + FIRST_PERSON - 1,
            username=person["name"],
            email=f"{person['name']}@example.org",
            password=password,
            date_joined=_moment(person["joined"]),
            lastseen=_moment(person["joined"]),
            login_attempts=0,
            activated=1,
            language="en",
            post_count=0,
            primary_group_id=self._member_group(),
        )

    def _add_forum(self, shelf: Mapping[str, Any]) -> None:
        self._insert(
            "forums",
            id=shelf["id"],
            category_id=1,
            title=shelf["name"],
            description=shelf["description"],
            position=shelf["id"],
            locked=0,
            show_moderators=0,
            post_count=0,
            topic_count=0,
        )
        self.connection.execute("INSERT INTO forumgroups SELECT id, ? FROM groups", (shelf["id"],))

    def _add_topic(self, thread: Mapping[str, Any]) -> None:
        self._insert(
            "topics",
            id=thread["id"],
            forum_id=thread["category"],
            title=thread["title"],
            user_id=thread["author"] + FIRST_PERSON - 1,
            username=self.names[thread["author"]],
            date_created=_moment(thread["created"]),
            last_updated=_moment(thread["created"]),
            locked=0,
            important=0,
            views=0,
            post_count=thread["posts"],
            # Its posts follow at once, and are numbered on.
            first_post_id=self.last_post + 1,
            last_post_id=self.last_post + thread["posts"],
            hidden=0,
        )

    def _add_post(self, post: Mapping[str, Any]) -> None:
        self.last_post += 1
        author = post["author"]
        place = (self.last_post, post["thread"], author + FIRST_PERSON - 1, self.names[author])
        self.posts.append((*place, post["body"], _moment(post["created"]), 0))
        if len(self.posts) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        self.connection.executemany(
            "INSERT INTO posts (id, topic_id, user_id, username, content, date_created, hidden)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            self.posts,
        )
        self.posts.clear()

    def _count(self) -> None:
        """What FlaskBB counts and remembers with each post, for all at once."""
        for statement in COUNTS:
            self.connection.execute(statement)

    def _member_group(self) -> int:
        return self.connection.execute("SELECT id FROM groups WHERE name = 'Member'").fetchone()[0]

    def _insert(self, table: str, **values: Any) -> None:
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - names of this file
        self.connection.execute(statement, tuple(values.values()))


def _moment(seconds: int) -> str:
    """As SQLAlchemy writes a moment into SQLite."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
