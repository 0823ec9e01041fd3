"""Whatever somebody writes, the page holds only the elements, attributes and addresses that we mean."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.text.rendering import linked_names, render

LANG = re.compile("en|ja")
TAGS = "p li blockquote h3 h4 h5 h6 a br code em hr ol pre rp rt ruby s strong table thead tbody tr td th ul".split()
ATTRIBUTES = {
    ("a", "href"): re.compile(r"https?://[^/?#\s].*|mailto:.+|/(?![/\\]).*", re.IGNORECASE | re.DOTALL),
    ("a", "rel"): re.compile("nofollow ugc noopener"),
    ("a", "class"): re.compile("mention"),
    ("code", "class"): re.compile(r"language-[\w+#.-]{1,30}", re.ASCII),
    ("ol", "start"): re.compile("[0-9]{1,9}"),
    **{(tag, "lang"): LANG for tag in ("p", "li", "blockquote", "td", "th", "h3", "h4", "h5", "h6")},
    **{(tag, "class"): re.compile("align-(left|center|right)") for tag in ("td", "th")},
}
VOID = ("br", "hr")


class Inspector(HTMLParser):
    """Fails at the first thing in a page that is not allowed, and at an element that is not closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        assert tag != "a" or ("a" not in self.open and dict(attrs).get("rel"))
        for name, value in attrs:
            assert ATTRIBUTES[tag, name].fullmatch(value or ""), (tag, name, value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        pytest.fail(f"A comment: {data}")

    def handle_decl(self, decl):
        pytest.fail(f"A declaration: {decl}")

    def handle_pi(self, data):
        pytest.fail(f"An instruction: {data}")

    def unknown_decl(self, data):
        pytest.fail(f"A section: {data}")


def inspect(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert not inspector.open


PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=data:text/html;base64,PHNjcmlwdD4=>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<p id=csrf name=csrf class=admin>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<plaintext>",
    "<textarea><script>alert(1)</script></textarea>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1) 'title')",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](data:image/png;base64,AAAA)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.com/1)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](/\t/evil.example)",
    "[x](///evil.example)",
    "[x](http:evil.example)",
    "[x](https:javascript:alert(1))",
    "[x](http://a.example/\"onmouseover='alert(1)')",
    "[x](http://a.example/'onmouseover='alert(1))",
    '[x](http://a.example "x" onclick=alert(1) ")',
    "[x]: javascript:alert(1)\n\n[x]",
    "[x]: <data:text/html,1> 'x'\n\n[x][] ![x]",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://a.example/x.png)',
    "![<img src=x onerror=alert(1)>](http://a.example/x.png)",
    "[![x](http://a.example/1.png)](javascript:alert(1))",
    "[a [b](http://b.example) c](http://c.example)",
    "<javascript:alert(1)>",
    "<javascript://a.example/%0Aalert(1)>",
    '<http://a.example/"onmouseover=alert(1)>',
    "http://a.example/<script>alert(1)</script>",
    'http://a.example/"onmouseover="alert(1)',
    "javascript://a.example/%0aalert(1)",
    '``` "><script>alert(1)</script>\nx\n```',
    "```js onclick=alert(1)\nx\n```",
    "```x&quot;onclick=alert(1)\nx\n```",
    "`<img src=x onerror=alert(1)>`",
    "    <script>alert(1)</script>",
    "{漢<b>字|<script>alert(1)</script>}",
    '{漢"字|" onclick="alert(1)}',
    "{漢字|</rt></ruby><script>alert(1)</script>}",
    "@alice<script>",
    "@evil",
    "|a|\n|:-:|\n|<td onclick=alert(1)>|",
    "# <h1 onclick=alert(1)>",
    "x\n=\n\nx\n-",
    "99999999999. x\n\n123456789. y",
    "*a **b* c** ~~d *e~~ f*",
    "> <blockquote>\n</blockquote></article><script>alert(1)</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<scr\u200bipt>\ufeffalert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u2028<img/src=x\u2029onerror=alert(1)>",
    "{{ 7*7 }} {% include 'x' %} ${7*7}",
]
MEMBERS = {"alice": "Alice", "evil": "x'\"><script>alert(1)</script>/../..", "田中": "田中"}


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "- a\n- {}", "> {} @alice", "**{}**", "|a|\n|-|\n|{}|"])
def test_no_payload_leaves_the_allow_list(payload, around):
    inspect(render(around.replace("{}", payload), MEMBERS).html)


@pytest.mark.parametrize("payload", [payload for payload in PAYLOADS if "<script" in payload])
def test_a_script_is_shown_as_text_and_never_as_an_element(payload):
    assert "<script" not in render(payload).html.lower()


MARKS = r"""*_`~[](){}<>|#!@&\"'/:-+=. """
PIECES = st.sampled_from(
    [
        *MARKS,
        *"\n\t\u202e\u200d👩aか",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "```",
        "    ",
        "](",
        "|-|",
        "http://",
        "www.a.jp",
        "javascript:",
        "](data:",
        "@alice",
        "漢字",
        "{漢字|かんじ}",
        "&#x6a;",
        "<script>",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(max_size=80),
    st.lists(st.sampled_from(PAYLOADS)).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_text_leaves_the_allow_list(text):
    rendered = render(text, MEMBERS)
    inspect(rendered.html)
    for link in rendered.links:
        assert ATTRIBUTES["a", "href"].fullmatch(link.url)
    assert set(rendered.mentions) <= set(MEMBERS.values())


@pytest.mark.parametrize("text", ["[]()", "[x]()", "![x]()", "[x](<>)"])
def test_a_link_to_nowhere_is_none(text):
    rendered = render(text, MEMBERS)
    assert rendered.links == ()
    assert "href" not in rendered.html


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_whoever_is_mentioned_was_looked_up_before(text):
    names = linked_names(text + " @alice")
    everybody = {name: name for name in names}
    assert set(render(text + " @alice", everybody).mentions) <= names


def test_a_name_cannot_break_out_of_its_address():
    html = render("@evil", MEMBERS).html
    inspect(html)
    assert unquote(re.findall('href="([^"]*)"', html)[0]) == "/u/" + MEMBERS["evil"]
    assert "%2F..%2F.." in html


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\U000e0041"])
def test_nothing_that_hides_or_turns_text_comes_through(hidden):
    code = f"&#x{ord(hidden):x};"
    rendered = render(
        f"a{hidden}b {code} `{hidden}` <https://a.example/%E2%80%AE{hidden}> {{漢|{code}か{hidden}}}"
    )
    assert hidden not in rendered.html
    assert all(hidden not in link.text + link.url for link in rendered.links)
