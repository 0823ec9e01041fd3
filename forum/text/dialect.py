"""The board's Markdown: CommonMark without HTML, with tables, strike-through, bare addresses, ruby and mentions.

`MARKDOWN.parse(clean(source), environment(members))` gives markdown-it's tokens. Everything here is bounded, so that
the cost of a text grows with its length and not with its square, whatever it says.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

import mdurl
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock, blockquote, list_block, paragraph, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from forum.text.cleaning import visible
from forum.text.languages import KANA, KANJI
from forum.text.mentions import MAX_MENTIONS, readings, written_after
from forum.text.names import key

MAX_DEPTH = 16
"""Levels of quotations and lists (a list counts twice). Deeper ones have no room on a page and stay plain text."""

MAX_CELLS = 2_000
"""Table cells in one text. A row may leave cells out, so that without a limit a small text makes a huge page."""

MAX_BRACKETS = 1_000
"""Brackets in one text that may begin a link or a picture, with a look ahead for each. No post may have nearly as many
links; what comes after them stays text."""

MAX_BRACKETED = 200
"""Characters between two brackets within a bare address; unlimited, brackets make the search for its end quadratic."""

MAX_RUBY_LENGTH = 60
"""Characters of a ruby base or of its reading: words and names, not sentences, which would be unreadably small."""


Silently: TypeAlias = bool
"""Whether a rule of markdown-it shall only say if it applies here, and write nothing."""


def environment(members: Mapping[str, str]) -> dict[str, Any]:
    """Return what one parse reads and writes, by name.

    "members" who may be mentioned; "runs", what was written after each @; "mentioned", the names that became links;
    "n_cells", the table cells so far; "n_brackets", the brackets that were looked behind.
    """
    return {"members": members, "runs": {}, "mentioned": {}, "n_cells": 0, "n_brackets": 0}


def is_link_target(url: str) -> bool:
    """Whether a link may lead to `url`: the web, a mail address, or a page of this board (/t/12)."""
    return _TARGET.match(url) is not None


_TARGET = re.compile(r"https?://[^/?#\s]|mailto:[^?\s]|/(?![/\\])", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)
_RUBY_PART = f"[^{{}}|\n]{{1,{MAX_RUBY_LENGTH}}}"
_RUBY = re.compile(rf"\{{({_RUBY_PART})((?:\|{_RUBY_PART}){{1,{MAX_RUBY_LENGTH}}})\}}")
_JAPANESE = re.compile(f"[{KANA}{KANJI}]")

# What nearly every name of a host holds, and the end of a sentence does not.
_DOTTED = re.compile(r"\.\S")

# Japanese puts no blank after an address, so that its punctuation has to end it.
_SEPARATORS = "[><\uff5c]"
_JAPANESE_SEPARATORS = "[><\uff5c、。，．・「」『』（）【】〈〉《》〔〕！？：；…〜～]"


_BLANK_LINES = re.compile(r"\n{2,}")
# Lines of ASCII that begin with a letter, without any sign by which a rule begins.
_PLAIN = re.compile(r"(?:[A-Za-z][^\n\\`~*_\[\]<>&:@{|\x80-\U0010ffff]*+\n*+)*+")


def plain_paragraphs(text: str) -> list[str] | None:
    """Return the paragraphs of a clean text that has nothing but words in English; None where a rule may apply.

    So are half of all posts, and what they look like is known without asking each rule.
    """
    if not _PLAIN.fullmatch(text) or _LINKIFIER.pretest(text):
        return None
    return _BLANK_LINES.split(text) if text else []


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        return is_link_target(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 (the library's name)
        """Show readable letters for %-codes, but never ones that hide something; a look-alike host stays xn--."""
        text = mdurl.decode(link, mdurl.DECODE_DEFAULT_CHARS + "%")
        return text if visible(text) == text and not re.search(r"\s", text) else link


class _Linkifier(LinkifyIt):
    """Finds bare web and mail addresses, with or without http://, in Japanese sentences as well."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        super().__init__(schemas)
        self._host = re.compile(self.re["host_fuzzy_test"], re.IGNORECASE)

    def _on_compile(self) -> None:
        for name, pattern in self.re.items():
            bounded = pattern.replace(").)*", f").){{0,{MAX_BRACKETED}}}")
            bounded = bounded.replace(").)+", f").){{1,{MAX_BRACKETED}}}")
            self.re[name] = bounded.replace(_SEPARATORS, _JAPANESE_SEPARATORS)

    def pretest(self, text: str) -> bool:
        """Answer as the library does, at a tenth of its cost for a text without a colon, which names no scheme.

        Looking for one, the library stops at every blank and sign of a text: a fifth of what rendering costs.
        """
        return super().pretest(text) if ":" in text else "@" in text or self._may_name_host(text)

    def test(self, text: str) -> bool:
        """Whether the library finds an address in `text`. Without any of these there is none to look for."""
        return (":" in text or "@" in text or self._may_name_host(text)) and super().test(text)

    def _may_name_host(self, text: str) -> bool:
        # Nearly every text ends here: what the library looks for is tried at each of its signs.
        if not _DOTTED.search(text):
            folded = text.casefold()
            if "www." not in folded and "localhost" not in folded:
                return False
        return self._host.search(text) is not None


def _address(state: StateInline, silent: Silently) -> bool:
    """Make a link of a bare http:// or https:// address, also right after kana or kanji."""
    at = state.pos
    if state.linkLevel or not state.src.startswith("://", at):
        return False
    scheme = _SCHEME.search(state.src[max(0, at - 6) : at])
    if not scheme or not (silent or state.pending.endswith(scheme[1])):
        return False
    length = _LINKIFIER.test_schema_at(state.src, scheme[1] + ":", at + 1)
    url = scheme[1] + state.src[at : at + 1 + length].rstrip("*~")
    href = state.md.normalizeLink(url)
    if not length or not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        _push_link(state, state.md.normalizeLinkText(url), {"href": href})
    state.pos = at + len(url) - len(scheme[1])
    return True


def _mention(state: StateInline, silent: Silently) -> bool:
    """Make a link of @name when a member has the name. Only the first MAX_MENTIONS different ones are looked at."""
    if silent or state.linkLevel or state.src[state.pos] != "@":
        return False
    run = written_after(state.src, state.pos, state.posMax)
    runs, members = state.env["runs"], state.env["members"]
    if not run or (run not in runs and len(runs) == MAX_MENTIONS):
        return False
    runs[run] = None
    written = next((reading for reading in readings(run) if key(reading) in members), None)
    if written is None:
        return False
    name = members[key(written)]
    state.env["mentioned"][name] = None
    _push_link(state, "@" + written, {"class": "mention", "href": "/u/" + quote(name, safe="")})
    state.pos += 1 + len(written)
    return True


def _ruby(state: StateInline, silent: Silently) -> bool:
    """Read {漢字|かんじ}, one reading for all of the word, or {漢字|かん|じ}, one for each character."""
    found = _RUBY.match(state.src, state.pos, state.posMax)
    if not found or not _JAPANESE.search(found[1]):
        return False
    base, written = found[1], [reading.strip() for reading in found[2][1:].split("|")]
    if len(written) not in (1, len(base)):
        return False
    if not silent:
        token = state.push("ruby", "ruby", 0)
        token.content = base
        is_grouped = len(written) == 1
        token.meta = {"pairs": [(base, written[0])] if is_grouped else list(zip(base, written, strict=True))}
    state.pos = found.end()
    return True


def _ruby_html(renderer: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    pairs = tokens[index].meta["pairs"]
    parts = (
        f"{escapeHtml(base)}<rp>(</rp><rt>{escapeHtml(reading)}</rt><rp>)</rp>" for base, reading in pairs
    )
    return f"<ruby>{''.join(parts)}</ruby>"


def _push_link(state: StateInline, text: str, attrs: dict[str, str | int | float]) -> None:
    token = state.push("link_open", "a", 1)
    token.attrs = attrs
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


_InlineRule = Callable[[StateInline, bool], bool]


def _not_more(rule: _InlineRule, mark: str) -> _InlineRule:
    def bounded(state: StateInline, silent: Silently) -> bool:
        if not state.src.startswith(mark, state.pos):
            return False
        state.env["n_brackets"] += 1
        return state.env["n_brackets"] <= MAX_BRACKETS and rule(state, silent)

    return bounded


_BlockRule = Callable[[StateBlock, int, int, bool], bool]


def _not_deeper(rule: _BlockRule) -> _BlockRule:
    def shallow(state: StateBlock, line: int, end: int, silent: Silently) -> bool:
        return state.level < MAX_DEPTH and rule(state, line, end, silent)

    return shallow


def _small_table(state: StateBlock, line: int, end: int, silent: Silently) -> bool:
    if state.env["n_cells"] > MAX_CELLS:
        return False
    is_table = table(state, line, end, silent=True)
    if silent or not is_table:
        return is_table
    n_columns = state.src.count("|", state.bMarks[line], state.eMarks[line]) + 1
    n_rows = next((at for at in range(line, end) if state.isEmpty(at)), end) - line
    state.env["n_cells"] += n_columns * n_rows
    return state.env["n_cells"] <= MAX_CELLS and table(state, line, end, silent=False)


def _lone_line(state: StateBlock, line: int, end: int, silent: Silently) -> bool:
    """Make a paragraph of a line that begins with a letter and stands alone, which can be nothing else.

    So are most lines of most posts, and ten rules need not look at them.
    """
    begin = state.bMarks[line] + state.tShift[line]
    if silent or not state.src[begin].isalpha() or state.is_code_block(line):
        return False
    is_alone = line + 1 >= state.lineMax or state.isEmpty(line + 1)
    return is_alone and paragraph(state, line, end, silent)


def _lines(state: StateCore) -> None:
    """Let the rules for what stands within a line look at those with a sign that may mean something."""
    inline = state.md.inline
    for token in state.tokens:
        if token.type != "inline":
            continue
        if token.content and not inline.terminator_re.search(token.content):
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = []
            inline.parse(token.content, state.md, state.env, token.children)


def _build() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": False, "linkify": True, "breaks": True, "xhtmlOut": False})
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.linkify = _LINKIFIER
    # It puts line ends right, as `clean` did before.
    markdown.core.ruler.disable("normalize")
    markdown.core.ruler.at("inline", _lines)
    markdown.inline.ruler.at("linkify", _address)
    markdown.inline.ruler.at("link", _not_more(link, "["))
    markdown.inline.ruler.at("image", _not_more(image, "!["))
    markdown.inline.ruler.before("link", "mention", _mention)
    markdown.inline.ruler.before("link", "ruby", _ruby)
    markdown.add_render_rule("ruby", _ruby_html)
    markdown.block.ruler.before("table", "lone_line", _lone_line)
    markdown.block.ruler.at("table", _small_table, {"alt": ["paragraph", "reference"]})
    interrupting = ["paragraph", "reference", "blockquote"]
    markdown.block.ruler.at("blockquote", _not_deeper(blockquote), {"alt": [*interrupting, "list"]})
    markdown.block.ruler.at("list", _not_deeper(list_block), {"alt": interrupting})
    return markdown


_LINKIFIER = _Linkifier({"ftp:": None, "//": None})
MARKDOWN = _build()
