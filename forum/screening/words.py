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

# A phrase for each code that `forum.spam.judging` gives.
FOR_STAFF: Mapping[str, LazyString] = {
    "text": _l("The words are like spam"),
    "no_model": _l("The filter can't read its model, so newcomers' posts wait"),
    "trap": _l("The hidden field was filled in"),
    "no_form": _l("Not sent from a form of ours"),
    "quick_form": _l("Sent too soon after the form was opened, in seconds"),
    "rejected_before": _l("Times that the same text was rejected"),
    "repeated": _l("Times that the same text stands or waits elsewhere"),
    "added_links": _l("The edit adds links"),
    "many_links": _l("Many links"),
    "pace": _l("Many texts within an hour"),
    "on_topic": _l("Uses the thread's words"),
    "unconfirmed": _l("The mail address is not confirmed"),
    "rejections": _l("Texts of this account that were rejected"),
    "good_record": _l("Texts of this account that were approved"),
}
# The only code that speaks for spam or against it, by its sign.
LIKE_GOOD_POSTS = _l("The words are like good posts")

# The codes that speak for spam, without those that would tell the writer of a program what to mend.
FOR_AUTHOR: Mapping[str, LazyString] = {
    "text": _l("Its words are like those of advertisements."),
    "no_model": _l("The filter is being repaired, so all newcomers' posts wait."),
    "rejected_before": _l("The same text was rejected before."),
    "repeated": _l("The same text was posted elsewhere."),
    "added_links": _l("Your change adds links."),
    "many_links": _l("It holds many links, and your account is new here."),
    "pace": _l("You posted a lot within an hour."),
    "unconfirmed": _l("Your mail address is not confirmed yet."),
}


def for_staff(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason as a phrase with its weight as log-odds, and what was found, the strongest first."""
    return [_staff_phrase(reason) for reason in reasons]


def for_author(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """The reasons that spoke for spam, as sentences without details; never empty, so that nobody goes without one."""
    spoken = [reason["code"] for reason in reasons if reason["weight"] >= 0]
    told = [str(FOR_AUTHOR[code]) for code in spoken if code in FOR_AUTHOR]
    return told or [_("A moderator looks at it first.")]


def _staff_phrase(reason: Mapping[str, Any]) -> str:
    code, weight = reason["code"], reason["weight"]
    phrase = LIKE_GOOD_POSTS if code == "text" and weight < 0 else FOR_STAFF.get(code, code)
    detail = f": {reason['detail']}" if reason.get("detail") else ""
    return f"{phrase}{detail} ({weight:+.1f})"
