"""What outside services are asked, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A text and its sender. Each service gets only the parts that it works with."""

    address: str
    """The sender's network address; without one that is public nobody is asked."""
    text: str
    """What was written, title first, as plain Markdown."""
    kind: str
    """thread, reply, edit or profile, as `forum.screening.models.Kind` has them."""
    author_name: str = ""
    user_agent: str = ""
    referrer: str = ""
    lang: str = ""
    mail_address: str = ""
    """Passed on only where the operator allows it, so callers may always give it."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a service said."""

    service: str
    """Its code: akismet or stopforumspam."""
    value: float = 0.0
    """Towards spam: -0.5 for good, 0 for "not known", 1 for spam, 2 for spam so blatant that nobody need look at it."""
    is_failed: bool = False
    """It was asked and gave no answer that can be used within the time."""
