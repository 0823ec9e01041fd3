"""Where the request at hand came from."""

from __future__ import annotations

from flask import current_app

from forum.context import asked
from forum.screening.origins import Origin, network_hash

# A browser's name and an address have no use beyond this length, and both are whatever the sender likes.
LONGEST = 300


def current_origin() -> Origin:
    """The sender of this request, by the address that the trusted proxies tell."""
    request = asked()
    address = request.remote_addr or ""
    return Origin(
        address=address,
        user_agent=request.user_agent.string[:LONGEST],
        network=network_hash(address, current_app.config["SETTINGS"].secret_key),
        referrer=(request.referrer or "")[:LONGEST],
    )
