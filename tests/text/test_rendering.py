"""Markdown becomes the HTML that people expect of a board, at a cost in step with its length."""

import time
from textwrap import dedent

import pytest

from forum.text.dialect import MAX_BRACKETS, MAX_CELLS, MAX_DEPTH
from forum.text.mentions import MAX_MENTIONS, MAX_READINGS
from forum.text.rendering import Link, linked_addresses, linked_names, render

REL = ' rel="nofollow ugc noopener"'
RUBY = "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>"


def link(url: str, text: str) -> str:
    return f'<a href="{url}"{REL}>{text}</a>'


CASES = {
    "": "",
    "a": "<p>a</p>",
    "a\nb": "<p>a<br>\nb</p>",
    "a  \nb": "<p>a<br>\nb</p>",
    "a\n\nb": "<p>a</p>\n<p>b</p>",
    "*a* **b** ~~c~~ `d`": "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>",
    "# a": "<h3>a</h3>",
    "## a": "<h4>a</h4>",
    "a\n===": "<h3>a</h3>",
    "###### a": "<h6>a</h6>",
    "> a": "<blockquote>\n<p>a</p>\n</blockquote>",
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "3. a": '<ol start="3">\n<li>a</li>\n</ol>',
    "---": "<hr>",
    "```python\nx < 1\n```": '<pre><code class="language-python">x &lt; 1\n</code></pre>',
    '```a"b\nx\n```': "<pre><code>x\n</code></pre>",
    "    x": "<pre><code>x\n</code></pre>",
    "<b>a</b>": "<p>&lt;b&gt;a&lt;/b&gt;</p>",
    "[a](http://b.jp 'c')": f"<p>{link('http://b.jp', 'a')}</p>",
    "[a](/t/12)": f"<p>{link('/t/12', 'a')}</p>",
    "[a](//b.jp)": "<p>[a](//b.jp)</p>",
    "[a](ftp://b.jp)": "<p>[a](ftp://b.jp)</p>",
    "![a](http://b.jp/c.png)": f"<p>{link('http://b.jp/c.png', 'a')}</p>",
    "![](http://b.jp/c.png)": f"<p>{link('http://b.jp/c.png', 'http://b.jp/c.png')}</p>",
    "[![a](http://b.jp/c.png)](/p/3)": f"<p>{link('/p/3', 'a')}</p>",
    "{漢字|かんじ}": f"<p>{RUBY}</p>",
    "**{漢字|かんじ}**": f"<p><strong>{RUBY}</strong></p>",
    "[{漢字|かんじ}](/p/3)": f"<p>{link('/p/3', RUBY)}</p>",
    "{漢字|かん|じ}": "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby></p>",
    "{漢字|か|ん|じ}": "<p>{漢字|か|ん|じ}</p>",
    "{a|b} {漢字} \\{漢字|かんじ}": "<p>{a|b} {漢字} {漢字|かんじ}</p>",
    "`{漢字|かんじ}`": "<p><code>{漢字|かんじ}</code></p>",
}


TABLE = """\
<table>
<thead>
<tr>
<th class="align-right" lang="en">a</th>
</tr>
</thead>
<tbody>
<tr>
<td class="align-right"><ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby></td>
</tr>
</tbody>
</table>"""


def test_a_table_keeps_the_sides_of_its_columns_without_a_style():
    assert render("|a|\n|-:|\n|{漢字\\|かんじ}|").html == TABLE


@pytest.mark.parametrize("source", CASES)
def test_markdown_becomes_html(source):
    assert render(source).html == CASES[source]


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("http://a.jp/b", [("http://a.jp/b", "http://a.jp/b")]),
        ("詳細はhttps://a.jp/b。次", [("https://a.jp/b", "https://a.jp/b")]),
        ("「https://a.jp/日本」です", [("https://a.jp/%E6%97%A5%E6%9C%AC", "https://a.jp/日本")]),
        ("**https://a.jp**", [("https://a.jp", "https://a.jp")]),
        ("www.a.jp, and b.com!", [("http://www.a.jp", "www.a.jp"), ("http://b.com", "b.com")]),
        ("alice@a.jp", [("mailto:alice@a.jp", "alice@a.jp")]),
        ("[*free* b.com](http://c.ru)", [("http://c.ru", "free b.com")]),
        ("[a][1]\n\n[1]: /p/3", [("/p/3", "a")]),
        ("<https://a.jp/%E2%80%AE>", [("https://a.jp/%E2%80%AE", "https://a.jp/%E2%80%AE")]),
        ("https://xn--pple-43d.com", [("https://xn--pple-43d.com", "https://xn--pple-43d.com")]),
        ("`http://a.jp` ftp://a.jp \\http\\://a.jp", []),
    ],
)
def test_all_links_are_reported_as_they_are_shown(source, links):
    assert [(found.url, found.text) for found in render(source).links] == links


MEMBERS = {"bob": "Bob", "田中": "田中", "mike": "mike", "たろう": "たろう"}


@pytest.mark.parametrize(
    ("source", "mentioned"),
    [
        ("@bob", "Bob"),
        ("Hi @BOB, hi", "Bob"),
        ("(@ｂｏｂ)", "Bob"),
        ("@bob.", "Bob"),
        ("@bob-san", "Bob"),
        ("@bob's", "Bob"),
        ("@田中さんありがとう", "田中"),
        ("どうも@田中先生", "田中"),
        ("@たろうさん", "たろう"),
        ("@mikeの本", "mike"),
        ("@bobby @carol @", None),
        ("`@bob`", None),
        ("    @bob", None),
        ("[@bob](/p/3)", None),
        ("\\@bob", None),
        ("alice@bob.jp", None),
        ("@bob@mastodon.example", None),
    ],
)
def test_a_mention_links_to_a_member_who_exists(source, mentioned):
    rendered = render(source, MEMBERS)
    assert rendered.mentions == ((mentioned,) if mentioned else ())
    assert ('class="mention"' in rendered.html) == bool(mentioned)
    assert not mentioned or set(MEMBERS) & linked_names(source)


def test_a_mention_is_a_link_to_the_member_and_no_link_to_screen():
    rendered = render("@田中", MEMBERS)
    assert rendered.html == f'<p><a class="mention" href="/u/%E7%94%B0%E4%B8%AD"{REL}>@田中</a></p>'
    assert rendered.links == ()


def test_names_in_code_use_up_no_mention():
    decorators = "".join(f"`@d{n}` " for n in range(50))
    assert linked_names(decorators + "@bob") == {"bob"}


def test_only_so_many_people_are_called():
    source = " ".join(f"@m{n}さん" for n in range(50))
    assert len(linked_names(source)) <= MAX_MENTIONS * MAX_READINGS
    assert len(render(source, {f"m{n}": f"m{n}" for n in range(50)}).mentions) == MAX_MENTIONS


@pytest.mark.parametrize(
    ("source", "lang", "html"),
    [
        ("Hello", "en", "<p>Hello</p>"),
        ("こんにちは", "ja", "<p>こんにちは</p>"),
        (
            "These are quite a few words.\n\n日本語",
            "en",
            '<p>These are quite a few words.</p>\n<p lang="ja">日本語</p>',
        ),
        (
            "とても長い日本語の文章です\n\nEnglish",
            "ja",
            '<p>とても長い日本語の文章です</p>\n<p lang="en">English</p>',
        ),
        ("A few words.\n\n123", "en", "<p>A few words.</p>\n<p>123</p>"),
        ("Some English\n- 日本語", "en", '<p>Some English</p>\n<ul>\n<li lang="ja">日本語</li>\n</ul>'),
    ],
)
def test_a_block_in_the_other_language_says_so(source, lang, html):
    rendered = render(source)
    assert (rendered.lang, rendered.html) == (lang, html)


def test_within_a_japanese_quotation_an_english_paragraph_says_so_again():
    html = render(
        "This is a long enough English text around it.\n\n> とても長い日本語の引用です。\n>\n> English"
    ).html
    assert '<blockquote lang="ja">\n<p>とても' in html
    assert '<p lang="en">English</p>' in html


def test_deep_quotations_and_emphasis_end_and_their_text_stays():
    html = render("> " * 200 + "deep\n\n" + "*a **b " * 50 + "c" + "** d*" * 50).html
    assert html.count("<blockquote>") == MAX_DEPTH
    assert "deep" in html
    assert html.count("<em>") + html.count("<strong>") <= MAX_DEPTH


def test_a_table_of_many_cells_stays_text():
    rows = "|\n" * MAX_CELLS
    assert "<table>" not in render("|a|b|c|\n|-|-|-|\n" + rows).html
    assert (
        "<table>"
        in render(
            dedent("""
        | a | b |
        |---|---|
        | 1 | 2 |
    """)
        ).html
    )


HOSTILE = [
    *(
        "*",
        "**a ",
        "*a",
        "[",
        "[a](",
        "![",
        "a]",
        "<",
        "`a``",
        "> ",
        "- ",
        "~~a",
        "http://a.b/(",
        "://",
        "a://a ",
        "mailto:",
    ),
    *(
        "a.",
        "a.co,",
        "@a",
        "@a.",
        "a@",
        "&#",
        "{漢|",
        "|a",
        "\\",
        "> - ",
        "[a]: b\n",
        "[a]",
        "a**b",
        "@田中さん",
        "http://",
    ),
    *(
        "*a **b ",
        "www.a.co/(",
        "\ufe0f",
        "\u200d",
        "\u0301\u0323",
        " ",
        "- a\n  - b\n",
        "```\n",
        "|a|b|\n|-|-|\n|\n\n",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_cost_of_a_hostile_text_grows_with_its_length(piece):
    """Four times the text takes about four times as long, where what is quadratic would take sixteen times."""
    short, long = (cpu_s((piece * length)[:length]) for length in (1_500, 6_000))
    assert long < 10 * short + 0.05


@pytest.mark.parametrize("piece", ["![", "[", "- a\n", "a|b\n-|-\n", "[]: x\n\n!["])
def test_the_longest_hostile_text_costs_what_its_length_does(piece):
    short, long = (cpu_s((piece * length)[:length]) for length in (5_000, 20_000))
    assert long < 7 * short + 0.05


def test_brackets_without_end_stay_text_after_the_first_ones():
    rendered = render("[a](/t/1) " * (MAX_BRACKETS + 500) + "![b](/t/2)")
    assert len(rendered.links) == MAX_BRACKETS


def test_the_links_of_stored_html_are_those_of_the_text():
    source = '@bob [a](http://a.b/?x=1&y=2) a.co ![x](/t/1) <m@b.jp> [b](/t/2 \'"\')\n\n`<a href="/x">` <a href="/y">'
    rendered = render(source, {"bob": "Bob"})
    assert linked_addresses(rendered.html) == [link.url for link in rendered.links]


def cpu_s(source: str) -> float:
    """The least of three runs, so that a neighbour on the machine does not count."""
    times = []
    for _ in range(3):
        start = time.process_time()
        render(source)
        times.append(time.process_time() - start)
    return min(times)


def test_a_link_says_where_it_leads_and_what_it_shows():
    assert render("[a](http://b.jp)").links == (Link("http://b.jp", "a"),)
