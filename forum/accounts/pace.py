"""How often somebody may try: what leaves no row behind is counted in `forum.limiting`."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from limits import RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute

from forum import limiting
from forum.accounts.sessions import hash_of
from forum.text import names

# A staff room or a dormitory shares one address, and each of its people mistypes once or twice.
LOGINS_FROM_NETWORK = RateLimitItemPerMinute(30, 15)
# Somebody who tries all their old passwords needs about ten; a guesser gets 2,000 a day, where 10^8 are needed.
LOGINS_TO_ACCOUNT = RateLimitItemPerMinute(20, 15)
# New arrivals join together on the wireless network of one hotel in Tokyo, some with a better password at second try.
JOINS_FROM_NETWORK = RateLimitItemPerHour(60)
# One gets lost, one comes late, one is for luck. Who is not a member can't be flooded by us either.
MAILS_TO_ADDRESS = RateLimitItemPerHour(3)
MAILS_TO_ADDRESS_A_DAY = RateLimitItemPerDay(8)
# Words about oneself are found in a few tries; what changes all day is a notice board, and costs the filter each time.
PROFILES_OF_MEMBER = RateLimitItemPerDay(20)
# Whoever asks for mails to many different addresses wants something else than to get in.
MAILS_FROM_NETWORK = RateLimitItemPerHour(15)

# A household gets at least a /64 of IPv6, so single addresses of it count nothing.
IPV6_PREFIX = 64


def count_login(remote_address: str | None, account: str) -> None:
    """Count a try to log in to what was typed, whether there is such an account or not. Raises TooFast.

    Others can thereby lock a member out for a quarter of an hour; the link for a forgotten password lets them in again.
    """
    limiting.hit(LOGINS_FROM_NETWORK, "login", network(remote_address))
    limiting.hit(LOGINS_TO_ACCOUNT, "login-to", hash_of(names.key(account.strip())))


def count_password_check(user_id: int) -> None:
    """Count a try to prove who one is, or to find a new password, once it is known whose. Raises TooFast."""
    limiting.hit(LOGINS_TO_ACCOUNT, "password", str(user_id))


def count_join(remote_address: str | None) -> None:
    """Count a try to join. Raises TooFast."""
    limiting.hit(JOINS_FROM_NETWORK, "join", network(remote_address))


def count_profile(user_id: int) -> None:
    """Count a profile that is saved. Raises TooFast."""
    limiting.hit(PROFILES_OF_MEMBER, "profile", str(user_id))


def count_mail(remote_address: str | None, address_key: str) -> None:
    """Count a mail that somebody causes, whether it is known who gets it or not. Raises TooFast."""
    limiting.hit(MAILS_FROM_NETWORK, "mail-from", network(remote_address))
    limiting.hit(MAILS_TO_ADDRESS, "mail-to", hash_of(address_key))
    limiting.hit(MAILS_TO_ADDRESS_A_DAY, "mail-to", hash_of(address_key))


# Everybody who writes is counted, and to take an address apart takes ten times as long as to find it here.
@lru_cache(maxsize=256)
def network(remote_address: str | None) -> str:
    """What is counted as one visitor: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        address = ipaddress.ip_address(remote_address or "")
    except ValueError:
        return ""
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
