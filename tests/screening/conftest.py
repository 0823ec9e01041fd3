"""The people whose texts are screened."""

from __future__ import annotations

import pytest
from flask import Flask

from forum.db import write
from tests import makers


@pytest.fixture
def cast(app: Flask) -> None:
    """Alice and Bob, who are known; Mori, who moderates; Nana, who came ten minutes ago."""
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
        makers.member(session, "Bob")
        makers.moderator(session)
        makers.newcomer(session)
