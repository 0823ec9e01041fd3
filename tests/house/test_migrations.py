"""The migrations lead from nothing to the models and back, also with data in the tables."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy.exc import IntegrityError

from forum import create_app, newest_schema
from forum.db import db, write
from forum.schema import Model
from forum.screening.examined import unread
from forum.screening.models import Cause, FilterModel, Kind, Lesson
from forum.settings import load
from forum.spam.judging import Outcome, Submission, Verdict
from forum.threads.models import ReadMark
from tests import makers


@pytest.fixture
def fresh(data_dir, databases) -> Flask:
    """A board whose database has no tables yet."""
    return create_app(load({"DATA_DIR": str(data_dir), **databases.settings(is_bare=True)}))


def test_the_migrations_make_exactly_the_tables_of_the_models(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Model.metadata) == []
        db.engine.dispose()


def test_an_index_of_some_rows_has_its_condition_on_either_database(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        made = {
            index["name"]: index.get("dialect_options", {}).get(f"{db.engine.dialect.name}_where", "")
            for table in Model.metadata.tables
            for index in sa.inspect(db.engine).get_indexes(table)
        }
        db.engine.dispose()
    wanted = {
        index.name: index.dialect_options["sqlite"]["where"]
        for table in Model.metadata.tables.values()
        for index in table.indexes
    }
    of_models = {name: words(str(made[name])) for name in wanted}
    assert of_models == {name: words(str(where)) for name, where in wanted.items()}
    assert sum(map(bool, of_models.values())) > 8


def words(condition: str) -> list[str]:
    """A condition without what PostgreSQL adds when it tells it again."""
    if condition == "None":
        return []
    plain = re.sub(r"::\w+( varying)?|[()]", "", condition).replace("<>", "!=")
    return plain.split()


def test_every_step_runs_down_and_up_again_with_data_in_the_tables(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        _fill_tables()
        flask_migrate.downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        flask_migrate.upgrade()
        _fill_tables()
        db.engine.dispose()


def _fill_tables():
    with write() as session:
        reader = makers.member(session, read_before=makers.NOW)
        thread = makers.thread(session, reader, replies=3)
        session.add(ReadMark(user_id=reader.id, thread_id=thread.id, number=4, seen_at=makers.NOW))


def test_only_what_moderators_said_is_taught_after_a_step_back_and_up_again(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        with write() as session:
            author = makers.member(session)
            examined = unread(Submission(Kind.REPLY, "Words."))
            row = makers.kept(session, author.id, examined, Verdict(Outcome.HELD, 0.5, ()), makers.now())
            for number, cause, with_id, undoes_id in (
                (1, Cause.GOOD, None, None),
                (2, Cause.DECISION, None, None),
                (3, Cause.REPLAY, 2, None),
                (4, Cause.DECISION, None, 2),
                (5, Cause.REPLAY, 4, 3),
                (6, Cause.DECISION, None, None),
            ):
                session.add(
                    Lesson(
                        id=number,
                        screening_id=row.id,
                        text="Words.",
                        is_spam=False,
                        step=1,
                        cause=cause,
                        with_id=with_id,
                        undoes_id=undoes_id,
                        created_at=makers.now(),
                    )
                )
                session.flush()
        flask_migrate.downgrade(revision="0001")
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            kept = connection.execute(sa.select(Lesson.id, Lesson.cause).order_by(Lesson.id)).all()
        db.engine.dispose()
    assert kept == [(2, "decision"), (4, "decision"), (6, "decision")]


@pytest.mark.sqlite
def test_a_filter_version_keeps_its_file_when_its_columns_are_put_in_order(fresh):
    content = b"\0\xff" * 9000
    asked = "SELECT id, digest, file, state, note, by_id, created_at, changed_at FROM filter_models"
    columns = [column.name for column in FilterModel.__table__.columns]
    with fresh.app_context():
        flask_migrate.upgrade()
        with write() as session:
            mori = makers.moderator(session)
            session.add(
                FilterModel(
                    digest="d",
                    file=content,
                    state="live",
                    note="n",
                    by_id=mori.id,
                    created_at=makers.NOW,
                    changed_at=makers.NOW,
                )
            )
        with db.engine.connect() as connection:
            before = connection.execute(sa.text(asked)).all()
        for revision in ("0005", "head"):
            (flask_migrate.downgrade if revision == "0005" else flask_migrate.upgrade)(revision=revision)
            with db.engine.connect() as connection:
                assert connection.execute(sa.text(asked)).all() == before
                assert before[0].file == content
        with db.engine.connect() as connection:
            rows = connection.execute(sa.text("PRAGMA table_info(filter_models)"))
            assert [row.name for row in rows] == columns
            assert columns[-1] == "file"
        with pytest.raises(IntegrityError), write() as session:
            session.execute(
                sa.text(
                    "INSERT INTO filter_models SELECT 9, 'e', state, note, by_id, 0, 0, file FROM filter_models"
                )
            )
        db.engine.dispose()


def test_who_spoke_for_a_site_before_there_was_a_table_of_it_goes_on_speaking(fresh):
    asked = "SELECT author_id, host, screening_id FROM site_voices ORDER BY author_id, host"
    trusted, staff, known = (
        Verdict(Outcome.PUBLISHED, 0.1, (), standing=each) for each in ("trusted", "staff", "known")
    )
    held = replace(trusted, outcome=Outcome.HELD)
    with fresh.app_context():
        flask_migrate.upgrade()
        with write() as session:
            alice, bob, mori = (
                makers.member(session),
                makers.member(session, "Bob"),
                makers.moderator(session),
            )
            for author, kind, verdict, sites in (
                (alice, Kind.REPLY, known, "a"),
                (alice, Kind.EDIT, trusted, "abc"),
                (alice, Kind.REPLY, trusted, "ab"),
                (alice, Kind.THREAD, trusted, "a"),
                (bob, Kind.THREAD, trusted, "a"),
                (bob, Kind.REPLY, held, "b"),
                (mori, Kind.REPLY, staff, "a"),
            ):
                links = tuple(f"https://{site}.example/" for site in sites)
                examined = unread(Submission(kind, "See here.", links=links))
                makers.kept(session, author.id, examined, verdict, makers.now())
        with db.engine.connect() as connection:
            before = [tuple(row) for row in connection.execute(sa.text(asked))]
        flask_migrate.downgrade(revision="0007")
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            after = [tuple(row) for row in connection.execute(sa.text(asked))]
        db.engine.dispose()
    assert (
        before
        == after
        == [(1, "a.example", 3), (1, "b.example", 3), (2, "a.example", 5), (3, "a.example", 7)]
    )


def test_the_board_knows_the_newest_step_without_asking_alembic(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest_schema()
        db.engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE moderation_acts SET reason = 'x'", "DELETE FROM moderation_acts"])
def test_nobody_changes_what_moderators_did(app, change):
    with app.app_context():
        with write() as session:
            mori = makers.moderator(session)
            session.execute(
                sa.text(
                    "INSERT INTO moderation_acts (kind, actor_id, user_id, reason, detail, created_at)"
                    " VALUES ('lift', :id, :id, '', '{}', 0)"
                ),
                {"id": mori.id},
            )
        with pytest.raises(IntegrityError, match="append-only"), write() as session:
            session.execute(sa.text(change))


STEP = """
from alembic import op

revision, down_revision = "9999", {newest!r}
branch_labels = depends_on = None


def upgrade():
    with op.batch_alter_table("users", recreate="always"):
        pass


def downgrade():
    pass
"""


@pytest.mark.sqlite
def test_a_step_may_rebuild_a_table_that_others_point_at(fresh, tmp_path):
    """As a later version will have to, since SQLite changes a table by making it anew."""
    steps = tmp_path / "migrations"
    shutil.copytree(Path(fresh.extensions["migrate"].directory), steps)
    (steps / "versions" / "9999_rebuild.py").write_text(STEP.format(newest=newest_schema()))
    with fresh.app_context():
        flask_migrate.upgrade()
        with write() as session:
            makers.thread(session, makers.member(session), replies=1)
        db.session.remove()
        flask_migrate.upgrade(directory=str(steps))
        with db.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
            assert connection.scalar(sa.text("SELECT count(*) FROM posts")) == 2
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
        db.engine.dispose()


@pytest.mark.sqlite
@pytest.mark.parametrize("way", ["INSERT OR REPLACE", "REPLACE"])
def test_a_decision_can_not_be_replaced_either(app, way):
    with app.app_context():
        with write() as session:
            mori = makers.moderator(session)
            columns = "(id, kind, actor_id, user_id, reason, detail, created_at)"
            values = f"{columns} VALUES (1, 'lift', :id, :id, '', '{{}}', 0)"
            session.execute(sa.text(f"INSERT INTO moderation_acts {values}"), {"id": mori.id})
        with pytest.raises(IntegrityError, match="append-only"), write() as session:
            session.execute(sa.text(f"{way} INTO moderation_acts {values}"), {"id": mori.id})
