"""Which @names in a text are members."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from forum.accounts.models import User
from forum.sql import among, listed
from forum.statements import Source, Statement
from forum.text.rendering import linked_names

_KNOWN = Statement(sa.select(User.name_key, User.name).where(among(User.name_key, listed("keys"))))


def known(source: Source, body: str) -> Mapping[str, str]:
    """The members that a text mentions, as key -> name; one statement, or none where there is no @."""
    keys = linked_names(body)
    if not keys:
        return {}
    return {row.name_key: row.name for row in _KNOWN.all(source, {"keys": list(keys)})}
