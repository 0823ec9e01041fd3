"""Bodies of other boards as Markdown of this one."""

from __future__ import annotations

import pytest

from forum.importers.texts import POOL_FROM, Press, Raw, one_line, text_of


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("1. not a list", "<p>1. not a list</p>"),
        ("- nor this\n# nor that", "<p>- nor this<br>\n# nor that</p>"),
        ("    no code", "<p>no code</p>"),
        ("(*´ω｀*) a_b _c_ ~~d~~", "<p>(*´ω｀*) a_b _c_ ~~d~~</p>"),
        ("{漢字|かんじ} & &amp; <b>", "<p>{漢字|かんじ} &amp; &amp;amp; &lt;b&gt;</p>"),
        ("one\r\n===", "<p>one<br>\n===</p>"),
        ("a|b\n-|-", "<p>a|b<br>\n-|-</p>"),
        ("@alice", "<p>@alice</p>"),
    ],
)
def test_plain_text_reads_as_it_was_written(plain, html):
    assert text_of(Raw(plain, "text", members={"alice": "Alice"})).html == html


def test_addresses_in_plain_text_become_links():
    html = text_of(Raw("see https://a.example/b_c_(d)", "text")).html
    assert 'href="https://a.example/b_c_(d)"' in html


def test_only_an_address_is_named_as_the_source():
    assert text_of(Raw("x", "text").with_source("javascript:alert(1)")).body == "x"
    assert (
        text_of(Raw("x", "text").with_source("https://a.example/q/1")).body == "x\n\n<https://a.example/q/1>"
    )


def test_many_texts_are_made_by_several_processes_in_their_order():
    raws = [Raw(f"**{number}**", "markdown") for number in range(POOL_FROM)]
    with Press() as press:
        made = press.begin(raws)()
    assert [text.html for text in made] == [
        f"<p><strong>{number}</strong></p>" for number in range(POOL_FROM)
    ]


def test_a_title_is_one_line_and_ends_with_a_word():
    assert one_line(" How\nfine\tis fine? ", 40) == "How fine is fine?"
    assert one_line("How fine is fine?", 14) == "How fine is…"
