"""Several changes, one commit: what writers of a process change one after another is committed together.

A commit waits for the disk, and only after it another process begins: together they take as long as the change itself.
So who is done while others wait leaves the transaction open for the next in line, and the last one commits it for all.
Each sees what those before it changed; what fails is taken back alone; and nobody is told that something is done before
it is committed.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from copy import copy
from threading import Lock

from sqlalchemy.exc import DBAPIError

from forum.statements import Transaction, Transactions, say
from forum.turns import Turns

# The first one waits for all of them, and so do other processes; each takes a millisecond or two.
MOST_TOGETHER = 8


class Commits:
    """Makes changes in the order of the line, and commits those together that waited for one another."""

    def __init__(self, turns: Turns, transactions: Transactions) -> None:
        self._turns = turns
        self._transactions = transactions

    @contextmanager
    def change(self) -> Generator[Transaction]:
        """What the block changes is committed when this is over, and taken back when the block raises.

        Raises what SQLAlchemy raises; where it is the commit that fails, everybody whose change was in it hears of it.
        """
        turn = self._turns.enter(goes_on=True)
        try:
            group = turn.left_open or _Group(self._transactions.change())
        except BaseException:
            turn.end()
            raise
        try:
            with group.part():
                yield group.transaction
        finally:
            if not (group.has_room and turn.hand_on(group)):
                try:
                    group.end()
                finally:
                    turn.end()
        group.wait()


class _Group:
    """An open transaction and those who change something in it, one after another."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self._members = 0
        self._end = Lock()
        """Free once it is over, whoever ends it."""
        self._end.acquire()
        self._fault: DBAPIError | None = None
        self._is_lost = False
        """Whether the whole of it was taken back before its end."""

    @property
    def has_room(self) -> bool:
        """Whether one more may go on with it."""
        return self._members < MOST_TOGETHER and not self._is_lost and self.transaction.is_open

    @contextmanager
    def part(self) -> Generator[None]:
        """Take back what the block changed when it raises, and leave what those before it did."""
        self._members += 1
        if self._members == 1:
            # Nothing is there yet that could be spared.
            try:
                yield
            except BaseException:
                self._is_lost = True
                raise
            return
        self._say("SAVEPOINT part")
        try:
            yield
            self._say("RELEASE part")
        except BaseException:
            self._take_back()
            raise

    def end(self) -> None:
        """Commit, and let everybody know what came of it."""
        try:
            if not self._is_lost:
                self.transaction.commit()
        except DBAPIError as fault:
            self._fault = fault
        finally:
            try:
                self.transaction.end()
            finally:
                self._end.release()

    def wait(self) -> None:
        """Return when all is committed. Raises what the commit raised."""
        with self._end:
            pass
        if self._fault is not None:
            raise copy(self._fault) from self._fault

    def _take_back(self) -> None:
        try:
            self._say("ROLLBACK TO part")
            self._say("RELEASE part")
        except DBAPIError as fault:
            # A full disk takes everything back, also what those before did, who still wait to hear of it.
            self._is_lost, self._fault = True, fault

    def _say(self, sql: str) -> None:
        say(self.transaction.engine, self.transaction.driver, sql)
