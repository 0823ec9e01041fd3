"""Where a text came from, as far as the filter may know it: an address for the moment, a keyed hash for a month."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

# Long enough to see that a campaign comes from one place, too short to follow where somebody lives and travels.
NETWORK_KEPT = timedelta(days=30)

# Of special use (IANA's registries): loopback, private, shared and link-local. The same address stands for other
# machines in other places, and behind a proxy that the board was not told of it is the proxy's for every visitor.
LOCAL_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)

# What one subscriber or one rented server farm can change addresses within.
IPV4_PREFIX, IPV6_PREFIX = 24, 48
# The database's integers have 63 bits and a sign.
HASH_BITS = 63


@dataclass(frozen=True, slots=True)
class Origin:
    """What the request that brought a text says of its sender. Only `network` is stored with every text."""

    address: str = ""
    """The network address, as the trusted proxies tell it; empty when there is none, as for an import."""
    user_agent: str = ""
    network: int | None = None
    """The keyed hash of the address's neighbourhood; None without a public address."""
    referrer: str = ""


def is_public(address: str) -> bool:
    """Whether it is the address of one place on the internet: not a local one, and not something else."""
    return _public(address) is not None


def network_hash(address: str, key: str) -> int | None:
    """A number of 63 bits for the /24 or /48 around an address; None for what is no public address.

    Neighbours share it, and without `key` nobody can find out by trying all networks which one it stands for.
    """
    parsed = _public(address)
    if parsed is None:
        return None
    prefix = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX
    # By its number and not as text, for the text of an IPv6 address may also name an interface.
    neighbourhood = int(parsed) >> (parsed.max_prefixlen - prefix)
    message = f"network v{parsed.version} {neighbourhood}".encode()
    digest = hmac.digest(key.encode(), message, hashlib.sha256)
    return int.from_bytes(digest[:8]) >> (64 - HASH_BITS)


# Whoever writes comes from the same address again and again.
@lru_cache(maxsize=256)
def _public(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None for what is no public address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return None if any(parsed in network for network in LOCAL_NETWORKS) else parsed
