"""Moments as they are written in Japan."""

from datetime import UTC, datetime

import pytest

from forum.text.moments import in_japan


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1 Jan 2027, 00:30 JST"), ("ja", "2027年1月1日 00:30")]
)
def test_a_moment_is_japans(language, written):
    assert in_japan(datetime(2026, 12, 31, 15, 30, tzinfo=UTC), language) == written
