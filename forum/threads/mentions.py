"""Which @names in a text are members."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.text.rendering import linked_names

_KNOWN = sa.select(User.name_key, User.name).where(User.name_key.in_(sa.bindparam("keys", expanding=True)))


def known(session: Session, body: str) -> Mapping[str, str]:
    """The members that a text mentions, as key -> name; one statement, or none where there is no @."""
    keys = linked_names(body)
    if not keys:
        return {}
    rows = session.connection().execute(_KNOWN, {"keys": list(keys)})
    return {row.name_key: row.name for row in rows}
