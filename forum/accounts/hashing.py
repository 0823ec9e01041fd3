"""Passwords as the database keeps them: argon2id."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum import processors

T = TypeVar("T")

# OWASP's password storage cheat sheet, 2025: 19 MiB and two passes. About 50 ms on a small server, so that somebody who
# steals the table tries twenty passwords a second and core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The password as an argon2id hash with its own salt, about 100 characters. Takes about 50 ms: not in `write()`."""
    return _in_turn(partial(_HASHER.hash, _same(password)))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; as slow for None, nobody's hash, as for any other."""
    try:
        _in_turn(partial(_HASHER.verify, password_hash or _decoy(), _same(password)))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


# So many passwords are hashed at once by a process; the others wait.
AT_ONCE = 2


def _in_turn(work: Callable[[], T]) -> T:
    """The result of `work`, done by one of AT_ONCE threads that do nothing else.

    Each takes 19 MiB and all the processor that it gets, and whoever tries passwords by the hundred must not take more.
    """
    return _threads(os.getpid()).submit(work).result()


@cache
def _threads(_process: int) -> ThreadPoolExecutor:
    # One for each process, since threads do not live on in a process that is forked. What they do holds no lock of the
    # interpreter's, so that it need not keep the processor on which everything else is answered.
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hashing", initializer=processors.leave)


def _same(password: str) -> str:
    """One form for what different keyboards send as different code points; RFC 8265, OpaqueString."""
    return unicodedata.normalize("NFC", password)


@cache
def _decoy() -> str:
    return _HASHER.hash("what is compared when there is nobody to compare with")
