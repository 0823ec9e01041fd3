"""The few reasons that reports, decisions and the public log share, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.moderation.models import ReportReason

# What a member says of somebody else's post.
REPORTED: Mapping[str, LazyString] = {
    ReportReason.SPAM: _l("It is spam or advertising."),
    ReportReason.UNKIND: _l("It is unkind or threatening."),
    ReportReason.PERSONAL: _l("It shares somebody's private information."),
    ReportReason.WRONG_PLACE: _l("It is in the wrong place."),
    ReportReason.OTHER: _l("Something else."),
}

# What the log tells everybody of a removed text.
PUBLIC: Mapping[str, LazyString] = {
    ReportReason.OTHER: _l("Against the rules of this board."),
    ReportReason.SPAM: _l("Spam or advertising."),
    ReportReason.UNKIND: _l("Unkind to others."),
    ReportReason.PERSONAL: _l("Private data."),
    ReportReason.WRONG_PLACE: _l("Not the place for it."),
}


def public_reason(code: str, text: str) -> str:
    """A canned reason and a moderator's own words as one text; either may be empty."""
    return " ".join(part for part in (str(PUBLIC.get(code, "")), text) if part)
