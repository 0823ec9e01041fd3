"""Neighbours on the network share a number that tells nobody where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.screening.origins import network_hash

KEY = "k" * 32


@pytest.mark.parametrize(
    ("one", "other", "are_neighbours"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("203.0.113.7", "::ffff:203.0.113.8", True),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("0.0.1.7", "::1:0:0:0:0:7", False),
    ],
)
def test_neighbours_share_a_number(one, other, are_neighbours):
    assert (network_hash(one, KEY) == network_hash(other, KEY)) is are_neighbours


def test_two_boards_number_the_same_network_differently():
    assert network_hash("203.0.113.7", KEY) != network_hash("203.0.113.7", "another" * 5)


@pytest.mark.parametrize("address", ["", "unix:", "example.org", "203.0.113", "1.2.3.4.5"])
def test_what_is_no_address_has_no_number(address):
    assert network_hash(address, KEY) is None


@given(st.ip_addresses())
def test_a_number_fits_into_the_database(address):
    number = network_hash(str(address), KEY)
    assert number is not None
    assert 0 <= number < 2**63
