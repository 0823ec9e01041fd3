"""What an operator may set for outside services, and what a slip is answered with."""

from __future__ import annotations

import pytest

from forum.settings import BadSettings, load


@pytest.fixture
def given(data_dir):
    return lambda **environ: load({"DATA_DIR": str(data_dir), **environ})


def test_no_outside_service_is_on_by_itself(given):
    settings = given()
    assert (settings.akismet_key, settings.stopforumspam, settings.services_send_mail) == ("", False, False)
    assert settings.akismet_url == "https://rest.akismet.com"
    assert settings.stopforumspam_url == "https://api.stopforumspam.org"


def test_outside_services_are_switched_on(given):
    settings = given(AKISMET_KEY="a1b2c3", STOPFORUMSPAM="on", SERVICES_SEND_MAIL="on")
    assert (settings.akismet_key, settings.stopforumspam, settings.services_send_mail) == (
        "a1b2c3",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AKISMET_KEY", "a key"),
        ("AKISMET_KEY", "https://akismet.com/key"),
        ("STOPFORUMSPAM", "yes"),
        ("SERVICES_SEND_MAIL", "true"),
        ("FORUM_LIMITS", "no"),
        ("AKISMET_URL", "rest.akismet.com"),
        ("AKISMET_URL", "ftp://rest.akismet.com"),
        ("STOPFORUMSPAM_URL", "https://api.stopforumspam.org/api?ip=1"),
        ("BASE_URL", "board.example.org"),
    ],
)
def test_a_value_that_can_not_be_used_is_named(given, name, value):
    with pytest.raises(BadSettings, match=name):
        given(**{name: value})
