"""Mail addresses: which are written properly, and which two are the same."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from forum.errors import Invalid


@dataclass(frozen=True, slots=True)
class Address:
    """`text` is where mail goes, in ASCII; `key` is equal for two spellings of one mailbox."""

    text: str
    key: str


def parse(text: str) -> Address:
    """The address that somebody typed; only its syntax is looked at, so it costs no look-up in the network.

    Raises Invalid for `email`. Letters outside ASCII are taken in the domain, which goes on as IDNA, but not before
    the @, since few mail servers deliver to such mailboxes.
    """
    # In the head of a mail `=?` begins an encoded word (RFC 2047): it would be decoded, and go to another mailbox.
    if "=?" in text:
        raise _not_an_address()
    try:
        address = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        raise _not_an_address() from None
    # Mail servers may tell Bob@ from bob@; hardly any does, and two accounts for one mailbox would be worse.
    return Address(address or "", (address or "").lower())


def _not_an_address() -> Invalid:
    return Invalid(email=_("This does not look like a mail address."))
