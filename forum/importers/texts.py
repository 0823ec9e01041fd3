"""Bodies as they come to bodies as the board keeps them: Markdown, and its HTML rendered once."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from types import TracebackType

from forum.importers.items import Format
from forum.text.cleaning import clean
from forum.text.excerpts import ELLIPSIS, cut
from forum.text.languages import Language
from forum.text.rendering import linked_names, render

# Starting another process costs about a second, in which one alone renders more texts than this.
POOL_FROM = 2000
CHUNK = 40

_ADDRESS = re.compile(r"((?:https?://|www\.)[^\s<>]+)")
# What CommonMark and the board's own dialect (ruby, mentions, strike-through) take for a sign wherever it stands ...
_SIGN = re.compile(r"([\\`*\[\]<>{}~@]|(?<!\w)_|_(?!\w)|&(?=[#\w]+;))")
# ... and what only at the beginning of a line: a heading, a list, a table.
_FIRST_SIGN = re.compile(r"^(\d{1,9}(?=[.)]))?([#+=|.)-])", re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Raw:
    """A body as its source has it, and the members that it may mention, as key -> name."""

    body: str
    format: Format
    source_address: str = ""
    members: Mapping[str, str] = field(default_factory=dict)

    def with_source(self, address: str) -> Raw:
        """The same body with the address of its original at its end."""
        is_address = _ADDRESS.fullmatch(address) is not None
        return replace(self, source_address=address) if is_address else self

    def with_members(self, members: Mapping[str, str]) -> Raw:
        """The same body, whose mentions of `members` become links."""
        return replace(self, members=members) if members and self._may_mention else self

    def mentions(self) -> frozenset[str]:
        """The keys of all names that the body may mention; nothing is parsed when it has no @."""
        return linked_names(markdown(self.body, self.format)) if self._may_mention else frozenset()

    @property
    def _may_mention(self) -> bool:
        # Plain text is escaped, so that it mentions nobody.
        return "@" in self.body and self.format != "text"


@dataclass(frozen=True, slots=True)
class Text:
    """A body as it is stored. An empty `body` is what is left of a text without words."""

    body: str
    html: str
    lang: Language


class Press:
    """Makes texts: in this process, and from POOL_FROM texts on, on all processors. To be used in a `with`."""

    def __init__(self) -> None:
        self._count = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Press:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def begin(self, raws: Sequence[Raw]) -> Callable[[], list[Text]]:
        """Begin to make the texts of all bodies; call what comes back to have them, in their order.

        A few hundred microseconds of one processor for each. With other processes at work it comes back at once, so
        that the caller can write one batch while they make the next.
        """
        self._count += len(raws)
        if self._count < POOL_FROM:
            return [text_of(raw) for raw in raws].copy
        if self._pool is None:
            # Spawned, not forked: this process has an open database, which a fork must not inherit.
            self._pool = ProcessPoolExecutor(
                os.cpu_count(), get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
            )
        return partial(list, self._pool.map(text_of, raws, chunksize=CHUNK))


def text_of(raw: Raw) -> Text:
    """One body, converted and rendered: whole, however long, since what that costs grows with its length alone."""
    body = markdown(raw.body, raw.format)
    if body and raw.source_address:
        body = f"{body}\n\n<{raw.source_address}>"
    rendered = render(body, raw.members)
    return Text(body, rendered.html, rendered.lang)


def markdown(body: str, format_: Format) -> str:
    """A body as clean Markdown. Plain text is escaped, so that it reads as it was written and mentions nobody here."""
    if format_ == "html":
        # Every start of the board reads this file, and hardly any needs this library and its parser.
        from markdownify import markdownify  # noqa: PLC0415

        body = markdownify(body, heading_style="ATX", bullets="-", escape_misc=True)
    elif format_ == "text":
        body = _escaped(_INDENTATION.sub("", clean(body)))
    return clean(body)


def one_line(text: str, longest: int) -> str:
    """`text` without line breaks, cut at a word to `longest` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else cut(line, longest - len(ELLIPSIS)) + ELLIPSIS


def _escaped(text: str) -> str:
    """Addresses stay as they are, for they become links."""
    pieces = _ADDRESS.split(text)
    pieces[::2] = [_SIGN.sub(r"\\\1", piece) for piece in pieces[::2]]
    return _FIRST_SIGN.sub(r"\1\\\2", "".join(pieces))
