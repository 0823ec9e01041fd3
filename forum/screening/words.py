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

# A phrase for each code that `forum.spam.signals` gives.
FOR_STAFF: Mapping[str, LazyString] = {
    "text": _l("The words are like spam"),
    "no_model": _l("The filter can't read its model, so newcomers' posts wait"),
    "trap": _l("The hidden field was filled in"),
    "no_form": _l("Not sent from a form of ours"),
    "quick_form": _l("Sent too soon after the form was opened, in seconds"),
    "pasted": _l("Mostly pasted"),
    "rejected_before": _l("Times that the same text was rejected"),
    "near_rejected": _l("Almost a text that was rejected"),
    "near_waiting": _l("Almost a text of somebody else that waits"),
    "repeated": _l("Times that the same text, or almost, stands or waits elsewhere"),
    "campaign": _l("Times that the same text, or almost, stands or waits elsewhere"),
    "added_links": _l("The edit adds links"),
    "late_links": _l("The edit brings a site that is new here into an older post"),
    "many_links": _l("Many links"),
    "site_rejected": _l("Links to a site whose texts were rejected"),
    "site_approved": _l("Links to a site whose texts were approved"),
    "site_unknown": _l("Links to a site that is new here"),
    "shortener": _l("A link that hides where it leads"),
    "on_topic": _l("Uses the thread's words"),
    "off_topic": _l("Takes up no word of the thread"),
    "stock_praise": _l("Praise that could stand anywhere"),
    "pace": _l("Many texts within an hour"),
    "burst": _l("Texts by newcomers within ten minutes, on the whole board"),
    "fresh": _l("The account is less than a day old"),
    "unconfirmed": _l("The mail address is not confirmed"),
    "disposable_mail": _l("The mail address is of a kind that is thrown away after use"),
    "network": _l("Texts of others from the same network, rejected and approved"),
    "rejections": _l("Texts of this account that were rejected"),
    "good_record": _l("Texts of this account that were approved"),
    "rule_phrase": _l("A rule holds this phrase"),
    "rule_site": _l("A rule holds this site"),
    "akismet": _l("Akismet says that it is spam"),
    "stopforumspam": _l("StopForumSpam knows the sender"),
    "service_down": _l("An outside service did not answer, so newcomers' doubtful posts wait"),
}
# Codes that speak for spam or against it, by their sign.
FOR_STAFF_WHEN_GOOD: Mapping[str, LazyString] = {
    "text": _l("The words are like good posts"),
    "akismet": _l("Akismet says that it is good"),
    "stopforumspam": _l("StopForumSpam does not know the sender"),
}

# The codes that speak for spam, without those that would tell the writer of a program what to mend.
FOR_AUTHOR: Mapping[str, LazyString] = {
    "text": _l("Its words are like those of advertisements."),
    "no_model": _l("The filter is being repaired, so all newcomers' posts wait."),
    "rejected_before": _l("The same text was rejected before."),
    "near_rejected": _l("Almost the same text was rejected before."),
    "near_waiting": _l("Almost the same text waits already."),
    "repeated": _l("The same text was posted elsewhere."),
    "campaign": _l("The same text was posted in several places."),
    "added_links": _l("Your change adds links."),
    "late_links": _l("Your change brings a link into an older post."),
    "many_links": _l("It holds many links, and your account is new here."),
    "site_rejected": _l("It links to a site whose texts were rejected before."),
    "site_unknown": _l("It links to a site that is new here."),
    "shortener": _l("It has a short link that hides where it leads."),
    "pace": _l("You posted a lot within an hour."),
    "unconfirmed": _l("Your mail address is not confirmed yet."),
    "service_down": _l(
        "A service that helps us against spam did not answer, so newcomers' doubtful posts wait."
    ),
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
    phrase = (weight < 0 and FOR_STAFF_WHEN_GOOD.get(code)) or FOR_STAFF.get(code, code)
    told = {"reason": phrase, "weight": f"{weight:+.1f}"}
    if detail := reason.get("detail"):
        return _("%(reason)s: %(detail)s (%(weight)s)", detail=detail, **told)
    return _("%(reason)s (%(weight)s)", **told)
