"""A verdict's reasons in the reader's language.

Staff see all of them with what was found. The author sees which kind of thing it was, and nothing that tells a spammer
which words to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

# code: (for staff when it speaks for spam, for staff when it speaks against, for the author or None)
WORDS: Mapping[str, tuple[LazyString, LazyString, LazyString | None]] = {
    "text": (_l("The words are like spam"), _l("The words are like good posts"), _l("Its words are like those of advertisements.")),
    "links": (_l("Links"), _l("No suspicious links"), _l("It holds links, and your account is new.")),
    "trap": (_l("The hidden field was filled in"), _l("The hidden field is empty"), None),
    "rejected_before": (_l("The same text was rejected before"), _l("Never rejected before"), _l("The same text was rejected before.")),
    "repeated": (_l("The same text stands or waits elsewhere"), _l("Not repeated"), _l("The same text was posted elsewhere.")),
    "added_links": (_l("The edit adds links"), _l("The edit adds no links"), _l("Your change adds links.")),
    "no_form": (_l("Not sent from our form"), _l("Sent from our form"), None),
    "fast": (_l("Sent too soon after the form was opened"), _l("Written at a human pace"), None),
    "pace": (_l("Many posts in the last hour"), _l("Posts at a calm pace"), _l("You posted a lot within an hour.")),
    "account": (_l("New account"), _l("The account has a good record"), _l("Your account is new here.")),
    "record": (_l("Texts of this account were rejected before"), _l("The account has a good record"), None),
    "no_model": (_l("The filter can't read its model, so newcomers' posts wait"), _l("No model"), _l("The filter is being repaired, so all newcomers' posts wait.")),
}  # fmt: skip


def for_staff(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason as a phrase with its weight as log-odds, and what was found, the strongest first."""
    return [_staff_phrase(reason) for reason in reasons]


def for_author(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """The reasons that spoke for spam, as sentences without details; never empty, so that nobody is left without any."""
    told = [
        str(WORDS[r["code"]][2])
        for r in reasons
        if r["weight"] >= 0 and r["code"] in WORDS and WORDS[r["code"]][2]
    ]
    return told or [_("A moderator looks at it first.")]


def _staff_phrase(reason: Mapping[str, Any]) -> str:
    words = WORDS.get(reason["code"])
    phrase = str(words[0 if reason["weight"] >= 0 else 1]) if words else reason["code"]
    detail = f": {reason['detail']}" if reason.get("detail") else ""
    return f"{phrase}{detail} ({reason['weight']:+.1f})"
