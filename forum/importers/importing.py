"""Loading items into the board: in batches, so that a run that was cut off can go on.

What a batch made is noted in its own transaction under its origin (table `imported`); what is noted is not made again.
Texts are public as they come: screening is for what is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from forum.importers import boards, people, threads
from forum.importers.items import Item, Person, Shelf, Textless, Topic
from forum.importers.reading import BadRecord
from forum.importers.remembering import Tally
from forum.importers.texts import Press

# About a second of work: little is done again after a crash, and other writers wait for some tens of milliseconds.
BATCH = 1000


def load(
    items: Iterable[Item],
    now: datetime,
    *,
    board_id: int | None = None,
    report: Callable[[Tally], None] | None = None,
) -> Tally:
    """Load all items, in constant memory; `report` hears of every batch. With `board_id` all threads go to that board.

    It opens `write()` itself, for each batch anew, once hashing and rendering are done. Raises BadRecord from `items`
    and keeps the batches before; the next run goes on behind them.
    """
    with Press() as press:
        loading = _Loading(press, now, board_id, report)
        try:
            for batch in _batches(items):
                loading.take(batch)
        except BadRecord:
            loading.finish()
            raise
        loading.finish()
    return loading.tally


@dataclass
class _Loading:
    """A run, always one batch ahead: the threads of a batch are written while the texts of the next are made.

    An author whom no list of users names becomes a member only when their thread is written: one batch too late to be
    mentioned in the next.
    """

    press: Press
    now: datetime
    board_id: int | None
    report: Callable[[Tally], None] | None
    tally: Tally = field(default_factory=Tally)
    names: people.Names = field(default_factory=people.Names)
    waiting: threads.Batch | None = None

    def take(self, batch: list[Item]) -> None:
        """Make members and boards, begin with the threads, and write those of the batch before."""
        self.tally.add(
            people.load([item for item in batch if isinstance(item, Person)], self.names, self.now)
        )
        if self.board_id is None:
            self.tally.add(boards.load([item for item in batch if isinstance(item, Shelf)]))
        topics = [item for item in batch if isinstance(item, Topic)]
        begun = threads.begin(topics, self.press, self.waiting)
        self.finish()
        self.waiting = begun
        self.tally.left_out["posts"] += sum(isinstance(item, Textless) for item in batch)

    def finish(self) -> None:
        """Write the threads that wait for it, if there are any."""
        batch, self.waiting = self.waiting, None
        if batch is not None:
            self.tally.add(threads.finish(batch, self.names, self.now, self.board_id))
            if self.report is not None:
                self.report(self.tally)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += len(item.entries) if isinstance(item, Topic) else 1
        if weight >= BATCH:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
