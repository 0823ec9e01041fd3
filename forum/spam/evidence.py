"""What the filter is told of a text and of the account behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, log

from forum.spam.features import SEPARATOR
from forum.spam.model import Model
from forum.spam.sites import SiteRecord

DAY_S = 86_400.0

# Ten posts that people read and let stand can't be had in an evening, nor can a month.
TRUSTED_APPROVED = 10
TRUSTED_AGE_S = 30 * DAY_S
# One mistake in twenty is a person; more is a pattern.
TRUSTED_REJECTED_SHARE = 0.05

# No text is more certain than 50 to 1: the model has not seen the whole world.
MOST_TEXT_LOG_ODDS = 4.0
# A name or a date says nothing alone.
SHORTEST_PASSAGE_CHARS = 20
# What more links could say, these have said.
MOST_LINKS_READ = 50
LOUDEST_WORDS = 4
# None of these counts weighs more for being above 32, and what a flood brings must not be walked through for each text.
MOST_COUNTED = 100

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


class Standing(StrEnum):
    """How well the board knows an account."""

    NEWCOMER = "newcomer"  # nothing approved yet
    KNOWN = "known"  # at least one post approved
    TRUSTED = "trusted"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody wants to publish."""

    kind: str  # "thread", "reply", "edit" or "profile"
    body: str  # Markdown source, or the profile's text
    title: str = ""
    author_name: str = ""
    links: tuple[str, ...] = ()  # link targets as rendered
    added_links: int | None = None  # of an edit: links that the old version lacks; None: not an edit
    added_text: str = ""  # of an edit: the passages that the old version lacks
    post_age_s: float = 0.0  # of an edit: how long the post has stood
    context: str = ""  # title and opening post of the thread that it answers
    form_age_s: float | None = (
        None  # from the form's being served to its being sent; None: the form was not ours
    )
    is_trap_filled: bool = False  # the hidden field held something
    pasted_share: float | None = None  # of its characters, 0 to 1; None: the browser did not say


@dataclass(frozen=True, slots=True)
class Record:
    """The account behind a submission."""

    age_s: float
    approved: int
    rejected: int
    is_staff: bool = False
    is_confirmed: bool = True
    is_mail_disposable: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text model made of a submission."""

    log_odds: float  # at most MOST_TEXT_LOG_ODDS either way
    words: tuple[str, ...] = ()  # those that spoke loudest for it

    @property
    def probability(self) -> float:
        """Of being spam, by the words alone."""
        return 1 / (1 + exp(-self.log_odds))


@dataclass(frozen=True, slots=True)
class Copies:
    """The texts that a submission nearly is, word for word; its author's own and exact ones are not among them."""

    rejected: float = 0.0  # resemblance to the nearest that moderators rejected, 0 to 1
    waiting: float = 0.0  # to the nearest that waits for them
    elsewhere: int = 0  # how many stand or wait


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the board knows at this moment. Counts go no further than MOST_COUNTED, except those of neighbours, of which
    the ratio weighs.
    """

    reading: Reading | None  # None: the model is broken or missing
    record: Record
    same_text_rejected: int = 0  # rejected texts with the same fingerprint
    same_text_elsewhere: int = 0  # the same text, published or waiting elsewhere, in the last week
    recent_posts: int = 0  # by this author in the last hour
    copies: Copies = Copies()
    sites: tuple[SiteRecord, ...] = ()  # that the submission links to
    newcomers_texts: int = 0  # by other newcomers, on the whole board, in the last minutes
    neighbours_approved: int = 0  # texts of other accounts from the same part of the network
    neighbours_rejected: int = 0
    rules: tuple[
        tuple[str, str], ...
    ] = ()  # kind ("phrase" or "site") and pattern of staff's rules that it meets
    opinions: Mapping[str, float] = field(
        default_factory=dict
    )  # of outside services: -1 good, 1 spam, 2 certain
    silent_services: tuple[str, ...] = ()  # that were asked and failed


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: log-odds, positive towards spam, and plain words or domains."""

    code: str
    weight: float
    detail: str = ""


def read(submission: Submission, model: Model | None) -> Reading | None:
    """What the text model makes of a submission; None without a model. Half a millisecond for a usual post.

    What an edit adds is read alone, too: one advertisement must not hide in a long good post.
    """
    if model is None:
        return None
    probability, words = model.explain(text_of(submission), 3 * LOUDEST_WORDS)
    if len(submission.added_text) >= SHORTEST_PASSAGE_CHARS:
        probability = max(probability, model.probability(submission.added_text))
    log_odds = _log_odds(probability)
    loud = [word for word, odds in words if odds * log_odds > 0]
    return Reading(log_odds, tuple(loud[:LOUDEST_WORDS]))


def added_passages(old: str, new: str) -> str:
    """The sentences and lines of a new version that the old one lacks."""
    before = set(SENTENCE_END.split(old))
    return "\n".join(passage for passage in SENTENCE_END.split(new) if passage and passage not in before)


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


def _log_odds(probability: float) -> float:
    return max(-MOST_TEXT_LOG_ODDS, min(MOST_TEXT_LOG_ODDS, log(probability / (1 - probability))))
