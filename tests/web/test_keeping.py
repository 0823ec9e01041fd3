"""What browsers and caches may keep of an answer, and how it travels."""

from __future__ import annotations

import pytest

from forum.db import write
from forum.threads.models import Thread
from forum.web.compression import CODINGS

PAGES = ["/", "/boards", "/b/alt", "/feed.atom", "/t/1.atom"]


@pytest.mark.parametrize("path", [*PAGES, "/t/1-first-winter-in-an-inaka-house"])
def test_a_guest_gets_an_unchanged_page_only_once(guest, thread, path):
    tag = guest.get(path).headers["ETag"]
    again = guest.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("path", ["/", "/boards", "/b/alt"])
def test_a_member_gets_an_unchanged_page_only_once(sign_in, thread, path):
    bob = sign_in("Bob")
    tag = bob.get(path).headers["ETag"]
    assert bob.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_page_that_changed_is_sent_again(app, guest, thread):
    tag = guest.get(thread).headers["ETag"]
    with app.app_context(), write() as session:
        session.get_one(Thread, 1).title = "First summer in an inaka house"
    assert guest.get(thread, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_differ_by_language_and_by_person(guest, sign_in, thread, language):
    tags = {
        guest.get("/", headers={"Accept-Language": language}).headers["ETag"] for language in ("en", "ja")
    }
    tags |= {sign_in(name).get("/").headers["ETag"] for name in ("Alice", "Bob")}
    assert len(tags) == 4


def test_a_cache_knows_what_a_page_depends_on(guest, sign_in, thread):
    tag = guest.get("/").headers["ETag"]
    for answer in (guest.get("/"), sign_in("Bob").get("/"), guest.get("/", headers={"If-None-Match": tag})):
        assert {"Accept-Encoding", "Accept-Language", "Cookie"} <= set(answer.vary)


def test_who_may_keep_an_answer(guest, sign_in, thread):
    bob, tag = sign_in("Bob"), guest.get("/").headers["ETag"]
    kept = {
        "a guest's page": guest.get(thread),
        "the same again": guest.get("/", headers={"If-None-Match": tag}),
        "a member's page": bob.get(thread),
        "a way to another page": guest.get("/t/1"),
        "no page": guest.get("/nothing"),
        "no page for a member": bob.get("/nothing"),
        "an answer to a form": bob.post("/t/1/reply", data={"body": ""}),
        "a redirect after a form": guest.post("/language", data={"language": "ja"}),
        "a refusal": guest.get("/p/1/edit"),
    }
    rules = {name: answer.headers["Cache-Control"] for name, answer in kept.items()}
    assert rules == {
        "a guest's page": "no-cache",
        "the same again": "no-cache",
        "a member's page": "private, no-cache",
        "a way to another page": "no-cache",
        "no page": "no-store",
        "no page for a member": "no-store",
        "an answer to a form": "no-store",
        "a redirect after a form": "no-store",
        "a refusal": "no-store",
    }


def test_a_cookie_that_stands_for_nobody_is_not_shared_either(app, guest, thread):
    guest.set_cookie(app.config["VIEWER_COOKIE"], "forged")
    answer = guest.get("/")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "data-user" not in answer.text


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", ["/", "/feed.atom", "/nothing"])
def test_answers_travel_compressed(guest, thread, path, coding):
    plain, packed = guest.get(path), guest.get(path, headers={"Accept-Encoding": coding})
    assert packed.headers["Content-Encoding"] == coding
    assert "Content-Encoding" not in plain.headers
    assert CODINGS[coding].unpack(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert packed.headers.get("ETag") == plain.headers.get("ETag")


@pytest.mark.parametrize("taken", ["", "identity", "deflate", "gzip;q=0", "*;q=0"])
def test_nobody_gets_a_coding_against_their_will(guest, thread, taken):
    answer = guest.get("/", headers={"Accept-Encoding": taken})
    assert "Content-Encoding" not in answer.headers
    assert "</html>" in answer.text


@pytest.mark.parametrize(
    ("taken", "quickest", "smallest"),
    [
        ("gzip", "gzip", "gzip"),
        ("GZIP", "gzip", "gzip"),
        ("br", "br", "br"),
        ("gzip, deflate", "gzip", "gzip"),
        ("gzip, deflate, br", "gzip", "br"),
        ("gzip, deflate, br, zstd", "zstd", "br"),
        ("zstd, gzip", "zstd", "zstd"),
        ("*", "zstd", "br"),
        ("br;q=0.1, gzip;q=1.0", "gzip", "gzip"),
        ("gzip;q=0, *", "zstd", "br"),
        ("zstd;q=0, *", "gzip", "br"),
    ],
)
def test_what_is_made_travels_in_the_quickest_coding_and_what_is_kept_in_the_smallest(
    guest, taken, quickest, smallest
):
    def coding(path):
        return guest.get(path, headers={"Accept-Encoding": taken}).headers["Content-Encoding"]

    assert [coding("/"), coding("/"), coding("/")] == [quickest, smallest, smallest]
    assert [coding("/nothing"), coding("/nothing"), coding("/t/99")] == [quickest] * 3


def test_a_small_answer_travels_as_it_is(guest):
    answer = guest.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_compressed_page_is_sent_once_as_well(guest, thread):
    packed = {"Accept-Encoding": "gzip"}
    tag = guest.get("/", headers=packed).headers["ETag"]
    assert tag.startswith('W/"')
    again = guest.get("/", headers=packed | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in again.headers


def test_a_head_request_gets_the_same_headers_and_no_body(guest, thread):
    whole, head = guest.get(thread), guest.head(thread)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
