"""Names of other boards made into names that this one allows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.db import reading, write
from tests import makers
from tests.importers.corpora import corpus, write_lines


@pytest.mark.parametrize(
    ("given", "name", "display_name"),
    [
        ("Darren Kopp", "Darren_Kopp", "Darren Kopp"),
        ("mark.mayo", "mark_mayo", "mark.mayo"),
        ("i--", "i_2", "i--"),
        ("たなか 先生", "たなか_先生", "たなか 先生"),
        ("admin", "se-travel-10", ""),
        ("Administrator", "se-travel-10", ""),
        ("???", "se-travel-10", "???"),
        ("Иван Ivan", "se-travel-10", "Иван Ivan"),
        ("a" * 80, "a" * 30, "a" * 59 + "…"),
    ],
)
def test_a_name_is_made_valid(app, run_import, tmp_path, given, name, display_name):
    run_import(write_lines(tmp_path / "users.jsonl", [{"user": "se-travel-10", "name": given}]))
    with app.app_context():
        user = reading().scalars(sa.select(User)).one()
        assert (user.name, user.display_name) == (name, display_name)


def test_nobody_gets_the_name_or_the_look_of_somebody_else(app, run_import, tmp_path):
    with app.app_context(), write() as session:
        makers.member(session, "Alice")
    people = [
        {"user": f"u{number}", "name": name}
        for number, name in enumerate(["alice", "A1ice", "Ali_ce", "Alice"])
    ]
    run_import(write_lines(tmp_path / "users.jsonl", people))
    with app.app_context():
        found = reading().scalars(sa.select(User.name).order_by(User.id)).all()
        assert found == ["Alice", "alice_2", "A1ice_3", "Ali_ce_4", "Alice_5"]


def test_a_taken_mail_address_stays_with_its_owner(app, run_import, tmp_path):
    with app.app_context(), write() as session:
        makers.member(session, "Bob", email="bob@example.org")
    meta = {"type": "meta", "seed": 1, "users": 1, "threads": 0, "posts": 0}
    user = {
        "type": "user",
        "id": 1,
        "name": "Robert",
        "email": "Bob@example.org",
        "password": "a new password",
    }
    run_import(write_lines(tmp_path / "corpus.jsonl", [meta, user]))
    with app.app_context():
        robert = reading().scalars(sa.select(User).filter_by(name="Robert")).one()
        assert (robert.email, robert.email_confirmed_at) == (None, None)


def test_a_biography_is_cleaned_of_what_is_no_text(app, run_import, tmp_path):
    records = corpus()
    records[1]["bio"] = "ALT\0 in \u202e**Tottori**."
    assert run_import(write_lines(tmp_path / "corpus.jsonl", records)).exit_code == 0
    with app.app_context():
        assert (
            reading().scalar(sa.text("SELECT bio FROM users WHERE name = 'mika_1_tottori'"))
            == "ALT in **Tottori**."
        )
