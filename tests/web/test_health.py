"""Alive, and ready to serve."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from forum.db import write


def test_alive_asks_nothing_of_the_database(board_with):
    answer = board_with().test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_names_the_schema(app, guest):
    answer = guest.get("/readyz")
    assert (answer.status_code, answer.json["schema"]) == (200, app.config["SCHEMA_VERSION"])


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = '0000'", "DELETE FROM alembic_version"]
)
def test_a_schema_of_another_version_is_not_ready(app, guest, statement):
    with app.app_context(), write() as session:
        session.execute(sa.text(statement))
    answer = guest.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")
    assert "flask db upgrade" in answer.json["reason"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_without_tables_is_not_ready(board_with):
    answer = board_with().test_client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")


def test_health_is_only_read(guest):
    assert [guest.post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]
