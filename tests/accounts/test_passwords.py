"""Judging passwords: what is guessed soon is refused, and judging stays quick."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from forum.accounts import passwords
from forum.errors import Invalid


# Each sign can stand for several letters, so that a dictionary finds words in countless spellings. Judged to the 72nd
# character, the first one takes seconds.
@pytest.mark.parametrize(
    "password",
    [
        "3aa9a40da{ae|f6o[e8ge2416fc0ob79{$g65[$+@6+(d%0818b$4[+c[c8|ac629<+<3!68",
        "4@8({[<369" * 12,
        "p4$$w0rd" * 16,
        "x" * 128,
    ],
)
def test_the_slowest_passwords_are_judged_in_a_moment(app, password):
    began_s = time.process_time()
    with app.test_request_context(), suppress(Invalid):
        passwords.check(password, "Alice", "alice@example.org")
    assert time.process_time() - began_s < 1


@pytest.mark.parametrize(
    "password", ["kotatsu mikan winter", "correct horse battery staple", "冬はこたつでみかんを食べる"]
)
def test_a_few_words_are_good(app, password):
    with app.test_request_context():
        passwords.check(password, "Alice", "alice@example.org")
