"""Everything an operator can set, read once from the environment.

Nothing else in the project reads `os.environ`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

# PostgreSQL as SQLAlchemy knows it, by the driver that we use.
POSTGRES = "postgresql+psycopg"


class BadSettings(Exception):
    """A setting that can't be used; the message is one plain sentence for the operator."""


@dataclass(frozen=True)
class Settings:
    """The operator's choices. Each field is set by the environment variable of the same name, in capitals."""

    host: str = "127.0.0.1"
    """The address that `python wsgi.py` listens on."""

    port: int = 8000
    """The TCP port that `python wsgi.py` listens on, 1 to 65535."""

    web_concurrency: int = 1
    """How many processes serve the board, 1 to 64. One is enough until a processor is busy; then one a processor."""

    data_dir: Path = Path("data")
    """The folder of everything the board keeps: database, key, jobs, written mails. Made when missing."""

    database_url: str = ""
    """Where the board is kept: postgresql://user:password@host/name, or sqlite:////srv/board.sqlite3.
    By default `board.sqlite3` in the data folder."""

    redis_url: str = ""
    """Where jobs and limits are shared between machines. Not used yet, and refused when given."""

    secret_key: str = ""
    """Signs the stamps of forms, at least 32 characters. By default made once, in DATA_DIR/secret_key."""

    base_url: str = ""
    """The public address, such as https://board.example.org; used in mails, feeds and canonical links.
    By default http://HOST:PORT."""

    smtp_url: str = ""
    """The mail server: smtp://user:password@host:587 (with STARTTLS) or smtps://…:465; `?from=` names the sender.
    Without it mails are written as .eml files under DATA_DIR/mail, and addresses need no confirmation."""

    trusted_proxies: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto, 0 to 5."""

    forum_limits: bool = True
    """`off` lifts rate limits and the limits of new members. For load tests only."""

    akismet_key: str = ""
    """A key of akismet.com: Akismet is then asked about texts that the filter is unsure of, and told the decisions."""

    stopforumspam: bool = False
    """`on` asks stopforumspam.org about the network address of a writer whose text the filter is unsure of."""

    services_send_mail: bool = False
    """`on` lets those two services have the writer's mail address too (StopForumSpam: its MD5 hash)."""

    akismet_url: str = "https://rest.akismet.com"
    """Where Akismet answers: scheme and host. Another one is for tests."""

    stopforumspam_url: str = "https://api.stopforumspam.org"
    """Where StopForumSpam answers: scheme and host. Another one is for tests."""

    @property
    def is_on_sqlite(self) -> bool:
        """Whether the board is kept in a file, and not by a server."""
        return self.database_url.startswith("sqlite:")

    @property
    def database_path(self) -> Path:
        """The SQLite file, where there is one."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def database_address(self) -> str:
        """The address of the server's database as libpq takes it, where there is one."""
        return make_url(self.database_url).set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def database_name(self) -> str:
        """The database as it is shown to the operator: without the password."""
        if self.is_on_sqlite:
            return str(self.database_path)
        url = make_url(self.database_url)
        return f"{url.database} on {url.host or 'this machine'}"

    @property
    def turns_path(self) -> Path:
        """The empty file by which this machine's processes stand in line to write."""
        path = self.database_path if self.is_on_sqlite else self.data_dir / "postgresql"
        return path.with_name(f"{path.name}-turns")

    @property
    def is_https(self) -> bool:
        """Whether visitors come by https: cookies are then marked Secure."""
        return self.base_url.startswith("https://")

    @property
    def has_mail(self) -> bool:
        """Whether mails leave the machine, so that an address can be confirmed."""
        return bool(self.smtp_url)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address, as browsers send it in `Origin`."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, make the data folder and the secret key when they are missing.

    Raises BadSettings with one plain sentence for a value that can't be used.
    """
    environ = os.environ if environ is None else environ
    given = {
        field.name: environ[field.name.upper()]
        for field in fields(Settings)
        if environ.get(field.name.upper())
    }
    host = given.get("host", Settings.host)
    port = _integer(given, "port", Settings.port, 1, 65535)
    data_dir = _folder(Path(given.get("data_dir", Settings.data_dir)).expanduser().absolute())
    return Settings(
        host=host,
        port=port,
        web_concurrency=_integer(given, "web_concurrency", Settings.web_concurrency, 1, 64),
        data_dir=data_dir,
        database_url=database(given.get("database_url", ""), data_dir),
        redis_url=_unused(given, "redis_url"),
        secret_key=_secret(given.get("secret_key", ""), data_dir),
        base_url=_address(given, "base_url", f"http://{_in_url(host)}:{port}"),
        smtp_url=_mail_server(given.get("smtp_url", "")),
        trusted_proxies=_integer(given, "trusted_proxies", 0, 0, 5),
        forum_limits=_switch(given, "forum_limits", Settings.forum_limits),
        akismet_key=_key(given.get("akismet_key", "")),
        stopforumspam=_switch(given, "stopforumspam", Settings.stopforumspam),
        services_send_mail=_switch(given, "services_send_mail", Settings.services_send_mail),
        akismet_url=_address(given, "akismet_url", Settings.akismet_url),
        stopforumspam_url=_address(given, "stopforumspam_url", Settings.stopforumspam_url),
    )


def _integer(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = given.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadSettings(f"{name.upper()} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _switch(given: Mapping[str, str], name: str, default: bool) -> bool:  # noqa: FBT001 - of the setting
    text = given.get(name, "on" if default else "off")
    if text not in ("on", "off"):
        raise BadSettings(f"{name.upper()} must be on or off, not {text!r}.")
    return text == "on"


def _key(text: str) -> str:
    if not (text.isascii() and text.isalnum()) and text:
        raise BadSettings("AKISMET_KEY must be letters and digits, as akismet.com shows it.")
    return text


def _unused(given: Mapping[str, str], name: str) -> str:
    if given.get(name):
        raise BadSettings(f"{name.upper()} is not supported by this version; leave it unset.")
    return ""


def _folder(path: Path) -> Path:
    try:
        # Password hashes, addresses and the key lie here: for nobody else on this machine.
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadSettings(f"DATA_DIR {path} can't be written to: {error.strerror}.") from error
    return path


def database(url: str, data_dir: Path) -> str:
    """The address by which SQLAlchemy finds what a DATABASE_URL names. Raises BadSettings."""
    if not url:
        return f"sqlite:///{data_dir / 'board.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://", f"{POSTGRES}://")):
        return _on_postgres(url)
    if not url.startswith("sqlite:///") or url in ("sqlite:///:memory:", "sqlite:///"):
        raise BadSettings(
            "DATABASE_URL must be like postgresql://user:password@host/board or sqlite:////srv/board.sqlite3."
        )
    path = Path(url.removeprefix("sqlite:///")).absolute()
    if not os.access(path.parent, os.W_OK):
        raise BadSettings(f"DATABASE_URL lies in {path.parent}, which can't be written to.")
    return f"sqlite:///{path}"


def _on_postgres(url: str) -> str:
    try:
        parts = make_url(url)
    except (ValueError, ArgumentError):
        # Without the address, for a password may stand in it.
        raise BadSettings(
            "DATABASE_URL must be like postgresql://user:password@host:5432/board, with what is no letter or digit in"
            " the password as %40 stands for @."
        ) from None
    if not parts.database:
        raise BadSettings("DATABASE_URL must name the database too, such as postgresql://user@host/board.")
    return parts.set(drivername=POSTGRES).render_as_string(hide_password=False)


def _secret(given: str, data_dir: Path) -> str:
    if given:
        if len(given) < 32:
            raise BadSettings("SECRET_KEY must have at least 32 characters; leave it unset to have one made.")
        return given
    path = data_dir / "secret_key"
    if not path.exists():
        draft = path.with_name(f".secret_key-{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        # The link appears whole or not at all, so of two workers that start together one makes the key for both.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return _written(path)


def _written(path: Path) -> str:
    try:
        key = path.read_text().strip()
    except OSError as error:
        raise BadSettings(f"The secret key {path} can't be read: {error.strerror}.") from error
    if len(key) < 32:
        raise BadSettings(f"The secret key {path} is cut short; delete the file to have a new one made.")
    return key


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    url = given.get(name, default)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadSettings(f"{name.upper()} must look like https://board.example.org, not {url!r}.")
    return f"{parts.scheme}://{parts.netloc}"


def _mail_server(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise BadSettings("SMTP_URL must look like smtp://user:password@mail.example.org:587.")
    return url
