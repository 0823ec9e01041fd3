"""What speaks for and against a submission: pieces of evidence, each with a code, a value and what was found.

A value is 0 or more, and `weights.PRIORS` says which way its code speaks and how loudly; those of "text", "network",
"akismet" and "stopforumspam" may be negative. The codes:

    text             the text model: its log-odds; detail: the words that spoke loudest
    no_model         there is no text model, so a newcomer's post waits
    trap             the field that people can't see was filled
    no_form          the form was not served by the board
    quick_form       sent faster than a person reads the form (1) or hardly slower (0.28); detail: the seconds
    pasted           the share of a long text that was pasted; detail: the same in per cent
    rejected_before  the same text was rejected before (1), or more than once (1.43); detail: how often
    near_rejected    nearly the same text was rejected: the resemblance, 0.5 to 1; detail: the same in per cent
    near_waiting     nearly the same text by somebody else waits: as above
    repeated         the same text stands or waits in one other place (1); detail: how often
    campaign         it or nearly it does in two or more (1 to 1.5); detail: how often
    added_links      an edit brought links in (0.4 to 1.8, by standing and number); detail: their hosts
    late_links       an edit brought a site about which nobody decided into a post of days ago (1); detail: the site
    many_links       more links than a first post needs (1); detail: their sites
    site_rejected    log-odds, 0 to 3, of the worst site that it links to; detail: the site
    site_approved    all sites that it links to are good: those of the least good one, 0 to 3; detail: the site
    site_unknown     a site about which nobody decided, first seen within a week (1) or before (0.5); detail: the site
    shortener        a link that hides where it leads (1); detail: the host
    on_topic         the reply takes up one (0.5) or more (1) of the thread's telling words; detail: the words
    off_topic        it takes up none, though it is long enough to: up to 1, by the number of its own telling words
    stock_praise     it takes up none, asks nothing and praises: it could stand anywhere (1)
    pace             posts within the hour above what is calm, 0 to 10; detail: how many
    burst            doublings of the usual number of newcomers' texts within ten minutes, 0 to 3; detail: how many
    fresh            what is left of the account's first day, 1 to 0
    unconfirmed      the e-mail address is not confirmed (1)
    disposable_mail  it is of a kind that is thrown away after use (1)
    network          log-odds, -1 to 2, of texts from the same part of the network; detail: rejected and approved ones
    rejections       posts of this account that were rejected, 1 to 4; detail: how many
    good_record      doublings of its approved posts, 1 to 4.3; detail: how many
    rule_phrase      a rule of the staff holds this phrase; detail: the phrase
    rule_site        a rule of the staff holds this site; detail: the site
    akismet, stopforumspam   what the service says, -1 to 2
    service_down     a service could not be asked; detail: which
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import log, log2
from typing import NamedTuple

from forum.spam.evidence import (
    DAY_S,
    MOST_COUNTED,
    MOST_LINKS_READ,
    Knowledge,
    Reading,
    Record,
    Standing,
    Submission,
)
from forum.spam.folding import fold
from forum.spam.lexicon import PRAISE, says, telling
from forum.spam.sites import hosts_of, is_shortener
from forum.spam.traits import words_of

QUICK_FORM_S, HASTY_FORM_S = 2.0, 4.0
# A short answer takes three or four seconds, to who reads fast.
HASTY_VALUE = 0.28
# Who pastes a link or a quotation into a short answer says nothing by it.
SHORTEST_PASTED_CHARS = 200
REJECTED_AGAIN_VALUE = 1.43
# "Thank you!" is said by everybody.
SHORTEST_REPEAT_CHARS = 20
CAMPAIGN, CAMPAIGN_STEP, MOST_CAMPAIGN_VALUE = 2, 0.1, 1.5
ADDED_LINK_VALUES = {Standing.NEWCOMER: 1.0, Standing.KNOWN: 0.4}
FURTHER_LINK_VALUE, MOST_FURTHER_LINKS = 0.2, 4
MANY_LINKS = 4
MOST_SITE_VALUE = 3.0
# The sites of a campaign are days old; one that came up a while ago and that nobody minded is worth half a doubt.
NEW_SITE_S, OLD_SITE_VALUE = 7 * DAY_S, 0.5
CALM_POSTS, MOST_PACE_VALUE = 8, 10.0
# Newcomers of one orientation write at the same time; this many in ten minutes are not remarkable.
CALM_NEWCOMERS, MOST_BURST_VALUE = 4, 3.0
ON_TOPIC_WORDS, TALKATIVE_WORDS = 2, 6
# "Thank you!" needs no topic.
SHORTEST_PRAISE_CHARS = 20
LONGEST_TOPIC_CHARS = 2000
LEAST_NETWORK_VALUE, MOST_NETWORK_VALUE = -1.0, 2.0
MOST_REJECTIONS_VALUE = 4.0
MOST_RECORD_VALUE = 4.3

DETAIL_CHARS = 80
DETAIL_WORDS = 4


class Signal(NamedTuple):
    """One piece of evidence."""

    code: str
    value: float = 1.0
    detail: str = ""


def signals(submission: Submission, knowledge: Knowledge, standing: Standing) -> Iterator[Signal]:
    """Every piece of evidence for and against a submission, each code at most once. Half a millisecond."""
    yield _text(knowledge.reading)
    yield from _form(submission)
    yield from _repeats(submission, knowledge)
    yield from _links(submission, standing)
    yield from _sites(submission, knowledge, standing)
    yield from _topic(submission)
    yield from _account(knowledge.record, standing)
    yield from _traffic(knowledge, standing)
    yield from _staff_rules(knowledge)
    yield from _services(knowledge)


def _text(reading: Reading | None) -> Signal:
    return Signal("text", reading.log_odds, " ".join(reading.words)) if reading else Signal("no_model")


def _form(submission: Submission) -> Iterator[Signal]:
    age_s = submission.form_age_s
    if submission.is_trap_filled:
        yield Signal("trap")
    if age_s is None:
        yield Signal("no_form")
    elif age_s < HASTY_FORM_S:
        yield Signal("quick_form", 1.0 if age_s < QUICK_FORM_S else HASTY_VALUE, f"{age_s:.1f}")
    if (share := submission.pasted_share) and len(submission.body) >= SHORTEST_PASTED_CHARS:
        yield Signal("pasted", share, f"{share:.0%}")


def _counted(number: int) -> str:
    """A count of texts as it is told: where counting stopped there may be more."""
    return f"{number}+" if number >= MOST_COUNTED else str(number)


def _repeats(submission: Submission, knowledge: Knowledge) -> Iterator[Signal]:
    copies = knowledge.copies
    if rejected := knowledge.same_text_rejected:
        yield Signal("rejected_before", 1.0 if rejected == 1 else REJECTED_AGAIN_VALUE, _counted(rejected))
    elif copies.rejected:
        yield Signal("near_rejected", copies.rejected, f"{copies.rejected:.0%}")
    if copies.waiting:
        yield Signal("near_waiting", copies.waiting, f"{copies.waiting:.0%}")
    elsewhere = copies.elsewhere
    if len(submission.body) >= SHORTEST_REPEAT_CHARS:
        elsewhere += knowledge.same_text_elsewhere
    if elsewhere >= CAMPAIGN:
        further = CAMPAIGN_STEP * (elsewhere - CAMPAIGN)
        yield Signal("campaign", min(MOST_CAMPAIGN_VALUE, 1.0 + further), _counted(elsewhere))
    elif elsewhere:
        yield Signal("repeated", detail=_counted(elsewhere))


def _links(submission: Submission, standing: Standing) -> Iterator[Signal]:
    hosts = " ".join(hosts_of(submission.links[:MOST_LINKS_READ]))
    if (added := submission.added_links) and standing in ADDED_LINK_VALUES:
        further = min(added - 1, MOST_FURTHER_LINKS) * FURTHER_LINK_VALUE
        yield Signal("added_links", ADDED_LINK_VALUES[standing] + further, hosts)
    if len(submission.links) >= MANY_LINKS and standing is Standing.NEWCOMER:
        yield Signal("many_links", detail=hosts)


def _sites(submission: Submission, knowledge: Knowledge, standing: Standing) -> Iterator[Signal]:
    if not knowledge.sites:
        return
    worst = max(knowledge.sites, key=lambda record: record.log_odds)
    if worst.log_odds > 0:
        yield Signal("site_rejected", min(MOST_SITE_VALUE, worst.log_odds), worst.site)
    elif worst.log_odds < 0:
        yield Signal("site_approved", min(MOST_SITE_VALUE, -worst.log_odds), worst.site)
    undecided = [record for record in knowledge.sites if not record.is_known]
    unknown = min(undecided, key=lambda record: record.age_s, default=None)
    # Known members link where they like; what they bring into an older text is looked at like a newcomer's.
    if unknown and (standing is Standing.NEWCOMER or (standing is Standing.KNOWN and submission.added_links)):
        yield Signal("site_unknown", 1.0 if unknown.age_s < NEW_SITE_S else OLD_SITE_VALUE, unknown.site)
        if submission.added_links and submission.post_age_s > DAY_S:
            yield Signal("late_links", detail=unknown.site)
    short = next((record.site for record in knowledge.sites if is_shortener(record.site)), None)
    if short:
        yield Signal("shortener", detail=short)


def _topic(submission: Submission) -> Iterator[Signal]:
    """Of an edit, only what it adds is looked at: the old text may have been chosen to be on topic."""
    said = submission.body if submission.added_links is None else submission.added_text
    if not submission.context or not said:
        return
    text = fold(said[:LONGEST_TOPIC_CHARS]).text
    words = words_of(text)
    own = telling(words)
    if shared := own & _topic_words(submission.context[:LONGEST_TOPIC_CHARS]):
        yield Signal(
            "on_topic", min(1.0, len(shared) / ON_TOPIC_WORDS), " ".join(sorted(shared)[:DETAIL_WORDS])
        )
        return
    if own:
        yield Signal("off_topic", min(1.0, len(own) / TALKATIVE_WORDS))
    if len(text) > SHORTEST_PRAISE_CHARS and "?" not in text and says(PRAISE, text, words):
        yield Signal("stock_praise")


# All replies to a thread have the same context, and it is read while other writers wait. Two MiB at most.
@lru_cache(maxsize=64)
def _topic_words(context: str) -> frozenset[str]:
    return frozenset(telling(words_of(fold(context).text)))


def _account(record: Record, standing: Standing) -> Iterator[Signal]:
    if standing is Standing.NEWCOMER and record.age_s < DAY_S:
        yield Signal("fresh", 1.0 - max(0.0, record.age_s) / DAY_S)
    if not record.is_confirmed:
        yield Signal("unconfirmed")
    if record.is_mail_disposable:
        yield Signal("disposable_mail")
    if record.rejected:
        yield Signal("rejections", min(MOST_REJECTIONS_VALUE, record.rejected), str(record.rejected))
    if record.approved:
        yield Signal("good_record", min(MOST_RECORD_VALUE, log2(1 + record.approved)), str(record.approved))


def _traffic(knowledge: Knowledge, standing: Standing) -> Iterator[Signal]:
    if (hurried := knowledge.recent_posts - CALM_POSTS) > 0:
        yield Signal("pace", min(MOST_PACE_VALUE, hurried), _counted(knowledge.recent_posts))
    if standing is Standing.NEWCOMER and (count := knowledge.newcomers_texts) > CALM_NEWCOMERS:
        yield Signal("burst", min(MOST_BURST_VALUE, log2(count / CALM_NEWCOMERS)), _counted(count))
    good, bad = knowledge.neighbours_approved, knowledge.neighbours_rejected
    if good != bad:
        odds = log((bad + 1) / (good + 1))
        yield Signal("network", max(LEAST_NETWORK_VALUE, min(MOST_NETWORK_VALUE, odds)), f"{bad}, {good}")


def _staff_rules(knowledge: Knowledge) -> Iterator[Signal]:
    patterns = dict(reversed(knowledge.rules))
    if "phrase" in patterns:
        yield Signal("rule_phrase", detail=patterns["phrase"])
    if "site" in patterns:
        yield Signal("rule_site", detail=patterns["site"])


def _services(knowledge: Knowledge) -> Iterator[Signal]:
    for service, value in knowledge.opinions.items():
        yield Signal(service, value)
    if knowledge.silent_services:
        yield Signal("service_down", detail=" ".join(knowledge.silent_services))
