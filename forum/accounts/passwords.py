"""Passwords: which are good enough, and changing one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forum.accounts import letters, sessions
from forum.accounts.models import User
from forum.errors import Conflict, Invalid

# Three words or a sentence are quickly typed on a telephone, while eight characters are tried out in hours.
SHORTEST = 10
# Far above any password manager's, and short enough that nobody makes the board hash a book.
LONGEST = 128
# zxcvbn's "safely unguessable": 10^8 guesses, a month for one core that has stolen the table of hashes.
LOWEST_SCORE = 3
# What stands behind these can only make a password better, while judging takes exponentially longer: a row of signs
# that can stand for letters costs up to 0.1 s at 24 characters, and more than 5 s at zxcvbn's own limit of 72.
JUDGED = 24
# Whoever guesses passwords of a board begins with its name.
OWN_WORDS = ("engawa", "縁側", "jet programme", "life in japan")


def check(password: str, *known_words: str, field: str = "password") -> None:
    """Raise Invalid, with advice, for a password that is too short, too long or quickly guessed.

    `known_words` are what a guesser knows of its owner: name and address. There are no rules about kinds of characters,
    since they make passwords harder to remember and no harder to guess. Takes 5 to 100 ms: not in `write()`.
    """
    if len(password) < SHORTEST:
        raise Invalid(
            **{field: ngettext("At least %(num)d character.", "At least %(num)d characters.", SHORTEST)}
        )
    if len(password) > LONGEST:
        raise Invalid(
            **{field: ngettext("At most %(num)d character.", "At most %(num)d characters.", LONGEST)}
        )
    words = [*OWN_WORDS, *(part for word in known_words for part in (word, *word.split("@")) if part)]
    if _is_little_more_than(words, password):
        raise Invalid(**{field: f"{_own_words()} {_advice()}"})
    # Its lists of words take 12 MiB, and few processes ever see a new password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    result = zxcvbn(password[:JUDGED], user_inputs=words)
    if result["score"] < LOWEST_SCORE:
        raise Invalid(**{field: f"{_weakness(result['sequence'])} {_advice()}"})


def change(
    session: Session,
    user_id: int,
    seen_version: int,
    password_hash: str,
    now: datetime,
    *,
    kept_session_id: int = 0,
) -> None:
    """Give a member a new password: links in mails become void, all sessions end but the one to keep, a mail tells it.

    `seen_version` is the credentials_version at which the right to do so was proven; raises Conflict when password or
    address have changed since. Call `mail.deliver_soon` after the commit.
    """
    statement = (
        sa.update(User)
        .where(User.id == user_id, User.credentials_version == seen_version)
        .values(password_hash=password_hash, credentials_version=User.credentials_version + 1)
        .returning(User)
    )
    user = session.scalars(statement).first()
    if user is None:
        raise Conflict(_("Your password or address has just been changed elsewhere. Please try again."))
    sessions.end_all(session, user_id, except_id=kept_session_id)
    letters.password_changed(session, user, now)


def _is_little_more_than(words: Iterable[str], password: str) -> bool:
    """Whether hardly anything is left of a password without the words, which zxcvbn overlooks where signs join them."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "") if len(word) > 2 else rest
    return len(rest) < SHORTEST // 2


def _own_words() -> str:
    return _("It is built from your name, your address or the name of this board.")


def _advice() -> str:
    return _("Three or four unrelated words are good.")


def _weakness(matches: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with the longest guessable part of a password, in a sentence that does not repeat the password."""
    guessable = [match for match in matches if match["pattern"] != "bruteforce"]
    longest = max(guessable, key=lambda match: len(match["token"]), default={"pattern": "bruteforce"})
    dictionary = longest.get("dictionary_name")
    if dictionary == "user_inputs":
        return _own_words()
    if dictionary == "passwords":
        return _("It is close to a password that many people use.")
    sentences = {
        "dictionary": _("One or two common words are quickly guessed."),
        "spatial": _("Keys that lie side by side are quickly guessed."),
        "repeat": _("Repeating something hardly makes it harder to guess."),
        "sequence": _("Rows such as abc or 123 are quickly guessed."),
        "regex": _("Years and dates are quickly guessed."),
        "date": _("Years and dates are quickly guessed."),
    }
    return sentences.get(longest["pattern"], _("It is quickly guessed."))
