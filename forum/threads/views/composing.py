"""The page on which somebody writes: shown, previewed, sent back with what is wrong, or taken."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from forum.access import Viewer
from forum.db import reading
from forum.errors import Forbidden, Invalid, Problem, TooFast
from forum.screening import words
from forum.spam.judging import Outcome
from forum.text.rendering import render, stored
from forum.threads import mentions
from forum.threads import reading as threads
from forum.threads.addresses import post_url, thread_url
from forum.threads.answering import Answered
from forum.threads.forms import ReplyForm
from forum.threads.limits import BODY_MAX, told
from forum.threads.models import Thread
from forum.threads.posting import Posted, Prepared
from forum.web.notices import redirect_with
from forum.web.viewer import current_viewer, now

FRAGMENT = "X-Fragment"

Prepare = Callable[[Viewer], Prepared]
Way = TypeVar("Way")
"""A session or a transaction of statements: what the verb at hand writes with."""
Take = Callable[[Way, Viewer, Prepared], Posted | None]
Open = Callable[[], AbstractContextManager[tuple[Way, Viewer]]]


@dataclass(frozen=True, slots=True)
class Place:
    """The thread that a text belongs to, as the page names it."""

    title: str
    lang: str
    url: str

    @classmethod
    def of(cls, thread: Thread | Answered) -> Place:
        return cls(thread.title, thread.lang, thread_url(thread.id, thread.slug))


@dataclass(frozen=True)
class Composer:
    """A page with a form for a text: shown, previewed, sent back with what is wrong, or taken."""

    form: ReplyForm
    heading: LazyString
    action: str
    draft_key: str
    button: LazyString
    thread: Place | None = None
    is_edit: bool = False
    has_waiting: bool = False
    is_quoting: bool = False

    def answer(self, prepare: Prepare, take: Take[Way], opened: Open[Way]) -> ResponseReturnValue:
        """The page on GET; on POST a preview, the form with its errors (422), or a redirect to what was made.

        `prepare` works before the transaction, `take` in it; `opened` is how it begins.
        """
        if request.method == "GET":
            return self._page()
        if current_viewer().is_guest:
            ended = _("You are no longer logged in. Log in in another tab, then send this again.")
            return self.come_back(Forbidden(ended))
        if "preview" in request.form:
            return self._preview()
        if not self.form.validate():
            return self._page(), 422
        return self._publish(prepare, take, opened)

    def come_back(self, problem: Problem) -> tuple[str, int]:
        """The page with what is wrong and the text, which must not be lost because a thread was locked or removed, or a
        member suspended meanwhile.
        """
        self.form.form_errors.append(str(problem.sentence))
        return self._page(), problem.status

    def _publish(self, prepare: Prepare, take: Take[Way], opened: Open[Way]) -> ResponseReturnValue:
        try:
            text = prepare(current_viewer())
            with opened() as (source, viewer):
                posted = take(source, viewer, text)
        except Invalid as problem:
            self.form.refuse(problem.fields)
            return self._page(), 422
        except TooFast as problem:
            page, status = self.come_back(problem)
            return page, status, {"Retry-After": str(problem.retry_after_s)}
        except Problem as problem:
            return self.come_back(problem)
        if posted is not None and posted.outcome == Outcome.REFUSED:
            return self._refused(posted), 422
        return self._done(posted)

    def _done(self, posted: Posted | None) -> ResponseReturnValue:
        if posted is None:
            return redirect_with("unchanged", self.action.removesuffix("/edit"), posted_key=self.form.key)
        if posted.is_taken_back:
            return redirect_with("edit-withdrawn", post_url(posted.post_id), posted_key=self.form.key)
        is_public = posted.outcome == Outcome.PUBLISHED
        code = (
            ("edited" if is_public else "edit-held") if self.is_edit else ("posted" if is_public else "held")
        )
        place = posted.address or threads.place_of(reading(), current_viewer(), posted.post_id)
        return redirect_with(code, place, posted_key=self.form.key)

    def _refused(self, posted: Posted) -> str:
        self.form.form_errors.append(
            _("This was not published, because it looks like spam in more than one way.")
        )
        self.form.form_errors.extend(words.for_author(posted.reasons))
        self.form.form_errors.append(_("If we are wrong, please change it, or write to a moderator."))
        return self._page()

    def _preview(self) -> ResponseReturnValue:
        body = self.form.body.data or ""
        if len(body) > BODY_MAX:
            # What can't be posted is not rendered either: the time that takes grows with the text.
            self.form.validate()
            return self._page(), 422
        rendered = render(body, mentions.known(reading(), body))
        html = stored(rendered.html)
        if request.headers.get(FRAGMENT) == "preview":
            return render_template("threads/_preview.html", html=html, lang=rendered.lang)
        return self._page(html, rendered.lang)

    def _page(self, preview: Markup | None = None, preview_lang: str | None = None) -> str:
        self.form.stamp()
        return render_template(
            "threads/compose.html",
            form=self.form,
            heading=self.heading,
            action=self.action,
            draft_key=self.draft_key,
            button_label=self.button,
            thread=self.thread,
            limits=told(current_viewer(), now()),
            is_quoting=self.is_quoting,
            has_waiting=self.has_waiting,
            preview_html=preview,
            preview_lang=preview_lang,
        )
