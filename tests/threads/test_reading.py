"""Thread pages, permalinks and their addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.db import write
from forum.threads import publishing
from forum.threads.models import Lock, Post, Status, Thread
from forum.threads.reading import Pager
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
MOMENT = makers.now()
SLUG = "first-winter-in-an-inaka-house"


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 2, [1, 2]),
        (1, 4, [1, 2, 3, 4]),
        (1, 5, [1, 2, 0, 5]),
        (5, 5, [1, 0, 4, 5]),
        (3, 5, [1, 2, 3, 4, 5]),
        (4, 9, [1, 2, 3, 4, 5, 0, 9]),
        (50, 99, [1, 0, 49, 50, 51, 0, 99]),
    ],
)
def test_of_many_pages_the_neighbours_and_the_ends_are_linked(page, pages, shown):
    assert Pager(page, pages, "/t/1?page={}".format).shown == shown


def test_a_thread_shows_its_title_and_its_posts_in_order(app, guest):
    number = thread_of(app, replies=2)
    page = guest.get(f"/t/{number}-{SLUG}").text
    assert '<h1 class="thread-title" lang="en">First winter in an inaka house</h1>' in page
    assert texts(page) == [
        "<p>How do you keep the pipes from freezing?</p>",
        "<p>Reply number 2.</p>",
        "<p>Reply number 3.</p>",
    ]


def test_a_thread_is_cut_into_pages_of_twenty(app, guest):
    number = thread_of(app, replies=44)
    pages = [texts(guest.get(f"/t/{number}-{SLUG}?page={page}").text) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert pages[2][-1] == "<p>Reply number 45.</p>"


def test_a_page_that_is_not_there_is_not_found(app, guest):
    number = thread_of(app, replies=44)
    pages = ["0", "4", "999999", "99999999999999999999", "-1", "1.5", "x", "", "１", "²", "%00"]
    answers = {page: guest.get(f"/t/{number}-{SLUG}?page={page}").status_code for page in pages}
    assert answers == dict.fromkeys(pages, 404)


@pytest.mark.parametrize("number", [0, 999, 2**31 - 1, 2**31, 2**63, 10**30])
def test_a_number_that_nothing_has_is_not_found(guest, number):
    addresses = (
        f"/t/{number}",
        f"/t/{number}-slug",
        f"/t/{number}.atom",
        f"/p/{number}",
        f"/p/{number}/history",
    )
    assert {address: guest.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize("action", ["/t/{}/reply", "/p/{}/edit", "/p/{}/delete", "/p/{}/restore"])
def test_a_number_that_nothing_has_takes_no_form(sign_in, action):
    bob = sign_in("Bob")
    assert [bob.post(action.format(number), data={"body": "Hello"}).status_code for number in (0, 2**63)] == [
        404
    ] * 2


@pytest.mark.parametrize("address", ["/t/x", "/t/-1", "/t/1-", "/t/", "/p/x", "/b/", "/t/1/reply/x"])
def test_an_address_of_the_wrong_shape_is_not_found(app, guest, address):
    thread_of(app)
    assert guest.get(address).status_code == 404


def test_another_slug_leads_to_the_canonical_address(app, guest):
    number = thread_of(app, replies=30)
    for tail in ["", "-another-title", f"-{SLUG}-x", f"-{SLUG.upper()}", "-a/b", "-日本", f"-{SLUG}.atom"]:
        answer = guest.get(f"/t/{number}{tail}?page=2")
        assert (answer.status_code, answer.location) == (301, f"/t/{number}-{SLUG}?page=2")


@pytest.mark.parametrize(
    "title", ["田舎の冬、どうしてますか？", "はじめまして", "Ärger mit dem Öl", "🎌🎌🎌🎌", "A/B?c#d%20e"]
)
def test_a_title_of_any_script_has_an_address_that_needs_no_redirect(app, guest, title):
    number = thread_of(app, title=title)
    found = guest.get(f"/t/{number}", follow_redirects=True)
    assert found.status_code == 200
    assert len(found.history) <= 1
    assert guest.get(unquote(found.request.path)).status_code == 200


def test_a_page_names_its_canonical_address(app, guest):
    number = thread_of(app, replies=30)
    page = guest.get(f"/t/{number}-{SLUG}?page=2&utm_source=x").text
    assert f'<link rel="canonical" href="http://localhost/t/{number}-{SLUG}?page=2">' in page


def test_a_permalink_leads_to_the_page_where_the_post_stands(app, guest):
    number = thread_of(app, replies=44)
    with app.app_context(), write() as session:
        post_id = session.scalar(sa.select(Post.id).where(Post.thread_id == number, Post.number == 41))
    answer = guest.get(f"/p/{post_id}")
    assert (answer.status_code, answer.location) == (302, f"/t/{number}-{SLUG}?page=3#p{post_id}")
    assert f'id="p{post_id}"' in guest.get(answer.location).text


def test_the_permalink_of_a_waiting_post_leads_its_author_to_the_last_page(app, sign_in):
    number = thread_of(app, replies=44)
    with app.app_context(), write() as session:
        nana = session.scalars(sa.select(User).where(User.name == "Nana")).one()
        post_id = makers.post(session, session.get_one(Thread, number), nana, status=Status.HELD).id
    nana = sign_in("Nana")
    answer = nana.get(f"/p/{post_id}")
    assert answer.location == f"/t/{number}-{SLUG}?page=3#p{post_id}"
    assert f'id="p{post_id}"' in nana.get(answer.location).text


def test_a_page_whose_posts_are_all_removed_is_still_a_page(app, guest):
    number = thread_of(app, replies=20)
    with app.app_context(), write() as session:
        last = session.scalars(sa.select(Post.id).where(Post.thread_id == number, Post.number == 21)).one()
        publishing.take_away(session, last, Status.REMOVED, MOMENT)
    answer = guest.get(f"/t/{number}-{SLUG}?page=2")
    assert answer.status_code == 200
    assert texts(answer.text) == []


def test_pages_that_are_read_take_no_form(app, sign_in):
    thread_of(app)
    bob = sign_in("Bob")
    paths = [
        "/",
        "/boards",
        "/b/alt",
        "/t/1",
        "/t/1-x",
        "/p/1",
        "/p/1/history",
        "/feed.atom",
        "/b/alt.atom",
        "/t/1.atom",
    ]
    answers = [bob.post(path, data={"body": "Hello"}) for path in paths]
    assert {(answer.status_code, "GET" in answer.headers["Allow"]) for answer in answers} == {(405, True)}


def test_a_locked_thread_says_why_and_offers_no_form(app, guest, sign_in):
    number = thread_of(app)
    with app.app_context(), write() as session:
        session.add(Lock(thread_id=number, by_id=3, reason="It went in circles.", created_at=MOMENT))
    address = f"/t/{number}-{SLUG}"
    assert "Locked: It went in circles." in guest.get(address).text
    assert "<textarea" not in sign_in("Bob").get(address).text
    assert "<textarea" in sign_in("Mori").get(address).text


def test_a_guest_gets_no_form_and_a_member_does(app, guest, sign_in):
    address = f"/t/{thread_of(app)}-{SLUG}"
    assert "<textarea" not in guest.get(address).text
    assert "<textarea" in sign_in("Bob").get(address).text


def test_a_member_is_offered_only_what_they_may_do(app, guest, sign_in):
    address = f"/t/{thread_of(app)}-{SLUG}"
    acts = ("/edit", "/delete", "/report", "/p/1/moderate", "quote=1")

    def offered(browser):
        page = browser.get(address).text
        return [act for act in acts if act in page]

    assert offered(guest) == []
    assert offered(sign_in("Alice")) == ["/edit", "/delete", "quote=1"]
    assert offered(sign_in("Bob")) == ["/report", "quote=1"]
    assert offered(sign_in("Mori")) == ["/report", "/p/1/moderate", "quote=1"]


def test_a_member_with_a_trick_name_or_title_injects_nothing(app, guest):
    number = thread_of(
        app, title='<script>alert(1)</script> "><b> {{ 7*7 }}', body='<img src=x onerror=alert(1)> "quoted"'
    )
    with app.app_context(), write() as session:
        session.get_one(User, 1).display_name = "<i>Alice</i>"
    for address in (
        guest.get(f"/t/{number}").location,
        "/",
        "/b/alt",
        "/feed.atom",
        f"/t/{number}.atom",
        "/u/Alice",
    ):
        page = guest.get(address).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<i>Alice" not in page
        assert "onerror=alert(1)>" not in page


def thread_of(app, **facts):
    """A thread by Alice on the board "alt"; its number."""
    with app.app_context(), write() as session:
        return makers.thread(session, session.get_one(User, 1), **facts).id


def texts(page):
    """The texts of a page's posts."""
    return re.findall(r'<div class="post-body" lang="\w\w">(.*?)</div>', page)
