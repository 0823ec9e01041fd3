"""Threads for requests: what is handed in is done once, in its order, and by the one that was free last."""

from __future__ import annotations

import gc
import random
import threading
import weakref

import pytest

from forum.serving.pool import ThreadPool
from tests.waiting import PATIENCE_S, until

MOST = 3


@pytest.fixture
def pool():
    return ThreadPool(MOST)


class Doing:
    """Work that goes on until it is told to end."""

    def __init__(self, pool):
        self._pool = pool
        self.thread = None
        self._may_end = threading.Event()
        pool.run(self)

    def __call__(self):
        self.thread = threading.get_ident()
        assert self._may_end.wait(PATIENCE_S)

    def begun(self):
        until(lambda: self.thread is not None)
        return self

    def end(self):
        free = len(self._pool._free)
        self._may_end.set()
        until(lambda: len(self._pool._free) > free)


def test_one_after_another_is_done_by_one_thread(pool):
    threads = set()
    for _ in range(20):
        work = Doing(pool).begun()
        work.end()
        threads.add(work.thread)
    assert len(threads) == 1


def test_who_was_free_last_goes_on_first(pool):
    works = [Doing(pool).begun() for _ in range(MOST)]
    assert len({work.thread for work in works}) == MOST
    random.shuffle(works)
    for work in works:
        work.end()
    again = [Doing(pool).begun() for _ in range(MOST)]
    assert [work.thread for work in again] == [work.thread for work in reversed(works)]
    for work in again:
        work.end()


def test_what_comes_while_all_are_busy_is_done_in_its_order(pool):
    busy, done = [Doing(pool).begun() for _ in range(MOST)], []
    for number in range(10):
        pool.run(lambda number=number: done.append(number))
    assert done == []
    busy[0].end()
    until(lambda: len(done) == 10)
    assert done == list(range(10))
    for work in busy[1:]:
        work.end()


def test_many_hand_in_work_and_all_of_it_is_done_once(pool):
    done = []

    def hand_in(who):
        for number in range(200):
            pool.run(lambda number=number: done.append((who, number)))

    threads = [threading.Thread(target=hand_in, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(pool._free) == MOST)
    assert sorted(done) == [(who, number) for who in range(8) for number in range(200)]


def test_nothing_of_the_work_stays_when_it_is_done(pool):
    work = Doing(pool).begun()
    gone = weakref.ref(work)
    work.end()
    del work
    gc.collect()
    assert gone() is None


def test_a_thread_whose_work_fails_is_there_for_the_next(pool, caplog):
    def fail():
        raise MemoryError

    for _ in range(2 * MOST):
        pool.run(fail)
    until(lambda: len(pool._free) == MOST)
    done = []
    pool.run(lambda: done.append(1))
    until(lambda: done == [1])
    assert caplog.text.count("failed behind its answer") == 2 * MOST
