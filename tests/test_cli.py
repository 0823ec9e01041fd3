"""`flask forum`: what an operator types, and what comes back. Importing has tests of its own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from forum.accounts import hashing
from forum.accounts.models import User
from forum.db import reading, write
from tests import makers

WHO = ("forum", "create-user", "Hanako", "--email", "hanako@example.org")
PASSWORD = "a porch in the morning"


@pytest.fixture
def run(app):
    """Runs `flask` with the given arguments."""
    return lambda *args, **more: app.test_cli_runner().invoke(args=args, **more)


@pytest.mark.parametrize("role", ["member", "moderator", "admin"])
def test_an_account_is_made_with_its_role(app, run, role):
    result = run(*WHO, "--password", PASSWORD, "--role", role)
    assert (result.exit_code, result.output) == (0, f"Hanako can log in now, as {role}.\n")
    with app.app_context():
        user = reading().scalars(sa.select(User)).one()
        assert (user.role, user.email) == (role, "hanako@example.org")
        assert hashing.is_right(user.password_hash, PASSWORD)


def test_the_password_is_asked_for_and_not_shown(run):
    result = run(*WHO, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("Hanako", "--email", "h@example.org"), "Somebody has this name already."),
        (
            ("admin", "--email", "h@example.org"),
            "This name would sound as if the board itself were speaking.",
        ),
        (("Taro", "--email", "nobody"), "This does not look like a mail address."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(app, run, args, sentence):
    with app.app_context(), write() as session:
        makers.member(session, "Hanako")
    result = run("forum", "create-user", *args, "--password", PASSWORD)
    assert (result.exit_code, result.output) == (1, f"Error: {sentence}\n")


def test_an_unknown_role_is_refused(run):
    assert run(*WHO, "--password", PASSWORD, "--role", "king").exit_code == 2


def test_a_board_is_seeded_once(run):
    assert "demo-admin" in run("forum", "seed").output
    result = run("forum", "seed")
    assert (result.exit_code, result.output) == (
        1,
        "Error: The board is not empty, so that nothing was seeded.\n",
    )
