"""The forms of reporting and moderating."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import FloatField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import NumberInput

from forum.errors import Invalid
from forum.moderation.acts import DECISIONS
from forum.moderation.models import ReportReason
from forum.moderation.reasons import PUBLIC, REPORTED
from forum.moderation.suspending import TERMS
from forum.screening.policies import require_sound
from forum.screening.rules import PATTERN_MAX, RuleKind
from forum.spam.judging import Policy
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


class PercentField(FloatField):
    """A share, from 0 to 1, that is written in per cent."""

    widget = NumberInput(step="any")

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [InputRequired(_l("Please fill this in."))], **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data * 100:.4g}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        try:
            # Rounded, so that what was written is what is kept: 58 % is 0.58.
            self.data = round(float(valuelist[0].replace(",", ".")) / 100, 6) if valuelist else None
        except ValueError:
            raise ValueError(_("Please write a number of per cent, such as 85.")) from None


class ThresholdsForm(Form):
    """From which probability on texts are held and refused; `seen` names the choice that the page showed."""

    hold_newcomer = PercentField(
        _l("Hold texts of newcomers from (per cent)"), description=_l("Accounts with nothing approved yet.")
    )
    hold_known = PercentField(
        _l("Hold texts of known members from (per cent)"), description=_l("Accounts with something approved.")
    )
    refusal = PercentField(
        _l("Refuse from (per cent)"),
        description=_l("Only where two independent kinds of evidence agree. Nobody reads what is refused."),
    )
    seen = StringField(default="")

    @classmethod
    def of(cls, policy: Policy) -> ThresholdsForm:
        """The form as it shows a policy."""
        return cls(hold_newcomer=policy.hold_newcomer, hold_known=policy.hold_known, refusal=policy.refuse)

    @property
    def policy(self) -> Policy:
        """What a form that is filled in asks for."""
        shares = (self.hold_newcomer.data, self.hold_known.data, self.refusal.data)
        return Policy(*(share or 0.0 for share in shares))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        try:
            require_sound(self.policy)
        except Invalid as problem:
            self.refuse(
                {"refusal" if name == "refuse" else name: said for name, said in problem.fields.items()}
            )
            return False
        return True


class RuleForm(Form):
    """A phrase or a site that is to be held."""

    kind = RadioField(_l("What to look for"), default=RuleKind.PHRASE)
    pattern = LineField(
        _l("Words or site"),
        [length(1, PATTERN_MAX)],
        description=_l(
            "Words are found through every disguise that the filter knows."
            " A site is written like example.com or t.me/name."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(RuleKind.PHRASE, _("Words")), (RuleKind.SITE, _("A site"))]


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
