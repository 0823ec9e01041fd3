"""Whether the service is alive and can serve, for whoever watches over it."""

from __future__ import annotations

import sqlalchemy as sa
import sqlalchemy.exc
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from forum.db import reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """200 as long as this process answers; asks nothing else."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 when the database answers and has the schema of this version; else 503. One statement."""
    try:
        version = reading().scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sqlalchemy.exc.SQLAlchemyError:
        return jsonify(status="unavailable", reason="the database does not answer"), 503
    if version != current_app.config["SCHEMA_VERSION"]:
        return jsonify(status="unavailable", reason="the database needs `flask db upgrade`"), 503
    return jsonify(status="ok", schema=version)
