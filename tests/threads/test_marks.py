"""What is new to a member: in lists, on a thread's page, and where a thread is gone on with."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import Suspension, User
from forum.db import write
from forum.threads import publishing
from forum.threads.models import Pin, Post, ReadMark, Status, Thread
from tests import makers

pytestmark = pytest.mark.usefixtures("cast")
SLUG = "first-winter-in-an-inaka-house"
MOMENT = makers.now()


def test_a_thread_that_was_never_opened_is_new_and_begins_at_its_beginning(app, sign_in):
    number = thread_of(app, replies=30)
    bob = sign_in("Bob")
    assert news(bob) == ["New"]
    assert f'<h2><a href="/t/{number}-{SLUG}"' in bob.get("/").text
    assert bob.get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}"


def test_a_thread_that_was_read_is_not_new(app, sign_in):
    number = thread_of(app, replies=3)
    bob = sign_in("Bob")
    read(bob, number)
    assert news(bob) == news(bob, "/b/alt") == [None]


def test_what_came_since_is_counted_and_the_thread_s_title_leads_to_it(app, sign_in):
    number = thread_of(app, replies=18)
    bob = sign_in("Bob")
    read(bob, number)
    first, *_ = add(app, number, "Alice", 3)
    assert news(bob) == news(bob, "/b/alt") == ["3 new"]
    assert f'<h2><a href="/t/{number}/unread"' in bob.get("/").text
    assert bob.get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}#p{first}"


def test_the_first_new_post_may_stand_on_a_later_page(app, sign_in):
    number = thread_of(app, replies=19)
    bob = sign_in("Bob")
    read(bob, number)
    first, *_ = add(app, number, "Alice", 2)
    assert bob.get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}?page=2#p{first}"


def test_a_page_that_was_read_leaves_the_later_ones_new(app, sign_in):
    number = thread_of(app, replies=44)
    bob = sign_in("Bob")
    read(bob, number)
    assert news(bob) == ["25 new"]
    read(bob, number, page=3)
    assert news(bob) == [None]
    read(bob, number, page=2)
    assert news(bob) == [None]


def test_more_than_anybody_counts_is_not_counted(app, sign_in):
    number = thread_of(app, replies=1)
    bob = sign_in("Bob")
    read(bob, number)
    add(app, number, "Alice", 99)
    assert news(bob) == ["99 new"]
    add(app, number, "Alice", 2)
    assert news(bob) == ["99+ new"]


def test_where_nothing_is_new_one_goes_on_at_the_newest_post(app, sign_in):
    number = thread_of(app, replies=20)
    bob = sign_in("Bob")
    read(bob, number, page=2)
    with app.app_context(), write() as session:
        newest = session.scalar(sa.select(sa.func.max(Post.id)))
    assert bob.get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}?page=2#p{newest}"


def test_one_s_own_posts_are_read(app, sign_in):
    number = thread_of(app)
    alice, bob = sign_in("Alice"), sign_in("Bob")
    assert news(alice) == [None]
    read(bob, number)
    add(app, number, "Bob", 2)
    assert news(bob) == [None]
    first, *_ = add(app, number, "Alice", 1)
    assert news(bob) == ["1 new"]
    assert bob.get(f"/t/{number}/unread").location.endswith(f"#p{first}")


def test_what_is_not_public_is_not_new_until_it_is(app, sign_in):
    number = thread_of(app)
    bob, mori = sign_in("Bob"), sign_in("Mori")
    read(bob, number)
    read(mori, number)
    held = add(app, number, "Alice", 1, status=Status.HELD)[0]
    removed = add(app, number, "Alice", 1)[0]
    with app.app_context(), write() as session:
        publishing.take_away(session, removed, Status.REMOVED, MOMENT)
    for browser in (bob, mori):
        read(browser, number)
        assert news(browser) == [None]
    with app.app_context(), write() as session:
        publishing.publish(session, held, makers.now())
    assert news(bob) == news(mori) == ["1 new"]


def test_a_removed_post_that_comes_back_is_new_to_who_had_not_seen_it(app, sign_in):
    number = thread_of(app)
    post = add(app, number, "Alice", 1)[0]
    with app.app_context(), write() as session:
        publishing.take_away(session, post, Status.REMOVED, MOMENT)
    bob = sign_in("Bob")
    read(bob, number)
    with app.app_context(), write() as session:
        publishing.publish(session, post, makers.now())
    assert news(bob) == ["1 new"]


def test_what_is_older_than_a_member_counts_as_read(app, sign_in):
    number = thread_of(app, replies=40, at=MOMENT - timedelta(days=30))
    nana = sign_in("Nana")
    assert news(nana) == [None]
    add(app, number, "Alice", 1)
    assert news(nana) == ["New"]
    read(nana, number)
    # Of the pages that she has not seen only what came after her.
    assert news(nana) == ["1 new"]
    assert nana.get(f"/t/{number}/unread").location.startswith(f"/t/{number}-{SLUG}?page=3#p")


def test_everything_can_be_called_read_at_once(app, sign_in):
    opened, other = thread_of(app, replies=25), thread_of(app, title="Garbage days")
    bob, mori = sign_in("Bob"), sign_in("Mori")
    read(bob, opened)
    assert news(bob) == ["New", "6 new"]
    answer = bob.post("/read-all", data={"newest": newest(bob)}, follow_redirects=True)
    assert "Everything counts as read." in answer.text
    assert news(bob) == [None, None]
    assert news(mori) == ["New", "New"]
    add(app, opened, "Alice", 1)
    add(app, other, "Alice", 1)
    assert news(bob) == ["New", "1 new"]


def test_only_what_the_list_showed_is_called_read(app, sign_in):
    number = thread_of(app)
    bob = sign_in("Bob")
    shown = newest(bob)
    add(app, number, "Alice", 1)
    bob.post("/read-all", data={"newest": shown})
    assert news(bob) == ["New"]
    bob.post("/read-all")
    assert news(bob) == [None]
    bob.post("/read-all", data={"newest": shown})
    assert news(bob) == [None]


def test_nothing_is_called_read_before_it_is_there(app, sign_in):
    bob = sign_in("Bob")
    bob.post("/read-all", data={"newest": f"{10**16}.1"})
    thread_of(app, at=makers.now() + timedelta(seconds=1))
    assert news(bob) == ["New"]


@pytest.mark.parametrize("newest", ["x", "1", "-1.1", "1.x", "9" * 30 + ".1"])
def test_a_place_that_no_list_has_is_not_found(sign_in, newest):
    assert sign_in("Bob").post("/read-all", data={"newest": newest}).status_code == 404


def test_a_line_stands_above_the_first_post_that_was_not_seen(app, sign_in):
    number = thread_of(app, replies=3)
    bob = sign_in("Bob")
    assert line(bob, number) is None
    add(app, number, "Bob", 1)
    first, *_ = add(app, number, "Alice", 2)
    assert line(bob, number) == first
    assert line(bob, number) is None


def test_no_line_stands_above_a_page_that_is_all_new(app, sign_in):
    number = thread_of(app, replies=25)
    bob = sign_in("Bob")
    read(bob, number)
    assert line(bob, number, page=2) is None


def test_no_line_stands_above_what_was_called_read(app, sign_in):
    number = thread_of(app)
    bob = sign_in("Bob")
    read(bob, number)
    add(app, number, "Alice", 1)
    bob.post("/read-all")
    first, *_ = add(app, number, "Alice", 1)
    assert line(bob, number) == first


def test_pinned_threads_are_marked_as_well(app, sign_in):
    number = thread_of(app)
    with app.app_context(), write() as session:
        session.add(Pin(thread_id=number, by_id=3, created_at=MOMENT))
    bob = sign_in("Bob")
    assert news(bob, "/b/alt") == ["New", "New"]
    read(bob, number)
    assert news(bob, "/b/alt") == [None, None]


def test_who_is_suspended_reads_on(app, sign_in):
    number = thread_of(app)
    with app.app_context(), write() as session:
        session.add(Suspension(user_id=2, by_id=3, reason="Enough.", created_at=MOMENT))
    bob = sign_in("Bob")
    assert news(bob) == ["New"]
    read(bob, number)
    assert news(bob) == [None]
    assert bob.post("/read-all").status_code == 303


def test_a_guest_sees_nothing_of_it(app, guest, sign_in):
    number = thread_of(app, replies=30)
    before = guest.get("/").text
    bob = sign_in("Bob")
    read(bob, number, page=2)
    assert guest.get("/").text == before
    assert 'class="news"' not in before
    assert "read-all" not in before
    assert guest.get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}"
    assert guest.post("/read-all").status_code == 403
    assert stored(app) == []


def test_a_thread_that_one_may_not_see_is_not_gone_on_with(app, guest, sign_in):
    number = thread_of(app, status=Status.HELD)
    assert {who.get(f"/t/{number}/unread").status_code for who in (guest, sign_in("Bob"))} == {404}
    assert sign_in("Alice").get(f"/t/{number}/unread").location == f"/t/{number}-{SLUG}"
    assert guest.get("/t/999/unread").status_code == 404
    assert sign_in("Bob").post(f"/t/{number}/unread").status_code == 405


@pytest.mark.parametrize(("path", "most"), [("/", 3), ("/b/alt", 4)])
def test_marks_cost_a_list_no_statement(app, sign_in, statements, path, most):
    bob, costs = sign_in("Bob"), []
    for _ in range(2):
        numbers = [thread_of(app, replies=25) for _ in range(20)]
        for number in numbers[::2]:
            read(bob, number)
        app.extensions["seeing"].flush()
        statements.clear()
        assert bob.get(path).status_code == 200
        costs.append(len(statements))
    # The viewer, and what a guest's page asks.
    assert costs == [most, most]


def test_marks_cost_a_thread_s_page_no_statement(app, sign_in, statements):
    number = thread_of(app, replies=30)
    bob, costs = sign_in("Bob"), []
    for page in (1, 1, 2):
        statements.clear()
        read(bob, number, page)
        costs.append(len(statements))
    # The viewer, the thread, its posts unless they are kept, and the viewer's own.
    assert costs == [4, 3, 4]


def thread_of(app, **facts):
    """A thread by Alice on the board "alt"; its number."""
    with app.app_context(), write() as session:
        return makers.thread(session, session.get_one(User, 1), **facts).id


def add(app, number, name, count, **facts):
    """Posts at the end of a thread; their ids."""
    with app.app_context(), write() as session:
        author = session.query(User).filter_by(name=name).one()
        thread = session.get_one(Thread, number)
        return [makers.post(session, thread, author, **facts).id for _ in range(count)]


def read(browser, number, page=1):
    answer = browser.get(f"/t/{number}-{SLUG}?page={page}")
    assert answer.status_code == 200
    return answer.text


def news(browser, path="/"):
    """What each line of a list calls new, from its first on."""
    lines = re.findall(r'<li class="thread-row.*?</li>', browser.get(path).text, re.DOTALL)
    found = [re.search(r'<span class="news">(.*?)</span>', line) for line in lines]
    assert [bool(sign) for sign in found] == ["thread-row--new" in line for line in lines]
    return [sign and sign[1] for sign in found]


def line(browser, number, page=1):
    """The id of the post that the line "New" stands above."""
    found = re.search(
        r'<h2 class="first-new"><span>New</span></h2>\s+<article [^>]*id="p(\d+)"',
        read(browser, number, page),
    )
    return found and int(found[1])


def newest(browser):
    """Where the list begins, as its button sends it."""
    return re.findall(r'name="newest" value="([^"]+)"', browser.get("/").text)[0]


def stored(app):
    with app.app_context(), write() as session:
        return session.scalars(sa.select(ReadMark)).all()
