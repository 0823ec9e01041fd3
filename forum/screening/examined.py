"""A text with all that was found out about it before the transaction in which it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app

from forum.screening.origins import Origin
from forum.screening.questions import Opinion
from forum.screening.rules import Criterion
from forum.spam import nearness
from forum.spam.fingerprints import fingerprint
from forum.spam.folding import fold
from forum.spam.judging import Policy, Reading, Submission, text_of
from forum.spam.nearness import Shingles
from forum.spam.sites import host_of, sites_of
from forum.spam.weights import Weights


@dataclass(frozen=True, slots=True)
class Examined:
    """What costs time to find out, so that no other writer has to wait for it."""

    submission: Submission
    text: str
    """What the model reads, and what is stored to learn from."""
    mark: int
    """The fingerprint of title and body; the name is left out, since a campaign writes under many."""
    shingles: Shingles = field(compare=False, repr=False)
    bands: tuple[int, ...]
    sites: tuple[str, ...]
    weights: Weights = field(default_factory=Weights, compare=False, repr=False)
    policy: Policy = field(default_factory=Policy)
    """The weights and the policy that it is judged by."""
    reading: Reading | None = None
    shadow_probability: float | None = None
    near: Mapping[int, float] = field(default_factory=dict)
    """The screenings that hold near copies, with their resemblance."""
    newest_id: int = 0
    """The last screening that was looked at for `near`."""
    neighbours: tuple[int, int] = (0, 0)
    """Approved and rejected texts of other accounts from the same part of the network."""
    rules: tuple[Criterion, ...] = ()
    """Those of the staff that it meets."""
    is_mail_disposable: bool = False
    origin: Origin = field(default_factory=Origin)
    opinions: tuple[Opinion, ...] = ()
    asked: dict[str, str] | None = None
    """What an outside service was told."""


def unread(submission: Submission) -> Examined:
    """A text of which only that is known which stands in it; nobody was asked. Up to a few milliseconds."""
    text = text_of(submission)
    found = nearness.shingles(text)
    return Examined(
        submission=submission,
        text=text,
        mark=fingerprint(f"{submission.title}\n{submission.body}"),
        shingles=found,
        bands=nearness.bands(found),
        sites=linked_sites(submission.body, submission.links),
    )


def linked_sites(text: str, links: Iterable[str] = ()) -> tuple[str, ...]:
    """The sites of the links as rendered, and of those that only the reader's eye would take for links."""
    own_host = _own_host(current_app.config["SETTINGS"].base_url)
    return sites_of((*links, *fold(text).links), own_host=own_host)


# Asked with each text.
_own_host = lru_cache(maxsize=4)(host_of)
