"""Passwords as the database keeps them: argon2id."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's password storage cheat sheet, 2025: 19 MiB and two passes. About 50 ms on a small server, so that somebody who
# steals the table tries twenty passwords a second and core, while ten members who log in at once need 190 MiB.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The password as an argon2id hash with its own salt, about 100 characters. Takes about 50 ms: not in `write()`."""
    return _HASHER.hash(_same(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; as slow for None, nobody's hash, as for any other."""
    try:
        return _HASHER.verify(password_hash or _decoy(), _same(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _same(password: str) -> str:
    """One form for what different keyboards send as different code points; RFC 8265, OpaqueString."""
    return unicodedata.normalize("NFC", password)


@cache
def _decoy() -> str:
    return _HASHER.hash("what is compared when there is nobody to compare with")
