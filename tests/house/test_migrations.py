"""The migrations lead from nothing to the models and back, also with data in the tables."""

from __future__ import annotations

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
from forum.settings import load
from tests import makers


@pytest.fixture
def fresh(data_dir) -> Flask:
    """A board whose database has no tables yet."""
    return create_app(load({"DATA_DIR": str(data_dir)}))


def test_the_migrations_make_exactly_the_tables_of_the_models(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Model.metadata) == []
        db.engine.dispose()


def test_every_step_runs_down_and_up_again_with_data_in_the_tables(fresh):
    with fresh.app_context():
        flask_migrate.upgrade()
        with write() as session:
            makers.thread(session, makers.member(session), replies=3)
        flask_migrate.downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        flask_migrate.upgrade()
        with write() as session:
            makers.thread(session, makers.member(session), replies=3)
        db.engine.dispose()


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
