"""Whose site a link leads to, and what is known of it."""

from __future__ import annotations

from math import log

import pytest

from forum.spam.sites import SiteRecord, host_of, hosts_of, is_shortener, site_of, sites_of


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://www.isa.go.jp/en/applications/", "isa.go.jp"),
        ("http://bags.shop.example.co.jp:8080/x", "example.co.jp"),
        ("HTTP://Example.COM.", "example.com"),
        ("bags-outlet.example.com/sale", "example.com"),
        ("//cdn.example.org/x", "example.org"),
        ("http://google.com@evil.example/", "evil.example"),
        ("https://tottori-life.blogspot.com/2026/", "tottori-life.blogspot.com"),
        ("https://blogspot.com/", "blogspot.com"),
        ("https://alice.github.io/", "alice.github.io"),
        ("https://t.me/VisaAgent?start=1", "t.me/VisaAgent"),
        ("https://docs.google.com/forms/d/e/1FAI/viewform", "docs.google.com/1FAI"),
        ("https://bit.ly/3Xy", "bit.ly/3Xy"),
        ("https://bit.ly/3xY", "bit.ly/3xY"),
        ("http://192.0.2.7/win", "192.0.2.7"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("https://例え.jp/", "例え.jp"),
        ("mailto:a@example.com", ""),
        ("tel:+81900000000", ""),
        ("javascript:alert(1)", ""),
        ("/p/3", ""),
        ("#top", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_site_of_a_link(link, site):
    assert site_of(link) == site


def test_each_site_is_named_once_and_the_boards_own_never():
    links = ("https://a.example.com/", "https://b.example.com/", "https://engawa.example/p/1", "/p/2")
    assert sites_of(links, own_host="engawa.example") == ("example.com",)
    assert hosts_of(links) == ("a.example.com", "b.example.com", "engawa.example")


def test_a_list_of_links_is_read_to_a_bound():
    assert len(sites_of(f"https://host{number}.example{number}.org/" for number in range(5000))) == 50
    assert len(site_of(f"https://{'a' * 5000}.example/")) <= 120
    assert len(site_of(f"https://t.me/{'a' * 5000}")) <= 120
    assert len(site_of(f"https://{'1.' * 5000}/")) <= 120
    assert len(site_of(f"https://[v1.{'a:' * 5000}]/")) <= 120


def test_links_that_hide_where_they_lead():
    assert is_shortener("bit.ly/3Xy")
    assert not is_shortener("example.com")


def test_a_record_speaks_louder_with_every_decision_and_silence_says_nothing():
    odds = [
        SiteRecord("x", approved, rejected).log_odds
        for approved, rejected in ((9, 0), (1, 0), (0, 0), (0, 1), (0, 9))
    ]
    assert odds == sorted(odds)
    assert odds[2] == 0.0
    assert odds[3] == pytest.approx(log(2))
    assert not SiteRecord("x").is_known


def test_userinfo_and_ports_are_no_part_of_a_host():
    assert host_of("https://user:secret@www.example.com:99999/") == "example.com"
