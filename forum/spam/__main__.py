"""Train, score and build from the command line: `python -m forum.spam --help`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from forum.spam.judging import Submission, text_of
from forum.spam.model import SHIPPED_MODEL, BrokenModel, Model
from forum.spam.seeding import Lesson, own_lessons
from forum.spam.training import build, teach, teach_more

LABELS = ("spam", "ham")


def main(arguments: Sequence[str] | None = None) -> None:
    """Comments come as JSON lines on stdin: text, author, url and, to train, label ("spam" or "ham")."""
    parser = argparse.ArgumentParser(prog="python -m forum.spam", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train", help="teach FILE more; a FILE that is missing starts as the shipped model"
    )
    train.add_argument("--model", type=Path, required=True, metavar="FILE")
    train.add_argument(
        "--fresh", action="store_true", help="forget FILE and the shipped model, start from nothing"
    )
    score = commands.add_parser("score", help="print the probability of spam, a line for a comment")
    score.add_argument("--model", type=Path, default=SHIPPED_MODEL, metavar="FILE")
    commands.add_parser("build", help="make the shipped model from the seed")
    options = parser.parse_args(arguments)
    try:
        _run(options)
    except BrokenModel as error:
        sys.exit(str(error))


def _run(options: argparse.Namespace) -> None:
    if options.command == "build":
        build()
    elif options.command == "train":
        lessons = [Lesson(_text(row), row["label"] == "spam") for row in _rows(("text", "label"))]
        if options.fresh:
            teach(model := Model.empty(), lessons)
        else:
            teach_more(model := _start(options.model), lessons, own_lessons())
        model.save(options.model)
    else:
        model = Model.load(options.model)
        sys.stdout.writelines(f"{model.probability(_text(row)):.9f}\n" for row in _rows(("text",)))


def _start(path: Path) -> Model:
    return Model.load(path if path.exists() else SHIPPED_MODEL)


def _rows(needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            yield _row(line, number, needed)


def _row(line: bytes, number: int, needed: Sequence[str]) -> dict[str, Any]:
    """One comment; ends the command with the number of a line that is none."""
    try:
        row = json.loads(line)
    except ValueError as error:
        sys.exit(f"line {number}: no JSON ({error})")
    missing = [name for name in needed if not isinstance(row, dict) or not isinstance(row.get(name), str)]
    if missing:
        sys.exit(f"line {number}: no {' and no '.join(missing)}")
    if "label" in needed and row["label"] not in LABELS:
        sys.exit(f"line {number}: the label must be spam or ham, not {row['label']!r}")
    return row


def _text(row: dict[str, Any]) -> str:
    links = (row["url"],) if row.get("url") else ()
    return text_of(Submission("reply", row["text"], author_name=row.get("author") or "", links=links))


if __name__ == "__main__":
    main()
