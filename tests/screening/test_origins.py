"""Neighbours on the network share a number that tells nobody where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.screening.origins import is_public, network_hash

KEY = "k" * 32


@pytest.mark.parametrize(
    ("one", "other", "are_neighbours"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("203.0.113.7", "::ffff:203.0.113.8", True),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("1.0.1.7", "::1:0:1:0:0:0:7", False),
    ],
)
def test_neighbours_share_a_number(one, other, are_neighbours):
    assert (network_hash(one, KEY) == network_hash(other, KEY)) is are_neighbours


def test_two_boards_number_the_same_network_differently():
    assert network_hash("203.0.113.7", KEY) != network_hash("203.0.113.7", "another" * 5)


@pytest.mark.parametrize("address", ["", "unix:", "example.org", "203.0.113", "1.2.3.4.5"])
def test_what_is_no_address_has_no_number(address):
    assert network_hash(address, KEY) is None


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.9",
        "127.0.0.1",
        "169.254.7.7",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.20",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.1.20",
        "fd00::5",
        "fe80::1",
        "fe80::1%eth0",
    ],
)
def test_an_address_that_many_networks_have_is_nobodys_neighbour(address):
    assert not is_public(address)
    assert network_hash(address, KEY) is None


@pytest.mark.parametrize("address", ["203.0.113.7", "172.32.0.1", "100.128.0.1", "11.0.0.1", "2001:db8::1"])
def test_an_address_that_is_one_place_is_public(address):
    assert is_public(address)


@given(st.ip_addresses())
def test_a_number_fits_into_the_database(address):
    number = network_hash(str(address), KEY)
    assert (number is not None) is is_public(str(address))
    assert 0 <= (number or 0) < 2**63
