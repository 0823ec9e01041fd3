"""Bogofilter as Debian packages it, with a word list of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.spam_bench.data import Comment

PROGRAM = shutil.which("bogofilter")
START = "From comment Thu Jan  1 00:00:00 1970"
# In a mailbox, such a line would begin the next message.
LIKE_START = re.compile(r"^(>*From )", re.MULTILINE)


class Bogofilter:
    """Registers comments as messages, and asks for their spamicity, with all options as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def learn(self, comments: Sequence[Comment]) -> None:
        """Register each once."""
        for option, is_spam in (("-s", True), ("-n", False)):
            if some := [comment for comment in comments if comment.is_spam is is_spam]:
                self._run(option, comments=some)

    take_labels = learn

    def scores(self, comments: Sequence[Comment]) -> list[float]:
        """The spamicity of each, 0 to 1; it is no calibrated probability, though it looks like one."""
        found = [float(line) for line in self._run("-TT", comments=comments).split()]
        if len(found) != len(comments):
            raise RuntimeError(f"bogofilter answered {len(found)} times to {len(comments)} comments")
        return found

    def _run(self, option: str, comments: Sequence[Comment]) -> str:
        done = subprocess.run(  # noqa: S603 - the program and its options are ours
            [PROGRAM or "bogofilter", "-C", "-d", str(self._folder), "-M", option],
            input="".join(map(_message, comments)).encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            check=False,
        )
        # It ends with 0 to 2 for what it found, and with 3 for an error.
        if done.returncode > 2:
            raise RuntimeError("bogofilter failed")
        return done.stdout.decode()


def _message(comment: Comment) -> str:
    author = re.sub(r"[^\w ]", " ", comment.author)
    body = LIKE_START.sub(r">\1", f"{comment.text}\n{comment.url}".replace("\r", "\n").replace("\0", " "))
    return f"{START}\nFrom: {author}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n\n"
