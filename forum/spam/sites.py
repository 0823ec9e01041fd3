"""Whose site a link leads to, and what the board knows of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from urllib.parse import urlsplit

from forum.spam.traits import SHORTENERS

# Labels under a country's own, below which anybody registers: example.co.jp, example.com.au.
SECOND_LEVEL = frozenset("ac ad co com ed edu go gob gov gr lg mil ne net or org".split())
# Hosts that give a name of its own to each of their customers, who answer for themselves.
SHARED_BY_NAME = frozenset(
    "amebaownd.com azurewebsites.net blog.jp blogspot.com fc2.com github.io gitlab.io hatenablog.com herokuapp.com"
    " jimdofree.com livedoor.blog myshopify.com netlify.app pages.dev seesaa.net substack.com tumblr.com vercel.app"
    " web.app webnode.page weebly.com wixsite.com wordpress.com".split()
)
# Hosts that give them a path. A short link is the smallest of these: it leads to one place only.
SHARED_BY_PATH = (
    frozenset(
        "ameblo.jp chat.whatsapp.com docs.google.com facebook.com forms.gle instagram.com line.me lin.ee lit.link"
        " medium.com note.com sites.google.com t.me telegram.me tiktok.com wa.me".split()
    )
    | SHORTENERS
)
# Path segments that name a kind of page and nobody's place.
NO_OWNER = frozenset(("d", "e", "forms", "groups", "p", "r", "ti", "view"))

ADDRESS = re.compile(r"[\d.]+|\[.*\]|.*:.*")
LONGEST_SITE = 120
# What more links could say, these have said.
MOST_SITES = 50

# Before anybody decided, good and bad are as likely, and one decision doubles the odds.
PRIOR_APPROVED, PRIOR_REJECTED = 1.0, 1.0


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """How many texts with a link to a site were approved and rejected, and how long ago the first one came."""

    site: str
    approved: int = 0
    rejected: int = 0
    age_s: float = 0.0

    @property
    def is_known(self) -> bool:
        return self.approved > 0 or self.rejected > 0

    @property
    def log_odds(self) -> float:
        """How much worse (or, below 0, better) than an unknown site: the mean of a Beta distribution, as log-odds."""
        prior = log(PRIOR_REJECTED / PRIOR_APPROVED)
        return log((self.rejected + PRIOR_REJECTED) / (self.approved + PRIOR_APPROVED)) - prior


def sites_of(links: Iterable[str], *, own_host: str = "") -> tuple[str, ...]:
    """The sites that links lead to, each once, in their order, at most 50; without the board's own host."""
    found = {site_of(link): None for link in links if host_of(link) != own_host}
    found.pop("", None)
    return tuple(found)[:MOST_SITES]


def hosts_of(links: Iterable[str]) -> tuple[str, ...]:
    """The whole hosts that links lead to, each once."""
    return tuple(dict.fromkeys(host for link in links if (host := host_of(link))))


def site_of(link: str) -> str:
    """Who answers for what a link leads to: a registered name, or a customer's name or path; "" for nobody."""
    host = host_of(link)
    if not host or ADDRESS.fullmatch(host):
        return host[:LONGEST_SITE]
    if host in SHARED_BY_PATH:
        return f"{host}{_owner(link)}"[:LONGEST_SITE]
    return _registered(host)[:LONGEST_SITE]


def host_of(link: str) -> str:
    """The host of a link in lower case, without `www.`, port and user name; "" for one that leads to no host."""
    address = link if "://" in link else f"//{link.removeprefix('//')}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    is_web = parts.scheme in ("", "http", "https") and ("." in host or ":" in host)
    return host.removeprefix("www.") if is_web and not link.startswith(("mailto:", "tel:")) else ""


def is_shortener(site: str) -> bool:
    """Whether a site hides where it leads."""
    return site.partition("/")[0] in SHORTENERS


def _registered(host: str) -> str:
    labels = host.split(".")
    is_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    keep = 3 if is_country else 2
    if ".".join(labels[-keep:]) in SHARED_BY_NAME:
        keep += 1
    return ".".join(labels[-keep:])


def _owner(link: str) -> str:
    """The first part of the path that may name somebody, with its stroke; upper case means another short link."""
    path = link.partition("://")[2] or link
    segments = [segment for segment in re.split(r"[?#]", path)[0].split("/")[1:] if segment]
    owned = next((segment for segment in segments if segment not in NO_OWNER), "")
    return f"/{owned}" if owned else ""
