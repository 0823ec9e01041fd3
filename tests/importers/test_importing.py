"""`flask forum import`: what arrives, what a second run does, and what is said of a bad record."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from forum.accounts import hashing
from forum.accounts.models import User
from forum.db import reading, write
from forum.importers import importing
from forum.threads.models import Board, Post, Status, Thread
from tests import makers
from tests.importers.corpora import corpus, thread, write_lines


def test_a_corpus_arrives_whole(app, run_import, counts, tmp_path, guest):
    result = run_import(write_lines(tmp_path / "corpus.jsonl", corpus()))
    assert result.exit_code == 0, result.output
    assert "made:                     2 boards, 2 members, 3 threads, 6 posts" in result.output
    assert counts() == {"boards": 2, "users": 2, "threads": 3, "posts": 6, "imported": 7}
    with app.app_context():
        post = reading().scalars(sa.select(Post).order_by(Post.id)).first()
        assert post is not None
        assert post.status == Status.PUBLIC
        assert '<strong>1</strong> of thread 1, <a class="mention" href="/u/mika_2_tottori"' in post.html
    assert guest.get("/t/1-thread-1").status_code == 200


def test_an_imported_member_can_log_in(app, run_import, tmp_path):
    run_import(write_lines(tmp_path / "corpus.jsonl", corpus()))
    with app.app_context():
        user = reading().scalars(sa.select(User).filter_by(name="mika_1_tottori")).one()
        assert hashing.is_right(user.password_hash, "correct horse 1")
        assert (user.email, user.bio_html) == ("mika1@example.org", "<p>ALT in <strong>Tottori</strong>.</p>")
        assert user.email_confirmed_at is not None
        assert user.approved_count == user.posts_count


def test_a_second_run_adds_nothing(run_import, counts, tmp_path):
    file = write_lines(tmp_path / "corpus.jsonl.gz", corpus())
    run_import(file)
    before = counts()
    result = run_import(file, file)
    assert "made:                     0 boards, 0 members, 0 threads, 0 posts" in result.output
    assert "known already:            4 boards, 4 members, 6 threads, 12 posts" in result.output
    assert counts() == before


def test_a_thread_that_comes_again_in_the_next_batch_is_known(run_import, counts, tmp_path):
    posts = [{} for _ in range(importing.BATCH)]
    twice = [thread("t1", *posts), thread("t1", *posts), thread("t2")]
    result = run_import(write_lines(tmp_path / "threads.jsonl", twice))
    assert "made:                     1 boards, 1 members, 2 threads, 1,001 posts" in result.output
    assert "known already:            0 boards, 0 members, 1 threads, 1,000 posts" in result.output
    assert counts()["posts"] == importing.BATCH + 1


def test_a_larger_corpus_of_the_same_seed_has_the_same_people(run_import, counts, tmp_path):
    run_import(write_lines(tmp_path / "small.jsonl", corpus((2,))))
    run_import(write_lines(tmp_path / "large.jsonl", corpus((2, 4))))
    assert counts() == {"boards": 2, "users": 2, "threads": 3, "posts": 8, "imported": 7}


def test_standard_input_may_be_gzipped(run_import, counts):
    lines = "".join(json.dumps(record) + "\n" for record in corpus()).encode()
    assert run_import("-", stdin=lines).exit_code == 0
    assert run_import("-", stdin=gzip.compress(lines)).exit_code == 0
    assert counts()["posts"] == 6


def test_a_bad_line_is_named_and_what_stood_before_stays(run_import, counts, tmp_path):
    sizes = [importing.BATCH // 2] * 3
    records = corpus(sizes)
    file = tmp_path / "corpus.jsonl"
    write_lines(file, records)
    whole = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*whole[:1200], "{broken\n", *whole[1200:]]))
    result = run_import(str(file))
    assert result.exit_code == 1
    assert f"{file}, line 1201: this is not JSON in UTF-8" in result.output
    assert counts()["threads"] == 2
    file.write_text("".join(whole))
    assert run_import(str(file)).exit_code == 0
    assert counts() == {"boards": 2, "users": 2, "threads": 3, "posts": 1500, "imported": 7}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": None}, "the field 'title' is missing."),
        ({"title": 7}, "the field 'title' must be text, not a number."),
        ({"id": ""}, "the field 'id' must have 1 to 80 characters."),
        ({"source": "s" * 61}, "the field 'source' must have 1 to 60 characters."),
        ({"posts": {}}, "the field 'posts' must be a list, not an object."),
        ({"posts": ["x"]}, "an object is expected, not text."),
        ({"posts": [{"format": "pdf"}]}, "the format 'pdf' of a post is not known."),
        ({"posts": [{"created_at": "yesterday"}]}, "the field 'created_at' is no time: 'yesterday'."),
    ],
)
def test_a_record_that_does_not_fit_is_named(run_import, tmp_path, change, fault):
    file = write_lines(tmp_path / "threads.jsonl", [thread("t1"), {**thread("t2"), **change}])
    result = run_import(file)
    assert result.exit_code == 1
    assert f"Error: {file}, line 2: {fault}" in result.output


@pytest.mark.parametrize(
    ("kept", "line", "fault"),
    [
        (slice(0, -1), 12, "the thread announces 2 posts, but 1 follow."),
        (slice(1, None), 1, "a corpus begins with a record of the type 'meta'."),
    ],
)
def test_a_corpus_that_was_cut_is_not_taken_for_whole(run_import, tmp_path, kept, line, fault):
    file = write_lines(tmp_path / "corpus.jsonl", corpus()[kept])
    assert f"line {line}: {fault}" in run_import(file).output


def test_a_damaged_archive_is_named(run_import, tmp_path):
    file = tmp_path / "corpus.jsonl.gz"
    write_lines(file, corpus())
    file.write_bytes(file.read_bytes()[:-20])
    result = run_import(str(file))
    assert result.exit_code == 1
    assert "the compressed file is damaged or cut short." in result.output


def test_an_unknown_format_is_said(run_import, tmp_path):
    assert (
        "no format is known that begins like this"
        in run_import(write_lines(tmp_path / "x", [{"a": 1}])).output
    )
    assert "the file is empty" in run_import(write_lines(tmp_path / "y", [])).output


def test_users_name_the_authors_wherever_their_file_stands(app, run_import, tmp_path):
    threads = write_lines(tmp_path / "threads.jsonl", [thread("t1", {"user": "se-7"})])
    users = write_lines(tmp_path / "users.jsonl", [{"user": "se-7", "name": "Darren Kopp"}])
    run_import(threads, users)
    with app.app_context():
        user = reading().scalars(sa.select(User)).one()
        assert (user.name, user.display_name, user.posts_count) == ("Darren_Kopp", "Darren Kopp", 1)
        assert (user.password_hash, user.email) == (None, None)
        assert user.joined_at == datetime(2015, 1, 27, 20, 13, 58, 610000, UTC)


def test_posts_without_a_text_are_left_out_and_counted(app, run_import, tmp_path):
    texts = [{}, {"body": None, "format": None}, {"body": " \n"}, {"body": "<p></p>", "format": "html"}, {}]
    silent = thread("t2", {"body": None})
    result = run_import(write_lines(tmp_path / "threads.jsonl", [thread("t1", *texts), silent]))
    assert "left out, without a text: 0 boards, 0 members, 1 threads, 4 posts" in result.output
    with app.app_context():
        assert reading().scalars(sa.select(Post.number)).all() == [1, 2]


def test_authors_without_a_name_are_one_member(app, run_import, tmp_path):
    nobody = {"user": None}
    run_import(write_lines(tmp_path / "threads.jsonl", [thread("t1", nobody, nobody), thread("t2", nobody)]))
    with app.app_context():
        user = reading().scalars(sa.select(User)).one()
        assert (user.name, user.posts_count) == ("unknown_coffee_example", 3)


def test_unknown_times_are_taken_from_their_neighbours(app, run_import, tmp_path):
    at = "2015-01-27T20:00:00Z"
    posts = [
        {"created_at": None},
        {"created_at": at},
        {"created_at": None},
        {"created_at": "2014-01-01T00:00:00Z"},
    ]
    undated = thread("t2", {"created_at": None})
    ahead = thread("t3", {"created_at": "2999-01-01T00:00:00Z"})
    run_import(write_lines(tmp_path / "threads.jsonl", [thread("t1", *posts), undated, ahead]))
    moment = datetime(2015, 1, 27, 20, tzinfo=UTC)
    with app.app_context():
        rows = reading().scalars(sa.select(Post).order_by(Post.thread_id, Post.number)).all()
        assert [post.created_at for post in rows[:3]] == [moment] * 3
        assert rows[3].created_at.year == 2014
        assert [post.published_at for post in rows[:4]] == [moment] * 4
        assert all(post.created_at <= datetime.now(UTC) for post in rows[4:])


def test_html_becomes_markdown_and_the_opening_post_says_where_it_is_from(app, run_import, tmp_path):
    body = "<p>Grind it <b>coarse</b>, a * b.</p><ul><li>one</li></ul><script>alert(1)</script>"
    posts = [{"format": "html", "body": body}, {"body": "Plain *stars* and #1\n# no heading @se-1"}]
    run_import(write_lines(tmp_path / "c.jsonl", [thread("t1", *posts, url="https://coffee.example/q/1")]))
    with app.app_context():
        first, second = reading().scalars(sa.select(Post).order_by(Post.number)).all()
        assert first.body.startswith("Grind it **coarse**, a \\* b.\n\n- one")
        assert "<strong>coarse</strong>, a * b." in first.html
        assert "<script" not in first.html
        assert 'href="https://coffee.example/q/1"' in first.html
        assert second.html == "<p>Plain *stars* and #1<br>\n# no heading @se-1</p>"


def test_all_threads_can_go_to_one_board(app, run_import, tmp_path):
    with app.app_context(), write() as session:
        makers.board(session, "alt")
    file = write_lines(tmp_path / "threads.jsonl", [thread()])
    assert run_import("--board", "nowhere", file).output.startswith("Error: There is no board 'nowhere'.")
    run_import("--board", "alt", file)
    with app.app_context():
        assert [(row.slug, row.threads_count) for row in reading().scalars(sa.select(Board))] == [("alt", 1)]


def test_paragraphs_of_a_title_become_a_thread(app, run_import, tmp_path):
    lines = [
        {"title": title, "body": f"{title}の話。", "questions": ["何?"]} for title in ("梅雨", "梅雨", "京都")
    ]
    run_import(write_lines(tmp_path / "paragraphs.jsonl", lines))
    with app.app_context():
        rows = reading().execute(sa.select(Thread.title, Thread.lang, Thread.posts_count)).all()
        assert [tuple(row) for row in rows] == [("梅雨", "ja", 2), ("京都", "ja", 1)]


def test_a_bare_structure_is_counted_and_left_out(run_import, counts, tmp_path):
    lines = [["id", "parent", "title"], [1, 0, "Cruises?"], [2, 1, ""]]
    result = run_import(write_lines(tmp_path / "structure.jsonl.gz", lines))
    assert result.exit_code == 0
    assert "left out, without a text: 0 boards, 0 members, 0 threads, 2 posts" in result.output
    assert counts()["posts"] == 0


def test_hostile_text_does_no_harm(app, run_import, tmp_path, guest):
    hostile = "\ud800<img src=x onerror=alert(1)>\u202e\x00"
    title = f"{hostile} {'long ' * 60}"
    file = write_lines(tmp_path / "x.jsonl.gz", [])
    (tmp_path / "x.jsonl.gz").write_text(json.dumps(thread("t1", {"body": hostile}, title=title)))
    assert run_import(file).exit_code == 0
    with app.app_context():
        row = reading().scalars(sa.select(Thread)).one()
        assert len(row.title) <= 120
        assert row.title.endswith("…")
    assert "<img src=x" not in guest.get("/").text
