"""The versions of the text model: which one decides, which one only watches."""

from __future__ import annotations

import zlib

import pytest
import sqlalchemy as sa
from flask import current_app

from forum.db import db, write
from forum.errors import Conflict, Invalid, NotFound
from forum.screening import textmodel, versions
from forum.screening.models import FilterModel, ModelState
from forum.spam.model import SHIPPED_MODEL, Model
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MORI = 3
MOMENT = makers.now()
TEXT = "Buy cheap visas today."


@pytest.fixture
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def own(tmp_path) -> bytes:
    """A model's file that calls TEXT spam without a doubt."""
    return file_of(tmp_path, TEXT, 4000)


def file_of(folder, text, step) -> bytes:
    model = Model.empty()
    model.apply(text, step)
    model.save(folder / "own.bin")
    return (folder / "own.bin").read_bytes()


def states() -> dict[int, str]:
    with db.engine.connect() as connection:
        return {row.id: row.state for row in connection.execute(sa.select(FilterModel.id, FilterModel.state))}


def offer(shipped=SHIPPED_MODEL) -> ModelState | None:
    with write() as session:
        return versions.offer_shipped(session, MOMENT, shipped)


def damage(version_id, file) -> None:
    with write() as session:
        session.execute(sa.update(FilterModel).where(FilterModel.id == version_id).values(file=file))


def test_the_first_shipped_model_decides_and_is_offered_once(context):
    assert offer() == ModelState.LIVE
    assert offer() is None
    assert states() == {1: "live"}
    assert versions.base(1).probability(TEXT) == Model.load(SHIPPED_MODEL).probability(TEXT)


def test_a_newer_shipped_model_runs_in_shadow_first(context, own, tmp_path):
    offer()
    assert offer(tmp_path / "own.bin") == ModelState.SHADOW
    assert offer(tmp_path / "own.bin") is None
    assert states() == {1: "live", 2: "shadow"}


def test_a_newer_shipped_model_does_not_end_a_trial(context, own, tmp_path):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
    file_of(tmp_path, "Other words", 9)
    assert offer(tmp_path / "own.bin") == ModelState.RETIRED
    assert states() == {1: "live", 2: "shadow", 3: "retired"}


def test_what_was_ended_is_not_offered_again(context, own, tmp_path):
    offer()
    offer(tmp_path / "own.bin")
    with write() as session:
        versions.end_trial(session, 2, MORI, MOMENT)
    assert offer(tmp_path / "own.bin") is None
    assert states() == {1: "live", 2: "retired"}


def test_a_missing_shipped_model_changes_nothing(context, tmp_path):
    assert offer(tmp_path / "none.bin") is None
    assert states() == {}


@pytest.mark.parametrize(
    "file", [b"", b"no zlib", zlib.compress(b"no model"), zlib.compress(SHIPPED_MODEL.read_bytes()[:-1])]
)
def test_a_damaged_version_is_none_and_is_mended_by_the_next_start(context, file):
    offer()
    damage(1, file)
    assert versions.base(1) is None
    textmodel.init(current_app)
    assert textmodel.current() is None
    assert offer() == ModelState.LIVE
    assert states() == {1: "live"}
    assert versions.base(1)


def test_a_live_model_that_this_version_of_the_software_can_t_read_gives_way(context, own):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
        versions.adopt(session, 2, MORI, MOMENT)
    damage(2, zlib.compress(b"a model of another year"))
    assert offer() == ModelState.LIVE
    assert states() == {1: "live", 2: "retired"}


def test_a_version_that_is_not_there_is_none(context):
    assert versions.base(99) is None


def test_without_any_version_the_shipped_file_decides(context, tmp_path):
    assert versions.base(None).probability(TEXT) == Model.load(SHIPPED_MODEL).probability(TEXT)
    assert versions.base(None, tmp_path / "none.bin") is None


def test_an_own_model_watches_then_decides_and_can_be_taken_back(context, own):
    offer()
    before = textmodel.current().probability(TEXT)
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
    assert textmodel.current().probability(TEXT) == before
    with write() as session:
        versions.adopt(session, 2, MORI, MOMENT)
    assert textmodel.current().probability(TEXT) > 0.9
    with write() as session:
        versions.watch(session, 1, MORI, MOMENT)
        versions.adopt(session, 1, MORI, MOMENT)
    assert states() == {1: "live", 2: "retired"}
    assert textmodel.current().probability(TEXT) == before


def test_a_new_trial_ends_the_one_before(context, own, tmp_path):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
        versions.try_out(session, file_of(tmp_path, "Other words", 9), "Better", MORI, MOMENT)
    assert states() == {1: "live", 2: "retired", 3: "shadow"}


def test_a_file_that_is_no_model_is_refused(context):
    with write() as session, pytest.raises(Invalid):
        versions.try_out(session, b"Hello", "Ours", MORI, MOMENT)


def test_a_model_that_is_in_use_is_not_brought_again(context, own):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
        for file in (own, SHIPPED_MODEL.read_bytes()):
            with pytest.raises(Conflict):
                versions.try_out(session, file, "Again", MORI, MOMENT)


def test_a_broken_trial_is_not_adopted(context, own):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
    damage(2, b"")
    with write() as session, pytest.raises(Invalid):
        versions.adopt(session, 2, MORI, MOMENT)
    assert states() == {1: "live", 2: "shadow"}


@pytest.mark.parametrize("verb", [versions.adopt, versions.end_trial, versions.watch])
def test_the_second_of_two_admins_is_told(context, verb):
    offer()
    with write() as session:
        with pytest.raises(Conflict):
            verb(session, 1, MORI, MOMENT)
        with pytest.raises(NotFound):
            verb(session, 99, MORI, MOMENT)


def test_the_list_names_who_brought_it(context, own):
    offer()
    with write() as session:
        versions.try_out(session, own, "Ours", MORI, MOMENT)
        listed = [(v.state, v.note, v.by, v.changed_at) for v in versions.kept(session)]
    assert listed == [("live", "", "", MOMENT), ("shadow", "Ours", "Mori", MOMENT)]
