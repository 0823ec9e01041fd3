"""The forms of reporting and moderating."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import AnyOf

from forum.moderation.acts import DECISIONS
from forum.moderation.models import ReportReason
from forum.moderation.reasons import PUBLIC, REPORTED
from forum.moderation.suspending import TERMS
from forum.web.forms import Form, LineField, TextField, length
from forum.web.forms import translated as _l

# Two or three sentences: a reason, not a debate.
REASON_MAX = 300
NOTE_MAX = 1000

TERM_LABELS = {
    "day": _l("For a day"),
    "three_days": _l("For three days"),
    "week": _l("For a week"),
    "month": _l("For a month"),
    "forever": _l("For good"),
}


class ReportForm(Form):
    """What is wrong with a post."""

    reason = RadioField(_l("What is wrong?"), default=ReportReason.SPAM)
    note = TextField(_l("Note for the moderators"), [length(0, NOTE_MAX)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, str(words)) for code, words in REPORTED.items()]


class DecisionForm(Form):
    """A decision about a text; `seen` says what the page showed."""

    act = StringField(validators=[AnyOf(DECISIONS, _l("Please choose one of the buttons."))])
    seen = StringField(validators=[length(1, 60)])
    why = SelectField(
        _l("Reason of a removal"),
        [AnyOf(PUBLIC, _l("Please choose a reason from the list."))],
        default=ReportReason.OTHER,
        validate_choice=False,
    )
    reason = LineField(_l("In your words, for the public log"), [length(0, REASON_MAX)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.why.choices = [(code, str(words)) for code, words in PUBLIC.items()]


class LockForm(Form):
    """Why a thread takes no more replies."""

    reason = LineField(
        _l("Reason"),
        [length(3, REASON_MAX)],
        description=_l("Appears on the thread's page and in the public log."),
    )


class MoveForm(Form):
    """Where a thread belongs. The view fills in the boards."""

    board = SelectField(_l("Board"))


class SuspendForm(Form):
    """For how long and why a member may not write."""

    reason = LineField(
        _l("Reason"),
        [length(3, REASON_MAX)],
        description=_l("The member reads it. In the public log it stands with the member's name covered."),
    )
    term = RadioField(_l("How long"), default="day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.term.choices = [(term, TERM_LABELS[term]) for term in TERMS]
