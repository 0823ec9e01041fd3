"""What an operator may set for outside services, and what a slip is answered with."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict

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
        ("DATABASE_URL", "postgresql://board@host"),
        ("DATABASE_URL", "postgresql://board:secret@host:54x/board"),
        ("DATABASE_URL", "postgresql://board:secret@one:5432,other:5432/board"),
        ("DATABASE_URL", "mysql://board"),
        ("DATABASE_URL", "sqlite:///:memory:"),
    ],
)
def test_a_value_that_can_not_be_used_is_named(given, name, value):
    with pytest.raises(BadSettings, match=name) as refused:
        given(**{name: value})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("password", ["plain", "100%sure", "pa/ss-word", "pa%40ss", "a:b", "a[b"])
def test_one_address_of_a_server_is_read_by_all_alike(given, scheme, password):
    """By SQLAlchemy, by libpq for the watch, and by whoever shows it."""
    settings = given(DATABASE_URL=f"{scheme}://board:{password}@db.example.org:5433/porch?sslmode=require")
    known = sa.make_url(settings.database_url)
    told = conninfo_to_dict(settings.database_address)
    assert (known.drivername, known.password) == ("postgresql+psycopg", told["password"])
    assert known.password == password.replace("%40", "@")
    assert (told["host"], told["port"], told["dbname"]) == ("db.example.org", "5433", "porch")
    assert told["sslmode"] == "require"
    assert settings.database_name == "porch on db.example.org"
