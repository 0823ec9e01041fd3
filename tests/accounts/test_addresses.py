"""Mail addresses: where mail goes is what was typed."""

from __future__ import annotations

from email.headerregistry import AddressHeader
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.accounts.addresses import Address, parse
from forum.errors import Invalid

LOCAL_PARTS = st.text("ab0.=?!#$%&'*+-/^_`{|}~", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("typed", "text", "key"),
    [
        (" Alice@Example.org ", "Alice@example.org", "alice@example.org"),
        ("alice+jet@example.org", "alice+jet@example.org", "alice+jet@example.org"),
        ("alice@例え.jp", "alice@xn--r8jz45g.jp", "alice@xn--r8jz45g.jp"),
    ],
)
def test_two_spellings_of_a_mailbox_have_one_key(typed, text, key):
    assert parse(typed) == Address(text, key)


@pytest.mark.parametrize(
    "typed", ["=?utf-8?q?=0a?=@example.org", "=?x0?q?victim?=@example.org", "a=?b@example.org"]
)
def test_an_address_that_mail_would_read_as_another_is_none(app, typed):
    with app.test_request_context(), pytest.raises(Invalid):
        parse(typed)


@given(LOCAL_PARTS)
def test_mail_goes_to_the_very_address_that_was_parsed(local):
    try:
        address = parse(f"{local}@example.org")
    except Invalid:
        return
    message = EmailMessage()
    message["To"] = address.text
    header = message["To"]
    assert isinstance(header, AddressHeader)
    assert [one.addr_spec for one in header.addresses] == [address.text]
