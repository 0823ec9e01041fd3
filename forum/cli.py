"""`flask forum ...`: what an operator does at a terminal. Each command calls one verb."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask, current_app
from flask.cli import AppGroup

from forum import copying, upkeep
from forum.accounts import joining
from forum.accounts.models import Role
from forum.db import reading, write
from forum.demo import seeding
from forum.doctor import counters, examining, report
from forum.errors import Problem
from forum.importers import formats, importing
from forum.importers.reading import BadRecord
from forum.importers.remembering import Tally
from forum.screening import backfilling, versions
from forum.screening.models import ModelState
from forum.settings import BadSettings, Settings, database
from forum.threads import boards
from forum.threads.addresses import board_url
from forum.threads.models import Board

SECONDS_BETWEEN_REPORTS = 5
WORDS = ("boards", "members", "threads", "posts")
OFFERED = {
    ModelState.LIVE: "The model that came with the software decides.",
    ModelState.SHADOW: "The model that came with the software runs in shadow. See /mod/filter.",
    ModelState.RETIRED: "The model that came with the software is kept, because another one runs in shadow.",
    None: "Nothing to do.",
}


class Commands(AppGroup):
    """Commands that say in a sentence when the database can't be used."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSettings as fault:
            raise click.ClickException(str(fault)) from None
        except sqlalchemy.exc.OperationalError as fault:
            raise click.ClickException(f"The database can't be used: {fault.orig}") from None


commands = Commands(
    "forum",
    short_help="Make boards and members, import threads, seed the demo, steer the filter, see the doctor.",
)


def init(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(commands)


@commands.command("create-user")
@click.argument("name")
@click.option("--email", prompt="Mail address", help="Taken as confirmed. Asked for when not given.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given."
)
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value, show_default=True
)
def create_user(name: str, email: str, password: str, role: str) -> None:
    """Make a member, a moderator or an admin."""
    with _told(), write() as session:
        user = joining.create(
            session, name=name, email=email, password=password, role=Role(role), now=datetime.now(UTC)
        )
        made = f"{user.name} can log in now, as {role}."
    click.echo(made)


@commands.command("create-board")
@click.argument("slug")
@click.argument("name")
@click.option("--name-ja", default="", help="The name for readers of Japanese.")
@click.option("--description", default="", help="A sentence on what belongs there.")
@click.option("--description-ja", default="", help="The same in Japanese.")
def create_board(slug: str, name: str, name_ja: str, description: str, description_ja: str) -> None:
    """Make a board, after all others; SLUG stands in its address, /b/SLUG."""
    with _told(), write() as session:
        boards.create(
            session,
            slug=slug,
            name=name,
            name_ja=name_ja,
            description=description,
            description_ja=description_ja,
        )
    click.echo(f"The board {name} is open at {board_url(slug)}.")


@commands.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(formats.FORMATS)),
    help="Told from the first line when not given.",
)
@click.option("--board", "slug", help="The board that all threads go to; by default the source's own.")
def import_files(files: tuple[str, ...], format_: str | None, slug: str | None) -> None:
    """Load threads from FILES of JSON lines, which may be gzipped; - is the standard input.

    It can be run again: what was loaded before is left as it is.
    """
    try:
        items = formats.items(files, format_)
        tally = importing.load(items, datetime.now(UTC), board_id=_board_id(slug), report=_progress())
    except BadRecord as fault:
        raise click.ClickException(
            f"{fault} What was loaded before it stays; run the import again to go on."
        ) from None
    upkeep.take_statistics()
    click.echo(_summary(tally))


@commands.command("copy-from")
@click.argument("url")
def copy_from(url: str) -> None:
    """Copy the whole board at URL, which is like DATABASE_URL, into this database, which has to be empty.

    As when a board moves from a file to PostgreSQL: stop it first. All of it is copied, or nothing.
    """
    there = database(url, Path.cwd())
    with _told(), write() as session:
        copying.copy_from(session, there, lambda table, n_rows: click.echo(f"{n_rows:>12,} {table}"))
    upkeep.take_statistics()
    click.echo("All is copied.")


@commands.command()
def seed() -> None:
    """Fill an empty board with the demo threads."""
    with write() as session:
        logins = seeding.seed(session, datetime.now(UTC))
    if logins is None:
        raise click.ClickException("The board is not empty, so that nothing was seeded.")
    upkeep.take_statistics()
    for login in logins:
        click.echo(f"{login.role:10} {login.name:16} {login.password}")


@commands.command()
@click.option(
    "--check", "is_thorough", is_flag=True, help="Check that all is sound, and count everything anew."
)
@click.option("--recount", "is_mending", is_flag=True, help="Make the counters right first.")
def doctor(is_thorough: bool, is_mending: bool) -> None:  # noqa: FBT001 - as click hands them over
    """Tell what the database looks like, what its pages cost, and what is wrong.

    The exit status is 1 when something is. It may run while the board does; without --recount it changes nothing.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_on_sqlite and not settings.database_path.exists():
        raise click.ClickException(
            f"There is no database at {settings.database_path} yet: run `.venv/bin/flask db upgrade`."
        )
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way to say it
    try:
        if is_mending:
            with write() as session:
                click.echo(f"{counters.recount(session):,} counters were wrong and are right now.\n")
        found = examining.examine(app, reading(), is_thorough=is_thorough)
    except sqlalchemy.exc.DatabaseError as fault:
        raise click.ClickException(examining.unreadable(settings, fault)) from None
    click.echo(report.text(found))
    if any(section.warnings for section in found):
        raise SystemExit(1)


@commands.group("filter")
def spam_filter() -> None:
    """Bring a text model of your own, and let it decide."""


@spam_filter.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="What it is, for the moderators' page; by default the file's name.")
def try_model(file: Path, note: str) -> None:
    """Let the model in FILE run in shadow: it judges each text beside the live one, and nothing follows from it.

    `python -m forum.spam train --model FILE` makes one. What it would change stands on /mod/filter.
    """
    with _told(), write() as session:
        versions.try_out(session, file.read_bytes(), note or file.name, None, datetime.now(UTC))
    click.echo("The model runs in shadow. What it would change stands on /mod/filter.")


@spam_filter.command()
def adopt() -> None:
    """Let the model in shadow decide; the one before is kept."""
    with _told(), write() as session:
        shadow = next((v.id for v in versions.kept(session) if v.state == ModelState.SHADOW), None)
        if shadow is None:
            raise click.ClickException("No model runs in shadow.")
        versions.adopt(session, shadow, None, datetime.now(UTC))
    click.echo("The model decides from now on.")


@spam_filter.command()
def offer() -> None:
    """Put the model that came with the software in its place, as `python wsgi.py` does when it starts.

    It runs in shadow when another one decides. What an earlier version decided is made known to this one's evidence.
    For boards that another server serves, after each upgrade.
    """
    with write() as session:
        state = versions.offer_shipped(session, datetime.now(UTC))
        backfilling.fill(session, datetime.now(UTC))
    click.echo(OFFERED[state])


@contextmanager
def _told() -> Generator[None]:
    """Say what a verb refuses as a sentence, without a traceback."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(str(problem.sentence)) from None


def _board_id(slug: str | None) -> int | None:
    if slug is None:
        return None
    found = reading().scalar(sa.select(Board.id).where(Board.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no board {slug!r}.")
    return found


def _progress() -> Callable[[Tally], None]:
    """Say every few seconds how far it is."""
    last = began = time.monotonic()

    def report(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_REPORTS:
            last = now
            made, known = tally.made["posts"], tally.known["posts"]
            rate = (made + known) / (now - began)
            click.echo(f"{made:,} posts loaded, {known:,} known already, {rate:,.0f} a second", err=True)

    return report


def _summary(tally: Tally) -> str:
    rows = [
        ("made", tally.made),
        ("known already", tally.known),
        ("left out, without a text", tally.left_out),
    ]
    return "\n".join(
        f"{name + ':':26}" + ", ".join(f"{counts[word]:,} {word}" for word in WORDS) for name, counts in rows
    )
