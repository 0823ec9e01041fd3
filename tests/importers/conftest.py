"""Import as an operator does it, and the sums that must be right whatever was imported."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from forum.db import reading

WRONG = {
    "threads": """SELECT count(*) FROM threads t WHERE ((posts_count, last_number, last_post_at, last_author_id) = (
        SELECT count(*), max(number), max(published_at), (SELECT author_id FROM posts l WHERE l.thread_id = t.id
        ORDER BY number DESC LIMIT 1) FROM posts p WHERE p.thread_id = t.id AND status = 'public')) IS NOT TRUE""",
    "numbers": """SELECT count(*) FROM (SELECT 1 FROM posts GROUP BY thread_id
        HAVING min(number) != 1 OR max(number) != count(*) OR count(*) FILTER (WHERE is_opening) != 1) x""",
    "boards": """SELECT count(*) FROM boards b WHERE (threads_count, posts_count) <> (
        SELECT count(*), coalesce(sum(posts_count), 0) FROM threads t WHERE t.board_id = b.id)""",
    "members": """SELECT count(*) FROM users u WHERE posts_count <> (
        SELECT count(*) FROM posts p WHERE p.author_id = u.id)""",
    "joined": """SELECT count(*) FROM users u WHERE joined_at > (
        SELECT min(created_at) FROM posts p WHERE p.author_id = u.id)""",
    "order": """SELECT count(*) FROM posts a JOIN posts b ON b.thread_id = a.thread_id AND b.number = a.number + 1
        WHERE b.published_at < a.published_at""",
}


@pytest.fixture
def run_import(app: Flask) -> Callable[..., Result]:
    """Runs `flask forum import` with the given arguments, and checks all counters after it."""

    def run(*args: str, stdin: bytes | None = None) -> Result:
        result = app.test_cli_runner().invoke(args=["forum", "import", *args], input=stdin)
        with app.app_context():
            wrong = {name: reading().scalar(sa.text(query)) for name, query in WRONG.items()}
        assert wrong == dict.fromkeys(WRONG, 0)
        return result

    return run


@pytest.fixture
def counts(app: Flask) -> Callable[[], dict[str, int]]:
    """How many rows there are."""

    def count() -> dict[str, int]:
        with app.app_context():
            tables = ("boards", "users", "threads", "posts", "imported")
            return {
                table: reading().scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in tables
            }

    return count
