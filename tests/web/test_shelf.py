"""What was made once is kept while there is room, and what nobody asked for goes first."""

from __future__ import annotations

import random
import threading

from forum.web.shelf import Shelf


def test_a_value_is_there_until_it_is_removed():
    shelf: Shelf[str] = Shelf(1000)
    shelf.put("a", "one", 10)
    assert (shelf.get("a"), shelf.get("b"), len(shelf), shelf.bytes) == ("one", None, 1, 10)
    shelf.remove("a", "one")
    assert (shelf.get("a"), len(shelf), shelf.bytes) == (None, 0, 0)


def test_another_value_takes_the_place_of_the_first_and_its_bytes():
    shelf: Shelf[str] = Shelf(1000)
    shelf.put("a", "one", 90)
    shelf.put("a", "two", 30)
    assert (shelf.get("a"), len(shelf), shelf.bytes) == ("two", 1, 30)


def test_only_the_very_value_is_removed():
    shelf: Shelf[list[int]] = Shelf(1000)
    old, new = [1], [1]
    shelf.put("a", old, 10)
    shelf.put("a", new, 10)
    shelf.remove("a", old)
    assert shelf.get("a") is new


def test_what_nobody_asked_for_goes_first():
    shelf: Shelf[int] = Shelf(100)
    for number in range(10):
        shelf.put(number, number, 10)
    asked = {0, 3, 7}
    for number in asked:
        shelf.get(number)
    for number in range(10, 17):
        shelf.put(number, number, 10)
    assert {number for number in range(10) if shelf.get(number) is not None} == asked


def test_who_was_asked_for_once_goes_when_asked_for_no_more():
    shelf: Shelf[int] = Shelf(100)
    shelf.put("popular yesterday", 0, 10)
    shelf.get("popular yesterday")
    for number in range(20):
        shelf.put(number, number, 10)
    assert shelf.get("popular yesterday") is None


def test_a_value_that_would_crowd_out_the_others_is_not_kept():
    shelf: Shelf[str] = Shelf(100)
    shelf.put("a", "small", 10)
    shelf.put("a", "large", 11)
    assert (shelf.get("a"), shelf.bytes) == (None, 0)


def test_a_cleared_shelf_is_empty():
    shelf: Shelf[int] = Shelf(100)
    for number in range(5):
        shelf.put(number, number, 10)
    shelf.clear()
    assert (len(shelf), shelf.bytes, shelf.get(1)) == (0, 0, None)


def test_two_shelves_know_nothing_of_each_other():
    first, second = Shelf[int](100), Shelf[int](100)
    first.put("a", 1, 10)
    for number in range(50):
        second.put(number, number, 10)
    assert (first.get("a"), second.get("a"), first.bytes) == (1, None, 10)


def test_threads_that_look_put_and_remove_leave_a_shelf_in_order():
    shelf: Shelf[tuple[int]] = Shelf(500)

    def work(seed):
        chance = random.Random(seed)
        for _ in range(5_000):
            key = chance.randrange(80)
            value = shelf.get(key)
            if value is None:
                shelf.put(key, (key,), 10)
            elif chance.random() < 0.3:
                shelf.remove(key, value)
            else:
                assert value == (key,)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.bytes == 10 * len(shelf) <= 500
    shelf.clear()
    assert (shelf.bytes, len(shelf._places)) == (0, 0)
