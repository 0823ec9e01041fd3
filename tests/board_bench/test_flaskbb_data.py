"""An archive arrives in FlaskBB's tables with its counters right; the tables here have the columns that are filled."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from werkzeug.security import check_password_hash

from tools.board_bench import corpus, flaskbb_data

POSTS = 1100
SCHEMA = """
CREATE TABLE settings (key, value);
INSERT INTO settings VALUES ('POSTS_PER_PAGE', '10'), ('TOPICS_PER_PAGE', '10'), ('USERS_PER_PAGE', '10');
CREATE TABLE groups (id, name);
INSERT INTO groups VALUES (4, 'Member'), (6, 'Guest');
CREATE TABLE forumgroups (group_id, forum_id);
INSERT INTO forumgroups VALUES (4, 1);
CREATE TABLE categories (id, title, position);
CREATE TABLE users (id, username, email, password, date_joined, lastseen, login_attempts, activated, language,
    post_count, primary_group_id);
CREATE TABLE forums (id, category_id, title, description, position, locked, show_moderators, post_count, topic_count,
    last_post_id, last_post_title, last_post_created, last_post_user_id, last_post_username);
CREATE TABLE topics (id, forum_id, title, user_id, username, date_created, last_updated, locked, important, views,
    post_count, first_post_id, last_post_id, hidden);
INSERT INTO topics (id) VALUES (1);
CREATE TABLE posts (id, topic_id, user_id, username, content, date_created, hidden);
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Asks for the rows of a query on an archive that was loaded."""
    folder = tmp_path_factory.mktemp("flaskbb")
    corpus.write(folder / "corpus.jsonl", POSTS)
    with closing(sqlite3.connect(folder / "board.sqlite")) as connection:
        connection.executescript(SCHEMA)
        flaskbb_data.load(folder / "board.sqlite", folder / "corpus.jsonl")
        yield lambda query: connection.execute(query).fetchall()


def test_everything_arrives_under_its_number(ask):
    assert ask("SELECT count(*), min(id), max(id) FROM posts") == [(POSTS, 1, POSTS)]
    assert ask("SELECT post_count FROM topics WHERE id IN (1, 2, 3) ORDER BY id") == [(1000,), (20,), (1,)]
    assert ask("SELECT value FROM settings ORDER BY key") == [(20,), (20,), ("10",)]
    assert ask("SELECT count(*) FROM forumgroups") == [(20,)]


@pytest.mark.parametrize(
    "wrong",
    [
        """topics t WHERE (post_count, first_post_id, last_post_id, last_updated) IS NOT
        (SELECT count(*), min(id), max(id), max(date_created) FROM posts WHERE topic_id = t.id)""",
        "users u WHERE post_count != (SELECT count(*) FROM posts WHERE user_id = u.id)",
        """forums f WHERE (topic_count, post_count) IS NOT
        (SELECT count(*), coalesce(sum(t.post_count), 0) FROM topics t WHERE forum_id = f.id)""",
        """forums f WHERE (last_post_title, last_post_created) IS NOT
        (SELECT title, max(last_updated) FROM topics WHERE forum_id = f.id)""",
        """forums f JOIN posts p ON p.id = last_post_id
        WHERE (last_post_user_id, last_post_username) IS NOT (user_id, username)""",
    ],
    ids=["topics", "users", "forums", "latest", "latest author"],
)
def test_what_is_counted_is_right(ask, wrong):
    assert ask(f"SELECT count(*) FROM {wrong}") == [(0,)]


def test_the_member_can_log_in_and_nobody_else(ask):
    (password,) = ask(f"SELECT password FROM users WHERE username = '{corpus.MEMBER}'")[0]
    assert check_password_hash(password, corpus.PASSWORD)
    assert ask("SELECT count(*) FROM users WHERE password != 'none'") == [(1,)]
