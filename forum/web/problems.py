"""From a Problem, or anything else that goes wrong, to one answer in one shape."""

from __future__ import annotations

import logging
import sqlite3
from http import HTTPStatus

import sqlalchemy.exc
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from forum.errors import Locked, Problem, TooFast
from forum.web.viewer import look_as_guest

log = logging.getLogger(__name__)


def init(app: Flask) -> None:
    """Answer for everything that is raised."""
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(sqlalchemy.exc.OperationalError, answer_busy)
    app.register_error_handler(sqlalchemy.exc.InternalError, answer_state)
    app.register_error_handler(sqlalchemy.exc.DataError, answer_unfit)
    app.register_error_handler(sqlite3.OperationalError, answer_busy)
    app.register_error_handler(Exception, answer_unforeseen)


def answer_problem(problem: Problem) -> Response:
    """A refusal with its sentence; a pace limit also says when to come back."""
    response = _answer(problem.status, str(problem.sentence) or _sentence(problem.status))
    if isinstance(problem, TooFast):
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def answer_http(error: HTTPException) -> Response:
    """What Werkzeug itself refuses: no such address, wrong method, a body too large."""
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    response = _answer(code, _sentence(code))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def answer_busy(error: Exception) -> Response:
    """The database can't be reached or written to at the moment."""
    # One line for each of very many, and the traceback tells only who asked.
    log.error("database unavailable", extra={"fault": str(getattr(error, "orig", error))})
    response = _answer(503, _sentence(503))
    response.headers["Retry-After"] = "5"
    return response


def answer_state(error: sqlalchemy.exc.InternalError) -> Response:
    """PostgreSQL is in no state to do this, as one that is a standby and only reads (SQLSTATE 25…), or broken."""
    is_passing = str(getattr(error.orig, "sqlstate", "")).startswith("25")
    return answer_busy(error) if is_passing else answer_unforeseen(error)


def answer_unfit(error: Exception) -> Response:
    """What was sent does not fit into the database: a NUL, of which PostgreSQL holds none, or what is too long."""
    log.warning("a value that does not fit", exc_info=error)
    # On PostgreSQL the transaction is spoilt, and nothing can be asked for the page that tells of it.
    look_as_guest()
    return _answer(400, _sentence(400))


def answer_unforeseen(error: Exception) -> Response:
    """A fault of ours: the log has the whole story, the visitor a sentence."""
    log.error("unforeseen error", exc_info=error)
    return _answer(500, _sentence(500))


def _answer(status: int, sentence: str) -> Response:
    if status >= 500:
        # Whatever is at fault must not be asked once more for the page that tells of it.
        look_as_guest()
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        response = jsonify(status=status, title=_title(status), detail=sentence)
    else:
        response = make_response(
            render_template(
                "errors/problem.html",
                status=status,
                title=_title(status),
                sentence=sentence,
                canonical_url=None,
            )
        )
    response.status_code = status
    return response


def _title(status: int) -> str:
    titles = {
        400: _("That can't be read"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("That has changed meanwhile"),
        413: _("Too large"),
        422: _("Please look again"),
        Locked.status: _("Locked"),
        429: _("A little slower, please"),
        503: _("Back in a moment"),
    }
    return titles.get(status, _("Something went wrong") if status >= 500 else HTTPStatus(status).phrase)


def _sentence(status: int) -> str:
    sentences = {
        404: _("There is nothing at this address."),
        405: _("This address does not take that kind of request."),
        413: _("What you sent is larger than this board takes."),
        503: _("The board is busy. Nothing that you wrote is lost: go back and send it again."),
    }
    if status >= 500:
        return sentences.get(
            status, _("This is our fault, and it has been noted. Please try again a little later.")
        )
    return sentences.get(status, _("The request could not be understood."))
