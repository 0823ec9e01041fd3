"""The forms of joining, signing in and the settings. Their passwords are never trimmed, and never sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.widgets import EmailInput, HiddenInput

from forum.accounts import cards
from forum.accounts.passwords import LONGEST, SHORTEST
from forum.accounts.prefectures import PREFECTURES, prefecture_name
from forum.accounts.profiles import LONGEST_BIO, LONGEST_DISPLAY_NAME, Card, Words
from forum.screening.origins import Origin
from forum.text import names
from forum.web.forms import Form, LineField, StampedForm, TextField, length
from forum.web.forms import translated as _l

# RFC 5321 lets a path have 256 characters with its brackets.
LONGEST_ADDRESS = 254


GOOD_PASSWORD = cast(
    "str",
    lazy_gettext("At least %(number)s characters. Three or four unrelated words are good.", number=SHORTEST),
)


class JoinForm(Form):
    """A new account. `website` is a trap: people do not see it, programs fill it in."""

    username = StringField(
        _l("Username"),
        [length(1, 2 * names.MAX_LENGTH)],
        description=_l("In any script; everybody sees it. You log in with it."),
    )
    email = StringField(
        _l("Mail address"),
        [length(1, LONGEST_ADDRESS)],
        widget=EmailInput(),
        description=_l("Nobody else sees it."),
    )
    password = PasswordField(
        _l("Password"),
        [length(SHORTEST, LONGEST)],
        description=GOOD_PASSWORD,
    )
    website = StringField(_l("Leave this empty"))


class LoginForm(Form):
    """Who it is, and where they wanted to go."""

    username = StringField(_l("Username or mail address"), [length(1, LONGEST_ADDRESS)])
    password = PasswordField(_l("Password"), [length(1, LONGEST)])
    remember = BooleanField(_l("Stay logged in on this browser"))
    next = StringField(widget=HiddenInput())


class AddressForm(Form):
    """A mail address to which something is sent."""

    email = StringField(_l("Mail address"), [length(1, LONGEST_ADDRESS)], widget=EmailInput())


class ChangeAddressForm(AddressForm):
    """A new address for one's account."""

    password = PasswordField(_l("Your password"), [length(1, LONGEST)])


class NewPasswordForm(Form):
    """A new password by a link from a mail."""

    password = PasswordField(
        _l("New password"),
        [length(SHORTEST, LONGEST)],
        description=GOOD_PASSWORD,
    )


class ChangePasswordForm(Form):
    """A new password by the old one."""

    old_password = PasswordField(_l("Current password"), [length(1, LONGEST)])
    password = PasswordField(
        _l("New password"),
        [length(SHORTEST, LONGEST)],
        description=GOOD_PASSWORD,
    )


class ProfileForm(StampedForm):
    """What a member tells of themselves."""

    display_name = LineField(
        _l("Display name"),
        [length(0, LONGEST_DISPLAY_NAME)],
        description=_l("Appears beside your posts instead of the user name."),
    )
    bio = TextField(_l("About you"), [length(0, LONGEST_BIO)])
    jet_role = SelectField(_l("Role"))
    prefecture = SelectField(_l("Prefecture"))
    place = SelectField(_l("Place"))
    year_from = SelectField(_l("First year in Japan"))
    year_to = SelectField(_l("Last year in Japan"))
    hide_jet_role = BooleanField(_l("Hide the role from others"))
    hide_prefecture = BooleanField(_l("Hide the prefecture from others"))
    hide_place = BooleanField(_l("Hide the place from others"))
    hide_years = BooleanField(_l("Hide the years from others"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), str(year)) for year in range(cards.latest_year(now), cards.FIRST_YEAR - 1, -1)]
        regions = [(code, prefecture_name(code, cards.language())) for code in PREFECTURES]
        self.jet_role.choices = _optional(list(cards.jet_roles().items()))
        self.prefecture.choices = _optional(regions)
        self.place.choices = _optional(list(cards.places().items()))
        self.year_from.choices = _optional(years)
        self.year_to.choices = _optional(years)

    def words(self, now: datetime, origin: Origin) -> Words:
        """What was written, as the verb takes it."""
        return Words(
            display_name=self.display_name.data or "",
            bio=self.bio.data or "",
            form_age_s=self.age_s(now),
            is_trap_filled=self.is_trap_filled,
            pasted_share=self.pasted_share,
            origin=origin,
        )

    def card(self) -> Card:
        """What was chosen, as the verb takes it."""
        return Card(
            jet_role=self.jet_role.data or None,
            prefecture=self.prefecture.data or None,
            place=self.place.data or None,
            year_from=int(self.year_from.data) if self.year_from.data else None,
            year_to=int(self.year_to.data) if self.year_to.data else None,
            hidden=tuple(part for part in cards.PARTS if self[f"hide_{part}"].data),
        )


def _optional(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("Not said")), *choices]
