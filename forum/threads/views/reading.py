"""Pages that are read."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.cursors import row_number
from forum.db import reading as db_reading
from forum.db import snapshot
from forum.threads import history, lists, marks
from forum.threads import reading as threads
from forum.threads.addresses import board_url, thread_url
from forum.threads.forms import ReplyForm
from forum.threads.limits import told
from forum.threads.views import articles, blueprint, threadpage
from forum.web import printing
from forum.web.forms import new_stamp
from forum.web.keeping import BEFORE, PAGE, kept, tell_version
from forum.web.language import current_language
from forum.web.viewer import current_viewer, now


@blueprint.get("/")
@kept("threads", "boards", "people", query=BEFORE)
def latest() -> str:
    """The threads of all boards, the one with the newest post first."""
    before = request.args.get("before")
    page = lists.latest(snapshot(), current_viewer(), current_language(), before)
    boards = lists.boards(snapshot(), current_language())
    return render_template(
        "threads/latest.html",
        page=page,
        boards=boards,
        is_first=before is None,
        older=_older("/", page.older),
    )


@blueprint.get("/boards")
@kept("threads", "boards")
def boards() -> str:
    """All boards."""
    return render_template("threads/boards.html", boards=lists.boards(snapshot(), current_language()))


@blueprint.get("/b/<slug>")
@kept("board {slug}", "people", query=BEFORE)
def board(slug: str) -> str:
    """The threads of a board."""
    viewer, source, language = current_viewer(), snapshot(), current_language()
    before = request.args.get("before")
    board_id, row = lists.find_board(source, slug, language)
    return render_template(
        "threads/board.html",
        board=row,
        pinned=lists.pinned(source, viewer, board_id, language) if before is None else (),
        page=(page := lists.of_board(source, viewer, board_id, language, before)),
        is_first=before is None,
        older=_older(board_url(slug), page.older),
    )


@blueprint.get("/t/<int:thread_id>", defaults={"slug": ""})
@blueprint.get("/t/<int:thread_id>-<path:slug>")
@kept(*threads.ITS_TOPICS, query=PAGE, is_version_told=True)
def thread(thread_id: int, slug: str) -> ResponseReturnValue:
    """A page of a thread. An address with another slug, as after a change of title, leads to the canonical one."""
    viewer, number = current_viewer(), row_number(request.args.get("page", "1"))
    shown = threads.find(snapshot(), viewer, thread_id, number, current_language())
    tell_version(shown.version)
    if thread_url(thread_id, slug) != shown.url:
        return redirect(shown.pager.url(number), 301)
    page = threadpage.of(shown, articles.of(snapshot(), viewer, shown))
    if not shown.may_reply:
        return printing.page("threads/thread.html", page)
    limits = told(viewer, now())
    form = {"stamp": new_stamp(), "new_form": ReplyForm, "limits": limits, "thread_id": thread_id}
    return printing.page("threads/thread.html", page, **form)


@blueprint.get("/t/<int:thread_id>/unread")
def unread(thread_id: int) -> ResponseReturnValue:
    """Where the reader goes on in a thread; a guest begins at its beginning."""
    return redirect(marks.first_unread(db_reading(), current_viewer(), thread_id), 302)


@blueprint.get("/p/<int:post_id>")
def post(post_id: int) -> ResponseReturnValue:
    """A post's address for ever: leads to where it stands now."""
    return redirect(threads.place_of(db_reading(), current_viewer(), post_id), 302)


@blueprint.get("/p/<int:post_id>/history")
def versions(post_id: int) -> str:
    """The versions of a post with what changed from one to the next."""
    page = history.versions(db_reading(), current_viewer(), post_id)
    return render_template("threads/history.html", page=page)


def _older(address: str, cursor: str | None) -> str | None:
    return f"{address}?before={cursor}" if cursor else None
