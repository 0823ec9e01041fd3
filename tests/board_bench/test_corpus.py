"""The generated archive is the same each time, arrives whole through the importer, and has its fixed points."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import takewhile

import pytest
import sqlalchemy as sa

from forum.accounts import hashing
from forum.accounts.models import User
from forum.db import reading
from forum.importers import formats, importing
from tools.board_bench import corpus
from tools.board_bench.addresses import Addresses

pytestmark = pytest.mark.sqlite

POSTS = 1200


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "corpus.jsonl"
    corpus.write(path, POSTS)
    return path


def threads(posts):
    """Threads with their posts, without the boards and people before them."""
    return [record for record in corpus.records(posts) if record["type"] in ("thread", "post")]


def test_it_is_the_same_each_time(written, tmp_path):
    corpus.write(tmp_path / "again.jsonl", POSTS)
    assert (tmp_path / "again.jsonl").read_bytes() == written.read_bytes()
    assert not written.with_suffix(".part").exists()


def test_it_has_as_many_posts_as_asked_for_and_says_so():
    found = list(corpus.records(POSTS))
    counts = Counter(record["type"] for record in found)
    assert counts["post"] == found[0]["posts"] == POSTS
    assert counts["thread"] == found[0]["threads"]
    assert counts["user"] == found[0]["users"]


def test_the_fixed_threads_are_the_same_in_archives_of_any_size():
    small, large = (
        list(takewhile(lambda record: record.get("id") != 4, threads(posts))) for posts in (1100, 9000)
    )
    assert small == large
    assert [record["posts"] for record in small if record["type"] == "thread"] == [1000, 20, 1]


def test_a_larger_archive_begins_with_the_sizes_of_a_smaller_one():
    small, large = corpus.thread_sizes(5000), corpus.thread_sizes(20_000)
    assert large[: len(small) - 1] == small[:-1]
    assert (sum(small), sum(large)) == (5000, 20_000)


def test_it_speaks_both_languages_and_markdown():
    bodies = "\n".join(record["body"] for record in threads(POSTS) if record["type"] == "post")
    assert all(
        sign in bodies for sign in ("ました。", "the town hall", "**", "| --- |", "@anna_", "](https://")
    )


def test_an_archive_too_small_for_its_fixed_threads_is_refused():
    with pytest.raises(ValueError, match="1,022 posts at least"):
        corpus.thread_sizes(1021)


def test_it_arrives_whole_and_its_member_can_log_in(app, guest, written):
    with app.app_context():
        tally = importing.load(formats.items([str(written)]), datetime.now(UTC))
        member = reading().scalars(sa.select(User).filter_by(name=corpus.MEMBER)).one()
        assert hashing.is_right(member.password_hash, corpus.PASSWORD)
    assert tally.made["posts"] == POSTS
    assert not tally.left_out.total()
    addresses = Addresses(app.config["SETTINGS"].database_path)
    for path in (
        addresses.thread(corpus.LONG, 50),
        addresses.thread(corpus.PAGE),
        addresses.board(),
        addresses.far_back(),
        *addresses.full_pages(3),
    ):
        assert guest.get(path).status_code == 200, path
    pages = addresses.pages()
    assert len(pages) == len(set(pages)) == sum(-(-size // 20) for size in corpus.thread_sizes(POSTS))
