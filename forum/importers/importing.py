"""Loading items into the board: in batches, so that a run that was cut off can go on.

What a batch made is noted in its own transaction under its origin (table `imported`); what is noted is not made again.
Texts are public as they come: screening is for what is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from forum.importers import boards, people, threads
from forum.importers.items import Item, Person, Shelf, Textless, Topic
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
    tally, names = Tally(), people.Names()
    with Press() as press:
        for batch in _batches(items):
            tally.add(people.load([item for item in batch if isinstance(item, Person)], names, now))
            if board_id is None:
                tally.add(boards.load([item for item in batch if isinstance(item, Shelf)]))
            topics = [item for item in batch if isinstance(item, Topic)]
            tally.add(threads.load(topics, press, names, now, board_id))
            tally.left_out["posts"] += sum(isinstance(item, Textless) for item in batch)
            if report is not None:
                report(tally)
    return tally


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
