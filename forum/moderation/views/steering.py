"""Lock, pin and move a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forum.db import reading, write
from forum.errors import Invalid
from forum.moderation import steering
from forum.moderation.forms import LockForm, MoveForm
from forum.moderation.models import Act
from forum.moderation.views import blueprint
from forum.threads import lists
from forum.threads.addresses import thread_url
from forum.threads.models import Board, Lock, Pin, Thread
from forum.web.language import current_language
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now

NOTICES = {"lock": "locked", "unlock": "unlocked", "pin": "pinned", "unpin": "unpinned", "move": "moved"}


@blueprint.route("/t/<int:thread_id>/moderate", methods=["GET", "POST"])
def thread(thread_id: int) -> ResponseReturnValue:
    """What can be done with a thread as a whole; each of the page's forms names its act."""
    found = steering.find_thread(reading(), current_viewer(), thread_id)
    act = request.form.get("act", "")
    lock_form = LockForm(request.form if act == "lock" else None)
    move_form = _move_form(found, request.form if act == "move" else None)
    if request.method == "GET":
        return _page(found, lock_form, move_form)
    if act not in NOTICES:
        raise Invalid
    if (act == "lock" and not lock_form.validate()) or (act == "move" and not move_form.validate()):
        return _page(found, lock_form, move_form), 422
    with write() as session:
        _verb(act, found.id, lock_form.reason.data or "", move_form.board.data)(session)
    return redirect_with(NOTICES[act], thread_url(found.id, found.slug))


def _verb(act: str, thread_id: int, reason: str, board: str) -> Callable[[Session], Act]:
    viewer, moment = current_viewer(), now()
    verbs: dict[str, Callable[[Session], Act]] = {
        "lock": lambda session: steering.lock(session, viewer, thread_id, reason, moment),
        "unlock": lambda session: steering.unlock(session, viewer, thread_id, moment),
        "pin": lambda session: steering.pin(session, viewer, thread_id, moment),
        "unpin": lambda session: steering.unpin(session, viewer, thread_id, moment),
        "move": lambda session: steering.move(session, viewer, thread_id, board, moment),
    }
    return verbs[act]


def _move_form(found: Thread, data: Any) -> MoveForm:
    """Offers all boards but the thread's own."""
    session = reading()
    own = session.get_one(Board, found.board_id).slug
    form = MoveForm(data)
    boards = lists.boards(session, current_language())
    form.board.choices = [(board.slug, board.name) for board in boards if board.slug != own]
    return form


def _page(found: Thread, lock_form: LockForm, move_form: MoveForm) -> str:
    session = reading()
    return render_template(
        "moderation/thread.html",
        thread=found,
        url=thread_url(found.id, found.slug),
        lock=session.get(Lock, found.id),
        pin=session.get(Pin, found.id),
        lock_form=lock_form,
        move_form=move_form,
    )
