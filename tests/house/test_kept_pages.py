"""No change is forgotten: whatever anybody changes in the database, a kept page is what one made afresh would be.

Each column of each table that kept pages read is changed by another program, one after the other, and each row is taken
away and put back. So a new column, table or view that nobody thought of when the triggers were written fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, IntegrityError

from forum import create_app, people
from forum.access import Viewer
from forum.cursors import place
from forum.db import db, write
from forum.moderation import steering
from forum.schema import Instant, Model
from forum.threads.models import Post, Status
from tests import makers
from tests.conftest import browser
from tests.databases import Elsewhere, elsewhere
from tests.listening import listening
from tests.web.kept import forget, made

LONG_AGO = datetime(2020, 3, 1, 9, 0, tzinfo=UTC)
MONTHS_MICROS = 45 * 86_400 * 1_000_000

SLUG = "first-winter-in-an-inaka-house"
PAGES = [
    ("threads.latest", "/"),
    ("threads.latest", f"/?before={place(LONG_AGO + timedelta(days=1), 1)}"),
    ("threads.boards", "/boards"),
    ("threads.board", "/b/alt"),
    ("threads.board", f"/b/alt?before={place(LONG_AGO + timedelta(days=1), 1)}"),
    ("threads.board", "/b/cir"),
    ("threads.feed", "/feed.atom"),
    ("threads.board_feed", "/b/alt.atom"),
    ("threads.thread", f"/t/1-{SLUG}"),
    ("threads.thread", f"/t/1-{SLUG}?page=2"),
    ("threads.thread_feed", "/t/1.atom"),
    ("moderation.log", "/log"),
    ("moderation.log", "/log?before=3"),
    ("moderation.log_feed", "/log.atom"),
    ("privacy.privacy", "/privacy"),
]
TABLES = ["boards", "threads", "posts", "users", "thread_locks", "thread_pins", "moderation_acts"]
APPEND_ONLY = {"moderation_acts"}
WORDS = ["ja", "held", "removed", "admin", "cir", "city"]

Answer = tuple[int, tuple[tuple[str, str], ...], bytes]
Row = dict[str, Any]


def test_every_kept_view_has_its_pages_in_the_table(app):
    kept = {name for name, view in app.view_functions.items() if hasattr(view, "keeping")}
    assert kept == {endpoint for endpoint, _ in PAGES}


@pytest.mark.usefixtures("peopled")
def test_every_page_of_the_table_is_kept(app, guest):
    for _, address in PAGES:
        times = made_by(app, guest, address)
        assert times == 1, f"{address} was made {times} times for two guests"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("endpoint", "address"), PAGES)
def test_a_page_is_the_one_that_a_process_makes_first(peopled, guest, endpoint, address, language):
    """Of the headers, too: those of a view's first page are given to all the others."""
    headers = {"Accept-Language": language}
    for other in (one for name, one in PAGES if name == endpoint):
        guest.get(other, headers=headers)
    forget(peopled)
    later = guest.get(address, headers=headers)
    started = create_app(peopled.config["SETTINGS"])
    first = browser(started).get(address, headers=headers)
    with started.app_context():
        db.engine.dispose()
    answers = [
        (one.status, [pair for pair in one.headers if pair[0] != "X-Request-Id"], one.data)
        for one in (later, first)
    ]
    assert answers[0] == answers[1]


@pytest.mark.usefixtures("peopled")
def test_the_tables_that_kept_pages_read_are_those_that_are_tried_here(app, guest):
    read: set[str] = set()
    with listening(app, lambda statement, *_: read.update(re.findall(r"(?:FROM|JOIN) (\w+)", statement))):
        for _, address in PAGES:
            guest.get(address)
    assert read == {*TABLES, "page_versions"}


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_column_shows_at_once(peopled, writer, table):
    shown = Shown(peopled, languages(table), writer)
    changes = 0
    for row in shown.rows(table):
        for column in Model.metadata.tables[table].columns:
            for change in other_values(column):
                changes += shown.try_change(table, row, column.name, change)
    assert bool(changes) == (table not in APPEND_ONLY)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_taken_away_or_put_back_shows_at_once(peopled, writer, table):
    shown = Shown(peopled, languages(table), writer)
    for row in shown.rows(table):
        shown.try_without(table, row)


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_a_row_that_is_added_shows_at_once(peopled, writer, table):
    shown = Shown(peopled, ["en"], writer)
    before = shown.kept()
    for row in shown.rows(table):
        number = shown.writer.say(f"SELECT max(id) + 1 FROM {table}").scalar()
        shown.write(*insert(table, row | {"id": number, "undoes_id": row["id"]}))
        assert shown.kept() == shown.fresh()
    assert shown.kept() != before


def test_one_who_moves_a_row_changes_both_its_places(peopled, writer):
    shown = Shown(peopled, ["en"], writer)
    for change in (
        "UPDATE threads SET board_id = 2 WHERE id = 1",
        "UPDATE posts SET thread_id = 2, number = 40 WHERE id = 1",
        "UPDATE thread_pins SET thread_id = 3 WHERE thread_id = 1",
        "UPDATE boards SET slug = CASE slug WHEN 'alt' THEN 'new' ELSE slug END",
    ):
        shown.write(change)
        assert shown.kept() == shown.fresh(), change


def test_a_change_that_is_rolled_back_changes_nothing(peopled, writer):
    shown = Shown(peopled, ["en"], writer)
    before = shown.kept()
    shown.writer.begin()
    shown.write("UPDATE threads SET title = 'Never'")
    assert shown.kept() == before
    shown.write("ROLLBACK")
    assert shown.kept() == before == shown.fresh()


@pytest.mark.sqlite
def test_a_row_that_another_one_replaces_shows_at_once(peopled, writer):
    shown = Shown(peopled, ["en"], writer)
    shown.write("PRAGMA recursive_triggers = ON")
    for change in (
        "UPDATE OR REPLACE posts SET number = 4 WHERE id = 5",
        "INSERT OR REPLACE INTO thread_locks SELECT thread_id, by_id, 'Enough.', created_at FROM thread_locks",
    ):
        shown.write(change)
        assert shown.kept() == shown.fresh(), change


class Shown:
    """What guests are shown of a board that another program writes to."""

    def __init__(self, app: Flask, in_languages: list[str], writer: Elsewhere) -> None:
        self._app = app
        self._guest: FlaskClient = browser(app)
        # An older page of a list is read by the same statement as its first.
        addresses = [address for _, address in PAGES if "before=" not in address]
        self._addresses = [(address, language) for address in addresses for language in in_languages]
        self.writer = writer
        self._before = self.kept()

    def rows(self, table: str) -> list[Row]:
        """The rows that are tried: the first, which most pages show; of posts one that opens a thread and a reply."""
        few = f"SELECT * FROM {table} ORDER BY 1 LIMIT {2 if table == 'posts' else 1}"
        return [dict(row) for row in self.writer.say(few).mappings()]

    def write(self, statement: str, values: Row | None = None) -> None:
        given = {
            name: json.dumps(value) if isinstance(value, dict) else value
            for name, value in (values or {}).items()
        }
        self.writer.say(statement, given)

    def kept(self) -> list[Answer]:
        """The answers as guests get them."""
        return self._answers(self._guest)

    def fresh(self) -> list[Answer]:
        """The answers of a board that was started this moment, so that it remembers nothing."""
        people.person.cache_clear()
        started = create_app(self._app.config["SETTINGS"])
        answers = self._answers(browser(started))
        with started.app_context():
            db.engine.dispose()
        return answers

    def try_change(self, table: str, row: Row, column: str, change: str) -> bool:
        """Change a column and change it back; False when the table does not take the change."""
        key = next(iter(row))
        try:
            self.write(f"UPDATE {table} SET {column} = {change} WHERE {key} = :{key}", row)
        except (IntegrityError, DataError):
            return False
        self._agree(f"{table}.{column} = {change}")
        is_row = f"{key} = :{key}" if column != key else f"{key} = (SELECT max({key}) FROM {table})"
        self.write(f"UPDATE {table} SET {column} = :{column} WHERE {is_row}", row)
        self._is_as_before(f"{table}.{column} put back from {change}")
        return True

    def try_without(self, table: str, row: Row) -> None:
        """Delete a row and put it back."""
        key = next(iter(row))
        try:
            self.write(f"DELETE FROM {table} WHERE {key} = :{key}", row)
        except (IntegrityError, DataError):
            assert table in APPEND_ONLY
            return
        self._agree(f"{table} without {row[key]}")
        self.write(*insert(table, row))
        self._is_as_before(f"{table} with {row[key]} again")

    def _agree(self, what: str) -> None:
        self._compare(self.kept(), self.fresh(), what)

    def _is_as_before(self, what: str) -> None:
        self._compare(self.kept(), self._before, what)

    def _compare(self, kept: list[Answer], right: list[Answer], what: str) -> None:
        for asked, one, other in zip(self._addresses, kept, right, strict=True):
            assert one == other, f"{what}: {asked} is old"

    def _answers(self, guest: FlaskClient) -> list[Answer]:
        return [answer_to(guest, address, language) for address, language in self._addresses]


def answer_to(guest: FlaskClient, address: str, language: str) -> Answer:
    answer = guest.get(address, headers={"Accept-Language": language})
    headers = tuple(item for item in answer.headers if item[0] != "X-Request-Id")
    return answer.status_code, headers, answer.data


def languages(table: str) -> list[str]:
    """Those in which a table's columns show: only boards speak two."""
    return ["en", "ja"] if table == "boards" else ["en"]


def other_values(column: sa.Column[Any]) -> list[str]:
    """SQL for values that a column might get; the table's own rules refuse some."""
    values = ["NULL"] if column.nullable else []
    if isinstance(column.type, Instant):
        return [*values, f"{column.name} + {MONTHS_MICROS}"]
    if isinstance(column.type, sa.Boolean):
        return [*values, f"NOT {column.name}"]
    if isinstance(column.type, sa.Integer):
        return [*values, f"{column.name} + 1000" if column.primary_key else f"{column.name} + 1"]
    if isinstance(column.type, sa.JSON):
        return [*values, "'{}'"]
    if column.name == "prefecture":
        return [*values, "'chiba'"]
    is_list = any(f"{column.name} IN" in rule for rule in checks(column))
    return [*values, *(f"'{word}'" for word in WORDS)] if is_list else [*values, f"{column.name} || ' place'"]


def checks(column: sa.Column[Any]) -> list[str]:
    rules = column.table.constraints
    return [str(rule.sqltext) for rule in rules if isinstance(rule, sa.CheckConstraint)]


def insert(table: str, row: Row) -> tuple[str, Row]:
    columns = ", ".join(row)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in row)})", row


def made_by(app: Flask, guest: FlaskClient, address: str) -> int:
    """How often a page is made for two guests who ask one after the other."""
    with made(app) as pages:
        assert [guest.get(address).status_code for _ in range(2)] == [200, 200]
    return len(pages)


@pytest.fixture
def writer(app: Flask) -> Iterator[Elsewhere]:
    """Another program, which changes what is shown."""
    with elsewhere(app) as other, other.without_references():
        yield other


@pytest.fixture
def peopled(app: Flask) -> Flask:
    """A board on which every column has something to show, long ago, so that no time on it changes its words."""
    with app.app_context(), write() as session:
        card = {
            "jet_role": "alt",
            "prefecture": "tottori",
            "place": "inaka",
            "year_from": 2019,
            "year_to": 2022,
        }
        alice = makers.member(session, display_name="Alice in Tottori", hidden_parts="", **card)
        mori = makers.moderator(session)
        alt = makers.board(session, description="Assistants", description_ja="外国語指導助手", position=1)
        makers.board(session, "cir", position=2)
        thread = makers.thread(session, alice, alt, replies=20, at=LONG_AGO)
        makers.versions(session, session.get_one(Post, 1))
        other = makers.thread(session, mori, alt, title="Snow tyres", at=LONG_AGO - timedelta(days=9))
        makers.thread(session, mori, alt, title="Not yet", status=Status.HELD, at=LONG_AGO)
        makers.post(session, thread, mori, body="Not yet either.", status=Status.HELD, at=LONG_AGO)
        moderator = Viewer(id=mori.id, name="Mori", role="moderator")
        for row in (thread, other):
            steering.pin(session, moderator, row.id, LONG_AGO)
            steering.lock(session, moderator, row.id, "It is summer.", LONG_AGO)
    return app
