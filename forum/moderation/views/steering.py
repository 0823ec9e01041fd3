"""Lock, pin and move a thread."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from forum.db import reading
from forum.errors import Invalid
from forum.moderation import steering
from forum.moderation.forms import LockForm, MoveForm
from forum.moderation.views import blueprint
from forum.threads import lists
from forum.threads.addresses import thread_url
from forum.threads.models import Board, Lock, Pin, Thread
from forum.web.language import current_language
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now, writing

NOTICES = {"lock": "locked", "unlock": "unlocked", "pin": "pinned", "unpin": "unpinned", "move": "moved"}
WORDLESS = {"unlock": steering.unlock, "pin": steering.pin, "unpin": steering.unpin}


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
    with writing() as (session, viewer):
        if act == "lock":
            steering.lock(session, viewer, thread_id, lock_form.reason.data or "", now())
        elif act == "move":
            steering.move(session, viewer, thread_id, move_form.board.data, now())
        else:
            WORDLESS[act](session, viewer, thread_id, now())
    return redirect_with(NOTICES[act], thread_url(found.id, found.slug))


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
