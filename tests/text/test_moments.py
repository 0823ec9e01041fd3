"""Moments as they are written in Japan."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel import dates

from forum.text import moments


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1 Jan 2027, 00:30 JST"), ("ja", "2027年1月1日 00:30")]
)
def test_a_moment_is_japans(language, written):
    assert moments.in_japan(datetime(2026, 12, 31, 15, 30, tzinfo=UTC), language) == written


@pytest.mark.parametrize(
    "moment", [datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC), datetime(999, 12, 31, 23, tzinfo=UTC)]
)
def test_a_moment_for_machines_is_in_utc_to_the_second(moment):
    assert moments.iso(moment) == moment.isoformat()[:19] + "Z"


@pytest.mark.parametrize("hours", [-7, 0, 5.5, 9])
def test_a_moment_of_another_zone_is_the_same_moment(hours):
    elsewhere = datetime(2026, 12, 31, 15, 0, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    assert moments.iso(elsewhere) == "2026-12-31T15:00:00Z"
    assert moments.in_japan(elsewhere, "en") == "1 Jan 2027, 00:00 JST"
    assert moments.day_in_japan(elsewhere) == date(2027, 1, 1)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_day_is_written_as_cldr_has_it(language):
    for day in (date(2024, 1, 1) + timedelta(days=number) for number in range(366)):
        assert moments.short(day, language) == dates.format_date(day, "medium", locale=language)
