"""Bodies on their way: everybody has room for theirs, and what takes too long is waited for no longer."""

from __future__ import annotations

import pytest

from forum.web import bodies as module
from forum.web.bodies import MOST_BYTES, MOST_BYTES_OF_ONE, OVERHEAD_BYTES, WITHIN_AT_STOP_S, WITHIN_S, Bodies
from forum.web.safety import MOST_BODY_BYTES


class Coming(module.Coming):
    def __init__(self):
        self.is_cut = False

    def cancel(self):
        self.is_cut = True
        return True

    def result(self):
        return b""


@pytest.fixture
def clock(monkeypatch):
    """Seconds, to be changed."""
    seconds = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: seconds[0])
    return seconds


def fill(bodies, address, length):
    """How many bodies from an address there was room for."""
    count = 0
    while bodies.begin(address, length):
        count += 1
    return count


@pytest.mark.parametrize(
    ("address", "neighbour", "stranger"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        # A household has a whole network of IPv6.
        ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
    ],
)
def test_one_sender_leaves_room_for_others(address, neighbour, stranger):
    bodies = Bodies()
    assert fill(bodies, address, 2000) == MOST_BYTES_OF_ONE // (2000 + OVERHEAD_BYTES)
    assert bodies.begin(neighbour, 2000) is None
    assert bodies.begin(stranger, 2000)


def test_all_together_take_no_more_than_there_is():
    bodies = Bodies()
    counts = [fill(bodies, f"192.0.2.{number}", MOST_BODY_BYTES) for number in range(20)]
    assert sum(counts) == MOST_BYTES // (MOST_BODY_BYTES + OVERHEAD_BYTES)
    assert bodies.begin("192.0.2.99", MOST_BODY_BYTES) is None


def test_who_sends_for_everybody_has_all_the_room():
    bodies = Bodies(of_one=MOST_BYTES)
    assert fill(bodies, "192.0.2.1", 2000) == MOST_BYTES // (2000 + OVERHEAD_BYTES)


def test_a_place_that_is_given_back_is_there_for_the_next():
    bodies = Bodies()
    places = [bodies.begin("192.0.2.1", MOST_BODY_BYTES) for _ in range(8)]
    full = [place for place in places if place]
    assert len(full) < len(places)
    for place in full:
        bodies.end(place.number)
    assert len(bodies) == 0
    assert fill(bodies, "192.0.2.1", MOST_BODY_BYTES) == len(full)


@pytest.mark.parametrize(("is_stopping", "within_s"), [(False, WITHIN_S), (True, WITHIN_AT_STOP_S)])
def test_what_takes_too_long_is_cut_and_nothing_else(clock, is_stopping, within_s):
    bodies = Bodies()
    slow = bodies.begin("192.0.2.1", 2000)
    clock[0] += 1
    quicker, asked_for_just_now = bodies.begin("192.0.2.1", 2000), bodies.begin("192.0.2.2", 2000)
    slow.coming, quicker.coming = Coming(), Coming()
    clock[0] += within_s - 1.1
    bodies.cut(is_stopping=is_stopping)
    assert not slow.coming.is_cut
    clock[0] += 0.2
    bodies.cut(is_stopping=is_stopping)
    assert (slow.coming.is_cut, quicker.coming.is_cut) == (True, False)
    clock[0] += 1
    bodies.cut(is_stopping=is_stopping)
    assert quicker.coming.is_cut
    assert asked_for_just_now.coming is None
