"""What all forms share: an allow-list of fields, errors in the reader's language, a stamp and a trap.

The one field `idempotency` does two things. Its random part makes a form that is sent twice find what the first
one did; its signed time tells how long the form lay open, which screening asks. The hidden field `website` is a
trap: people do not see it, programs fill it in. The hidden field `typing` is filled by static/js/typing.js: how many
characters were typed and how many pasted, and nothing of what they were.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app, request
from flask_babel import gettext, lazy_gettext, ngettext
from itsdangerous import BadSignature, TimestampSigner
from wtforms import Form as WTForm
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.widgets import HiddenInput

from forum.text.cleaning import clean

LONGEST_STAMP = 128
# "typed pasted"; a book has fewer characters than a number of eight digits.
TYPING = re.compile(r"([0-9]{1,8}) ([0-9]{1,8})")

# WTForms prints labels when the page is made, so they are translated then; it asks for plain strings in its hints.
translated = cast("Callable[[str], str]", lazy_gettext)


# What WTForms itself says of a field; named here so that the catalogue holds it.
SAID_BY_WTFORMS = (translated("Not a valid choice."), translated("Invalid Choice: could not coerce."))


class Form(WTForm):
    """A form without a session: other sites are refused before it is read."""

    class Meta:
        def get_translations(self, form: WTForm) -> Any:
            return _Translations()

    def refuse(self, fields: dict[str, object]) -> None:
        """Show what a verb found wrong beside the fields that it names, or above the form for other names."""
        for name, message in fields.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(str(message))
            else:
                field.errors = [*field.errors, str(message)]


class StampedForm(Form):
    """A form that publishes something."""

    # Nobody sees these two, and a field without a label has one made and translated.
    idempotency = StringField("", widget=HiddenInput())
    website = StringField(translated("Leave this empty"))
    typing = StringField("", widget=HiddenInput())

    @property
    def key(self) -> str:
        """The one-time value that goes with what the form makes: at most 64 characters, never empty."""
        given = (self.idempotency.data or "").replace("\0", "")
        return given.rsplit(".", 2)[0][:64] or secrets.token_urlsafe(16)

    @property
    def is_trap_filled(self) -> bool:
        return bool(self.website.data)

    @property
    def pasted_share(self) -> float | None:
        """Of what was typed and pasted, the pasted share, 0 to 1; None without script, or when nothing was counted.

        The browser says it, so it is a hint about whoever does not care to lie.
        """
        counted = TYPING.fullmatch(self.typing.data or "")
        typed, pasted = map(int, counted.groups()) if counted else (0, 0)
        return pasted / (typed + pasted) if typed + pasted else None

    def age_s(self, now: datetime) -> float | None:
        """Seconds from the form's being served to `now`; None when we did not serve it."""
        try:
            _value, served_at = _signer().unsign(self.idempotency.data or "", return_timestamp=True)
        except BadSignature:
            return None
        return max(0.0, (now - served_at.astimezone(UTC)).total_seconds())

    def stamp(self) -> None:
        """Give a form that is about to be served a new one-time value, unless it comes back with its own."""
        given = self.idempotency.data or ""
        if not given or len(given) > LONGEST_STAMP:
            self.idempotency.data = new_stamp()


class TextField(TextAreaField):
    """Text as people write it: cleaned of control and turning characters before anything counts it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""


class LineField(StringField):
    """One line of text, cleaned, with its ends and doubled spaces trimmed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = " ".join(clean(valuelist[0]).split()) if valuelist else ""


def length(low: int, high: int) -> Callable[[WTForm, Any], None]:
    """A validator that counts code points and says the number, since a count helps more than a refusal.

    Blanks do not fill a field, but they do count against its limit: they are stored like any other character.
    """

    def check(form: WTForm, field: Any) -> None:
        count, inked = len(field.data or ""), len((field.data or "").strip())
        if inked == 0 and low > 0:
            raise ValidationError(gettext("Please fill this in."))
        if inked < low:
            raise ValidationError(
                ngettext("At least %(num)d character.", "At least %(num)d characters.", low)
            )
        if count > high:
            over = count - high
            raise ValidationError(
                ngettext("%(num)d character too long.", "%(num)d characters too long.", over)
            )

    flags = {"maxlength": high, "required": True} if low else {"maxlength": high}
    check.field_flags = flags  # pyright: ignore[reportFunctionMemberAccess] - where WTForms looks for them
    return check


def new_stamp() -> str:
    """A one-time value that is signed with the present time, for a form that is about to be served."""
    return _signer().sign(secrets.token_urlsafe(16)).decode()


def submitted() -> Any:
    """The form data of this request, or None on GET."""
    return request.form if request.method == "POST" else None


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key or "", salt="form-stamp")


class _Translations:
    """Lets WTForms ask our catalogue for its own few sentences."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)
