"""The staff that each test of this room needs."""

from __future__ import annotations

import pytest

from forum.db import write
from tests import makers


@pytest.fixture
def staff(app):
    """Mori and Rin, who moderate, and Ando, who is the admin."""
    with app.app_context(), write() as session:
        makers.moderator(session, "Mori")
        makers.moderator(session, "Rin")
        makers.member(session, "Ando", role="admin")


@pytest.fixture
def mori(staff, sign_in):
    """The browser of a moderator."""
    return sign_in("Mori")
