"""Several changes, one commit: what writers of a process change one after another is committed together.

A commit waits for the disk, and only after it another process begins: together they take as long as the change itself.
So who is done while others wait leaves the transaction open for the next in line, and the last one commits it for all.
Each sees what those before it changed; what fails is taken back alone; and nobody is told that something is done before
it is committed.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from copy import copy
from threading import Lock
from time import monotonic

from sqlalchemy.exc import DBAPIError, OperationalError

from forum.statements import Transaction, Transactions, say
from forum.turns import Turns

LOST = "what was changed together was taken back"
# The first one waits for all of them, and so do other processes; each takes a millisecond or two.
MOST_TOGETHER = 8
# Whoever is done waits no longer than this for others to begin, and then for the one who is at it.
LONGEST_TOGETHER_S = 0.05


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
            left = turn.left_open
            group = left if isinstance(left, _Group) else _Group(self._transactions.change())
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
        self._began = monotonic()
        self._members = 0
        self._is_committed = False
        self._cause: BaseException | None = None
        """Why what is in it can't be committed, or was not."""
        self._end = Lock()
        """Free once it is over, whoever ends it."""
        self._end.acquire()

    @property
    def has_room(self) -> bool:
        """Whether one more may go on with it."""
        is_early = self._members < MOST_TOGETHER and monotonic() - self._began < LONGEST_TOGETHER_S
        return is_early and self._cause is None and self.transaction.is_open

    @contextmanager
    def part(self) -> Generator[None]:
        """Take back what the block changed when it raises, and leave what those before it did."""
        self._members += 1
        # Before the first one there is nothing that could be spared.
        has_savepoint = self.transaction.is_shared = self._members > 1
        try:
            if has_savepoint:
                self._say("SAVEPOINT part")
            yield
            if has_savepoint:
                self._say("RELEASE part")
        except BaseException as fault:
            # All is lost until what failed is known to be taken back alone.
            self._cause = fault
            if has_savepoint:
                self._take_back()
            raise

    def end(self) -> None:
        """Commit, and let everybody know what came of it."""
        try:
            if self._cause is None:
                self.transaction.commit()
                self._is_committed = True
        except Exception as fault:  # noqa: BLE001 - whatever it is, all who wait hear of it
            self._cause = fault
        finally:
            try:
                self.transaction.end()
            finally:
                self._end.release()

    def wait(self) -> None:
        """Return when all is committed. Raises DBAPIError when it is not, of the commit's own kind where it has one."""
        with self._end:
            pass
        if self._is_committed:
            return
        if isinstance(self._cause, DBAPIError):
            raise copy(self._cause) from self._cause
        raise OperationalError("COMMIT", None, Exception(LOST)) from self._cause

    def _take_back(self) -> None:
        # SQLite may have taken back everything by itself, as on a full disk: also what those did who wait by now.
        with suppress(Exception):
            self._say("ROLLBACK TO part")
            self._say("RELEASE part")
            self._cause = None

    def _say(self, sql: str) -> None:
        say(self.transaction.engine, self.transaction.driver, sql)
