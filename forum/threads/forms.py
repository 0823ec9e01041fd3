"""The forms of writing."""

from __future__ import annotations

from datetime import datetime

from wtforms import SelectField

from forum.screening.origins import Origin
from forum.threads.limits import BODY_MAX, BODY_MIN, TITLE_MAX, TITLE_MIN
from forum.threads.posting import Draft
from forum.web.forms import LineField, StampedForm, TextField, length
from forum.web.forms import translated as _l


class ReplyForm(StampedForm):
    """An answer, or the new text of one."""

    body = TextField(_l("Text"), [length(BODY_MIN, BODY_MAX)])

    def draft(self, now: datetime, origin: Origin) -> Draft:
        """What was written, as the verbs take it."""
        return Draft(
            body=self.body.data or "",
            title=self._title(),
            idempotency=self.key,
            form_age_s=self.age_s(now),
            is_trap_filled=self.is_trap_filled,
            pasted_share=self.pasted_share,
            origin=origin,
        )

    def _title(self) -> str:
        return ""


class TitledForm(ReplyForm):
    """The new text of an opening post, with its thread's title."""

    title = LineField(_l("Title"), [length(TITLE_MIN, TITLE_MAX)])

    def _title(self) -> str:
        return self.title.data or ""


class ThreadForm(TitledForm):
    """A new thread."""

    board = SelectField(_l("Board"))
