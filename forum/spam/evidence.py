"""What speaks for and against a submission.

Every piece of evidence is a `Reason` with log-odds.  The codes of the reasons:

    text             the text model; detail: the words that spoke loudest
    no_model         there is no text model, so a newcomer's post waits
    trap             the field that people can't see was filled
    no_form          the form was not served by the board
    quick_form       sent faster than a person reads the form; detail: the seconds
    rejected_before  the same text was rejected before; detail: how often
    repeated         the same text stands or waits elsewhere; detail: how often
    added_links      an edit brought links in; detail: their hosts
    many_links       more links than a first post needs; detail: their hosts
    pace             many posts within the hour; detail: how many
    on_topic         the reply takes up words of its thread; detail: the words
    unconfirmed      the e-mail address is not confirmed
    rejections       posts of this account were rejected; detail: how many
    good_record      posts of this account were approved; detail: how many
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import log, log2

from forum.spam.features import SEPARATOR
from forum.spam.folding import fold
from forum.spam.model import Model
from forum.spam.traits import host_of

DAY_S = 86_400.0


class Standing(StrEnum):
    """How well the board knows an account."""

    NEWCOMER = "newcomer"  # nothing approved yet
    KNOWN = "known"  # at least one post approved
    TRUSTED = "trusted"
    STAFF = "staff"


# Ten posts that people read and let stand can't be had in an evening, nor can a month.
TRUSTED_APPROVED = 10
TRUSTED_AGE_S = 30 * DAY_S
# One mistake in twenty is a person; more is a pattern.
TRUSTED_REJECTED_SHARE = 0.05

# No text is more certain than 50 to 1: the model has not seen the whole world.
MOST_TEXT_WEIGHT = 4.0
# People don't see the trap; a form filler or a screen reader's user may rarely fill it.
TRAP_WEIGHT = 4.0
# A page kept open over a restart, or a script.
NO_FORM_WEIGHT = 1.5
# Nobody reads a form and answers it in under two seconds; a short answer takes three or four.
QUICK_FORM_S, QUICK_FORM_WEIGHT = 2.0, 2.5
HASTY_FORM_S, HASTY_FORM_WEIGHT = 4.0, 0.7
# Moderators judged this very text; a second time leaves no doubt.
REJECTED_BEFORE_WEIGHT, REJECTED_AGAIN_WEIGHT = 3.5, 5.0
# The same question in two boards is a beginner's habit, the same text in three is a campaign.
REPEATED_WEIGHT, CAMPAIGN_WEIGHT = 1.2, 3.0
# "Thank you!" is said by everybody.
SHORTEST_REPEAT_CHARS = 20
# A link that comes by an edit is what a sleeper waits for: the first reading is over.
ADDED_LINK_WEIGHTS = {Standing.NEWCOMER: 2.5, Standing.KNOWN: 1.0, Standing.TRUSTED: 0.0, Standing.STAFF: 0.0}
FURTHER_LINK_WEIGHT, MOST_FURTHER_LINKS = 0.5, 4
# Two links answer a question; from the fourth on it is a list.
MANY_LINKS, MANY_LINKS_WEIGHT = 4, 1.0
# People settle in with a few posts; more than eight in an hour is a race.
CALM_POSTS, PACE_WEIGHT, MOST_PACE_WEIGHT = 8, 0.25, 2.5
# A reply that takes up the thread's own words was written by somebody who read it; robots learn to copy them, too.
ON_TOPIC_WEIGHT, ON_TOPIC_WORDS = -0.7, 2
UNCONFIRMED_WEIGHT = 0.7
REJECTION_WEIGHT, MOST_REJECTION_WEIGHT = 0.8, 3.0
MOST_RECORD_WEIGHT = 3.0

# What more links could say, these have said.
MOST_LINKS_READ = 50
DETAIL_CHARS = 80
DETAIL_WORDS = 4
TOPIC_WORD = re.compile("[\u4e00-\u9fff]{2,}|[\u30a0-\u30ff]{3,}|[a-z]{6,}|[\u0430-\u044f]{6,}")


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody wants to publish."""

    kind: str  # "thread", "reply", "edit", "title" or "profile"
    body: str  # Markdown source, or the profile's text
    title: str = ""
    author_name: str = ""
    links: tuple[str, ...] = ()  # link targets as rendered
    added_links: int | None = None  # of an edit: links that the old version lacks; None: not an edit
    context: str = ""  # title and opening post of the thread that it answers
    form_age_s: float | None = (
        None  # from the form's being served to its being sent; None: the form was not ours
    )
    is_trap_filled: bool = False  # the hidden field held something


@dataclass(frozen=True, slots=True)
class Record:
    """The account behind a submission."""

    age_s: float
    approved: int
    rejected: int
    is_staff: bool = False
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the board knows at this moment."""

    model: Model | None  # None: broken or missing
    record: Record
    same_text_rejected: int = 0  # rejected texts with the same fingerprint
    same_text_elsewhere: int = 0  # the same text, published or waiting elsewhere, in the last week
    recent_posts: int = 0  # by this author in the last hour


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: log-odds, positive towards spam, and plain words or domains."""

    code: str
    weight: float
    detail: str = ""


def reasons_for(submission: Submission, knowledge: Knowledge, standing: Standing) -> Iterator[Reason]:
    """Every piece of evidence for and against a submission, in no order.  Two readings by the text model."""
    yield _text(submission, knowledge.model)
    yield from _form(submission)
    yield from _repeats(submission, knowledge)
    yield from _links(submission, standing)
    yield from _topic(submission)
    yield from _account(knowledge)


def _text(submission: Submission, model: Model | None) -> Reason:
    if model is None:
        return Reason("no_model", 0.0)
    text = text_of(submission)
    probability = model.probability(text)
    weight = max(-MOST_TEXT_WEIGHT, min(MOST_TEXT_WEIGHT, log(probability / (1 - probability))))
    loudest = [word for word, odds in model.evidence(text, 3 * DETAIL_WORDS) if odds * weight > 0]
    return _reason("text", weight, " ".join(loudest[:DETAIL_WORDS]))


def _form(submission: Submission) -> Iterator[Reason]:
    age_s = submission.form_age_s
    if submission.is_trap_filled:
        yield Reason("trap", TRAP_WEIGHT)
    if age_s is None:
        yield Reason("no_form", NO_FORM_WEIGHT)
    elif age_s < QUICK_FORM_S:
        yield _reason("quick_form", QUICK_FORM_WEIGHT, f"{age_s:.1f}")
    elif age_s < HASTY_FORM_S:
        yield _reason("quick_form", HASTY_FORM_WEIGHT, f"{age_s:.1f}")


def _repeats(submission: Submission, knowledge: Knowledge) -> Iterator[Reason]:
    if rejected := knowledge.same_text_rejected:
        yield _reason(
            "rejected_before",
            REJECTED_BEFORE_WEIGHT if rejected == 1 else REJECTED_AGAIN_WEIGHT,
            str(rejected),
        )
    if (elsewhere := knowledge.same_text_elsewhere) and len(submission.body) >= SHORTEST_REPEAT_CHARS:
        yield _reason("repeated", REPEATED_WEIGHT if elsewhere == 1 else CAMPAIGN_WEIGHT, str(elsewhere))


def _links(submission: Submission, standing: Standing) -> Iterator[Reason]:
    hosts = " ".join(dict.fromkeys(host_of(link) for link in submission.links[:MOST_LINKS_READ]))
    if (added := submission.added_links) and ADDED_LINK_WEIGHTS[standing]:
        further = min(added - 1, MOST_FURTHER_LINKS) * FURTHER_LINK_WEIGHT
        yield _reason("added_links", ADDED_LINK_WEIGHTS[standing] + further, hosts)
    if len(submission.links) >= MANY_LINKS and standing is Standing.NEWCOMER:
        yield _reason("many_links", MANY_LINKS_WEIGHT, hosts)


def _topic(submission: Submission) -> Iterator[Reason]:
    if submission.context:
        shared = _topic_words(submission.body) & _topic_words(submission.context)
        if len(shared) >= ON_TOPIC_WORDS:
            yield _reason("on_topic", ON_TOPIC_WEIGHT, " ".join(sorted(shared)[:DETAIL_WORDS]))


def _topic_words(text: str) -> set[str]:
    return set(TOPIC_WORD.findall(fold(text[:2000]).text))


def _account(knowledge: Knowledge) -> Iterator[Reason]:
    record = knowledge.record
    if (hurried := knowledge.recent_posts - CALM_POSTS) > 0:
        yield _reason("pace", min(MOST_PACE_WEIGHT, PACE_WEIGHT * hurried), str(knowledge.recent_posts))
    if not record.is_confirmed:
        yield Reason("unconfirmed", UNCONFIRMED_WEIGHT)
    if record.rejected:
        yield _reason(
            "rejections", min(MOST_REJECTION_WEIGHT, REJECTION_WEIGHT * record.rejected), str(record.rejected)
        )
    if record.approved:
        # The first approvals say most: one, three, seven approved posts halve the odds of spam over and over.
        yield _reason(
            "good_record", -min(MOST_RECORD_WEIGHT, log2(1 + record.approved) * log(2)), str(record.approved)
        )


def _reason(code: str, weight: float, detail: str) -> Reason:
    return Reason(code, round(weight, 3), detail[:DETAIL_CHARS])


def text_of(submission: Submission) -> str:
    """The one text that the model reads, and that is stored to learn from: title and body, the author's name, and the
    links that don't show in the body.
    """
    text = "\n\n".join(part for part in (submission.title, submission.body) if part).replace(SEPARATOR, " ")
    unseen = " ".join(link for link in submission.links[:MOST_LINKS_READ] if link not in text)
    if not submission.author_name and not unseen:
        return text
    return SEPARATOR.join(
        (text, submission.author_name.replace(SEPARATOR, " "), unseen.replace(SEPARATOR, " "))
    )


def standing_of(record: Record) -> Standing:
    """How well the board knows the account."""
    if record.is_staff:
        return Standing.STAFF
    is_seasoned = record.approved >= TRUSTED_APPROVED and record.age_s >= TRUSTED_AGE_S
    if is_seasoned and record.rejected <= TRUSTED_REJECTED_SHARE * record.approved:
        return Standing.TRUSTED
    return Standing.KNOWN if record.approved else Standing.NEWCOMER
