"""A whole board that moves from one database into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from forum import create_app
from forum.copying import copy_from
from forum.db import db, reading, write
from forum.demo import seeding
from forum.errors import Conflict
from forum.schema import Model
from forum.screening import versions
from forum.settings import load
from forum.threads.models import Post
from tests import databases, makers
from tests.conftest import browser, migrated

Make = Callable[[str], Flask]
MOVES = [("sqlite", "postgresql"), ("postgresql", "sqlite")]


@pytest.fixture(scope="module")
def kinds() -> Iterator[dict[str, databases.Databases]]:
    with databases.running("sqlite") as files, databases.running("postgresql") as server:
        yield {"sqlite": files, "postgresql": server}


@pytest.fixture
def make(kinds, tmp_path_factory) -> Iterator[Make]:
    """Makes an empty board on a kind of database."""
    with ExitStack() as boards:
        yield lambda kind: boards.enter_context(migrated(tmp_path_factory.mktemp(kind), kinds[kind]))


@pytest.fixture(params=MOVES, ids=["to a server", "to a file"])
def moved(request, make) -> tuple[Flask, Flask]:
    """A demo board, and another one on the other kind of database to which it was copied."""
    before, after = (make(kind) for kind in request.param)
    with before.app_context():
        with write() as session:
            versions.offer_shipped(session, makers.NOW)
            seeding.seed(session, makers.NOW)
        with write() as session:
            acts = sa.text(
                "INSERT INTO moderation_acts (id, kind, actor_id, user_id, undoes_id, reason, detail, created_at)"
                " VALUES (70, 'lift', 1, 2, NULL, '静かに', :detail, 0), (80, 'lift', 1, 2, 70, '', :detail, 1)"
            )
            session.execute(acts, {"detail": '{"target": "member", "names": []}'})
    result = after.test_cli_runner().invoke(args=["forum", "copy-from", address(before)])
    assert result.exit_code == 0, result.output
    assert f"{len(rows(before, 'posts')):>12,} posts" in result.output
    return before, after


def address(app: Flask) -> str:
    return app.config["SETTINGS"].database_url


def rows(app: Flask, table: str) -> list[tuple[object, ...]]:
    """All rows of a table, with the values that the board knows, by their keys."""
    columns = Model.metadata.tables[table]
    with app.app_context():
        return [tuple(row) for row in reading().execute(sa.select(columns).order_by(*columns.primary_key))]


def test_every_row_is_there(moved):
    before, after = moved
    tables = [table for table in Model.metadata.tables if table != "page_versions"]
    filled = [table for table in tables if rows(before, table)]
    assert {"boards", "users", "threads", "posts", "screenings", "moderation_acts", "filter_models"} <= set(
        filled
    )
    for table in tables:
        assert rows(after, table) == rows(before, table), table


def test_guests_see_the_same_pages(moved):
    before, after = (browser(app) for app in moved)
    for path in ("/", "/boards", "/b/inaka", "/t/1", "/log", "/feed.atom"):
        assert before.get(path, follow_redirects=True).text == after.get(path, follow_redirects=True).text


def test_what_is_written_next_has_the_next_number(moved):
    _, after = moved
    with after.app_context():
        with write() as session:
            highest = session.scalar(sa.select(sa.func.max(Post.id)))
            makers.thread(session, makers.member(session, "Carol"))
        assert reading().scalar(sa.select(sa.func.max(Post.id))) == highest + 1


def test_a_board_that_is_not_empty_takes_nothing(moved):
    before, after = moved
    kept = rows(after, "users")
    result = after.test_cli_runner().invoke(args=["forum", "copy-from", address(before)])
    assert (result.exit_code, " users, " in result.output and "has to be empty" in result.output) == (
        1,
        True,
    )
    assert rows(after, "users") == kept


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_is_copied_or_nothing(make, kind):
    before, after = make("sqlite"), make(kind)
    with before.app_context(), write() as session:
        makers.thread(session, makers.member(session), replies=3)
        # What the board itself would never write, and the other database refuses.
        session.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        session.execute(sa.text("UPDATE posts SET lang = 'xx' WHERE number = 4"))
    with after.app_context():
        with (
            pytest.raises(Conflict, match="among the rows of posts behind the first 0 is one"),
            write() as session,
        ):
            copy_from(session, address(before), lambda *_: None)
        assert rows(after, "users") == rows(after, "posts") == []


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:////no/such/folder/board.sqlite3", "can't be written to"),
        ("sqlite:///none.sqlite3", "There is no file"),
        ("postgresql://nobody@127.0.0.1:9/board", "There is no board to be read there"),
        ("mysql://board", "DATABASE_URL must be like"),
    ],
)
def test_where_no_board_is_a_sentence_says_so(make, tmp_path, monkeypatch, url, sentence):
    monkeypatch.chdir(tmp_path)
    result = make("sqlite").test_cli_runner().invoke(args=["forum", "copy-from", url])
    assert (result.exit_code, sentence in result.output) == (1, True), result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_without_tables_is_told_to_be_made_ready(make, kinds, tmp_path, kind):
    before = make("sqlite")
    bare = create_app(load({"DATA_DIR": str(tmp_path / "bare"), **kinds[kind].settings(is_bare=True)}))
    result = bare.test_cli_runner().invoke(args=["forum", "copy-from", address(before)])
    assert (result.exit_code, "flask db upgrade" in result.output) == (1, True), result.output
    with bare.app_context():
        db.engine.dispose()


def test_a_board_of_another_version_is_left_alone(make):
    before, after = make("sqlite"), make("sqlite")
    with before.app_context(), write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    result = after.test_cli_runner().invoke(args=["forum", "copy-from", address(before)])
    assert (result.exit_code, "different schemas" in result.output) == (1, True)
