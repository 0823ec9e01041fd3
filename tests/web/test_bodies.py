"""Bodies on their way: everybody has room for theirs, and what takes too long is waited for no longer."""

from __future__ import annotations

import pytest

from forum.web import bodies as module
from forum.web.bodies import MOST_BYTES, MOST_BYTES_OF_ONE, OVERHEAD_BYTES, WITHIN_AT_STOP_S, WITHIN_S, Bodies
from forum.web.safety import MOST_BODY_BYTES

NOW = 1000.0


class Coming(module.Coming):
    def __init__(self):
        self.is_cut = False

    def cancel(self):
        self.is_cut = True
        return True

    def result(self):
        return b""


def fill(bodies, address, headers=None, body_bytes=0):
    """How many bodies from an address there is room for."""
    count = 0
    while (place := bodies.begin(address, headers or {}, NOW)) and bodies.grow(place, body_bytes):
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
    assert fill(bodies, address) == MOST_BYTES_OF_ONE // OVERHEAD_BYTES
    assert bodies.begin(neighbour, {}, NOW) is None
    assert bodies.begin(stranger, {}, NOW)


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_X": "x" * 30_000}, {"X" * 30_000: ""}, {f"HTTP_{number:05}": "" for number in range(3000)}],
    ids=["a long value", "a long name", "many names"],
)
def test_headers_count_by_what_they_take(headers):
    assert fill(Bodies(), "192.0.2.1", headers) <= MOST_BYTES_OF_ONE // (OVERHEAD_BYTES + 60_000)


def test_what_has_come_counts():
    per_body = OVERHEAD_BYTES + MOST_BODY_BYTES
    assert fill(Bodies(), "192.0.2.1", body_bytes=MOST_BODY_BYTES) == MOST_BYTES_OF_ONE // per_body


def test_all_together_take_no_more_than_there_is():
    bodies = Bodies()
    senders = [f"192.0.2.{number}" for number in range(12)]
    assert sum(fill(bodies, sender) for sender in senders) == MOST_BYTES // OVERHEAD_BYTES
    assert bodies.begin("192.0.2.99", {}, NOW) is None


def test_who_sends_for_everybody_has_all_the_room():
    assert fill(Bodies(of_one=MOST_BYTES), "192.0.2.1") == MOST_BYTES // OVERHEAD_BYTES


def test_a_place_that_is_given_back_is_there_for_the_next():
    bodies = Bodies(of_one=2 * OVERHEAD_BYTES + 100)
    first, second = bodies.begin("192.0.2.1", {}, NOW), bodies.begin("192.0.2.1", {}, NOW)
    assert first
    assert second
    assert bodies.grow(first, 100)
    assert not bodies.grow(second, 1)
    for _time in range(2):
        bodies.end(first)
        assert len(bodies) == 1
        assert not bodies.grow(first, 1)
    third = bodies.begin("192.0.2.1", {}, NOW)
    assert third
    assert bodies.grow(third, 100)
    assert bodies.begin("192.0.2.1", {}, NOW) is None


def test_what_takes_too_long_is_cut_and_nothing_else():
    bodies = Bodies()
    slow, quicker = bodies.begin("192.0.2.1", {}, NOW), bodies.begin("192.0.2.1", {}, NOW + 1)
    assert slow
    assert quicker
    slow.coming, quicker.coming = first, second = Coming(), Coming()
    # One whose last piece has come, and which the application has by now.
    assert bodies.begin("192.0.2.1", {}, NOW - WITHIN_S)
    bodies.cut(NOW + WITHIN_S - 0.1)
    assert not first.is_cut
    bodies.cut(NOW + WITHIN_S)
    assert (first.is_cut, second.is_cut) == (True, False)
    bodies.cut(NOW + WITHIN_S + 1)
    assert second.is_cut


@pytest.mark.parametrize("age_s", [0, WITHIN_AT_STOP_S + 1], ids=["just begun", "long on its way"])
def test_at_a_stop_all_have_a_few_seconds_more(age_s):
    bodies, coming = Bodies(), Coming()
    place = bodies.begin("192.0.2.1", {}, NOW - age_s)
    assert place
    place.coming = coming
    bodies.cut(NOW + WITHIN_AT_STOP_S - 0.1, NOW)
    assert not coming.is_cut
    bodies.cut(NOW + WITHIN_AT_STOP_S, NOW)
    assert coming.is_cut
