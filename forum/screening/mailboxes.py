"""Which mail addresses are thrown away after use."""

from __future__ import annotations

from functools import cache


def is_disposable(address: str) -> bool:
    """Whether an address is at a host, or below one, that gives mailboxes for minutes."""
    labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in _hosts() for start in range(len(labels) - 1))


@cache
def _hosts() -> frozenset[str]:
    """Ten thousand hosts, in public domain: 4 MiB and 30 ms, so that they are loaded with the first question."""
    from disposable_email_domains import blocklist  # noqa: PLC0415

    return frozenset(blocklist)
