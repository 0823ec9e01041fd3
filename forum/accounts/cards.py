"""The JET card: who somebody is in the world of JET, each part as they please."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from forum.accounts.models import JetRole, Place
from forum.accounts.prefectures import prefecture_name

FIRST_YEAR = 1987
"""The year in which the JET Programme began."""

PARTS = ("jet_role", "prefecture", "place", "years")
"""What can be hidden, by the names that `User.hidden_parts` holds."""


Carded: TypeAlias = Any
"""A member, or whatever has the columns jet_role, prefecture, place, year_from, year_to and hidden_parts of one."""


def card_of(member: Carded, in_language: str) -> str | None:
    """The card as a line beside a name, such as 'ALT · Tottori · 2019–22', without hidden parts; None when empty."""
    parts = _shown(member, in_language)
    line = " · ".join(parts[part] for part in ("jet_role", "prefecture", "years") if part in parts)
    return line or None


def card_rows(member: Carded) -> list[tuple[str, str]]:
    """The card as labels and values for the profile, without what is empty or hidden."""
    labels = {
        "jet_role": _("Role"),
        "prefecture": _("Prefecture"),
        "place": _("Place"),
        "years": _("Years in Japan"),
    }
    return [(labels[part], value) for part, value in _shown(member, language()).items()]


def jet_roles() -> dict[str, str]:
    """The roles in the reader's language, in the order of the form."""
    return {
        JetRole.ALT: _("ALT"),
        JetRole.CIR: _("CIR"),
        JetRole.SEA: _("SEA"),
        JetRole.APPLICANT: _("Applicant"),
        JetRole.FORMER: _("Former JET"),
        JetRole.OTHER: _("Other"),
    }


def places() -> dict[str, str]:
    """The kinds of places in the reader's language."""
    return {Place.CITY: _("City"), Place.TOWN: _("Town"), Place.INAKA: _("Inaka")}


def latest_year(now: datetime) -> int:
    """The last year that a card may name: next year, in which the newly accepted arrive."""
    return now.year + 1


def language() -> str:
    """'en' or 'ja', as the reader has it."""
    return str(get_locale())


@cache
def _words_in(in_language: str) -> tuple[dict[str | None, str], dict[str | None, str]]:
    """The roles and the places in a language, which are looked up in a catalogue one by one."""
    with force_locale(in_language):
        return {**jet_roles()}, {**places()}


def _shown(member: Carded, in_language: str) -> dict[str, str]:
    roles, kinds = _words_in(in_language)
    parts = {
        "jet_role": roles.get(member.jet_role, ""),
        "prefecture": prefecture_name(member.prefecture, in_language) if member.prefecture else "",
        "place": kinds.get(member.place, ""),
        "years": _years(member.year_from, member.year_to),
    }
    hidden = member.hidden_parts.split()
    return {part: value for part, value in parts.items() if value and part not in hidden}


def _years(first: int | None, last: int | None) -> str:
    """'2019–22', '1999–2003', '2019' for a single year, '2019–' for one who is there, '–2022' for one who left."""
    if first == last:
        return str(first or "")
    if first is not None and last is not None and first // 100 == last // 100:
        return f"{first}–{last % 100:02}"
    return f"{first or ''}–{last or ''}"
