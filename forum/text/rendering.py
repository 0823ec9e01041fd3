"""Markdown as people write it to HTML that is safe in anybody's browser."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from types import MappingProxyType

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from forum.text.cleaning import clean, visible
from forum.text.dialect import MARKDOWN, MAX_DEPTH, environment, is_link_target, plain_paragraphs
from forum.text.languages import Language, language_of
from forum.text.mentions import readings
from forum.text.names import key

HIGHEST_HEADING = 3
"""The page's title is its h1 and a thread's parts are its h2; a post's headings begin below them."""

REL = "nofollow ugc noopener"
"""Links of members earn no rank, which takes the profit from link spam, and cannot reach back into our page."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, and the text a reader sees on it."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is stored for readers.

    `html` is safe to print as it is. `lang` belongs on the element around it: blocks in the other language carry their
    own. `links` are all links of the text, bare addresses included and mentions not; `mentions` the members' names.
    """

    html: str
    lang: Language
    links: tuple[Link, ...]
    mentions: tuple[str, ...] = ()


# A line that ends within a paragraph, and how it looks there.
_BREAK = "\n", "<br>\n"
_NOBODY: Mapping[str, str] = MappingProxyType({})


def render(source: str, members: Mapping[str, str] = _NOBODY) -> Rendered:
    """Return `source`, Markdown of the board's dialect, as HTML. Never raises; takes about a millisecond a kilobyte.

    `members` maps the key of each member who may be mentioned (`linked_names` says whom to look for) to the name.
    """
    text = clean(source)
    plain = plain_paragraphs(text)
    if plain is not None:
        return Rendered("\n".join(f"<p>{one.replace(*_BREAK)}</p>" for one in plain), "en", ())
    env = environment(members)
    tokens = MARKDOWN.parse(text, env)
    for token in tokens:
        _adapt(token)
    lang = _mark_languages(tokens)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, env)
    return Rendered(_sanitised(visible(html)).strip(), lang, tuple(_links(tokens)), tuple(env["mentioned"]))


def stored(html: str) -> Markup:
    """Return what `render` made, as the database gave it back, ready for a template.

    The one place that declares what people wrote to be safe HTML, and only ever what went through the sanitiser.
    """
    return Markup(html)  # noqa: S704


def linked_addresses(html: str) -> list[str]:
    """Return where the links in what `render` made lead, mentions left out: without parsing, for a comparison."""
    return [unescape(address) for address in _LINK_IN_HTML.findall(html)]


def linked_names(source: str) -> frozenset[str]:
    """Return the keys of all names that @ in `source` may mean, for one look-up before `render`.

    Code and links are left out. At most MAX_MENTIONS times MAX_READINGS keys. Reads the Markdown, where there is an @.
    """
    if "@" not in source:
        return frozenset()
    env = environment({})
    MARKDOWN.parse(clean(source), env)
    return frozenset(key(reading) for run in env["runs"] for reading in readings(run))


def _sanitised(html: str) -> str:
    """HTML of which only what we allow is left. Paragraphs that hold nothing but text and breaks need no look."""
    return html if _PLAIN.fullmatch(html) else _SANITISER.clean(html)


def _adapt(token: Token) -> None:
    """Make of a token what the board shows: lower headings, alignment as a class, pictures as links."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + HIGHEST_HEADING - 1)}"
    elif token.type in ("td_open", "th_open"):
        if style := token.attrs.pop("style", None):
            token.attrs["class"] = str(style).replace("text-align:", "align-")
    elif token.children:
        token.children = list(_without_pictures(_not_deeper(token.children)))


def _not_deeper(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a line without emphasis that is nested deeper than MAX_DEPTH; its text stays."""
    depth = 0
    for token in tokens:
        depth += token.nesting == 1
        if not token.nesting or depth <= MAX_DEPTH or token.tag == "a":
            yield token
        depth -= token.nesting == -1


def _without_pictures(tokens: Iterator[Token]) -> Iterator[Token]:
    """Yield a link in place of each picture: a picture from elsewhere tells its server who reads what, and when."""
    n_open_links = 0
    for token in tokens:
        n_open_links += token.nesting if token.tag == "a" else 0
        if token.type == "image":
            address = str(token.attrs["src"])
            label = Token("text", "", 0, content=_text(token.children or []).strip() or address)
            yield from [label] if n_open_links else _linked(label, address)
        else:
            yield token


def _linked(label: Token, address: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": address}), label, Token("link_close", "a", -1)]


def _mark_languages(tokens: Sequence[Token]) -> Language:
    """Return the language of the whole, and mark each block that differs from what stands around it."""
    # Where all is ASCII, as in most posts, no block can differ.
    is_ascii = all(child.content.isascii() for token in tokens for child in token.children or ())
    return "en" if is_ascii else _mark_each_block(tokens)


def _mark_each_block(tokens: Sequence[Token]) -> Language:
    texts = _texts(tokens)
    whole = language_of(texts[-1])
    around: list[Language] = [whole]
    for index, token in enumerate(tokens):
        if token.nesting == 1:
            lang = language_of(texts[index], around[-1]) if _may_have_lang(token) else around[-1]
            if lang != around[-1]:
                token.attrs["lang"] = lang
            around.append(lang)
        elif token.nesting == -1:
            around.pop()
    return whole


def _may_have_lang(token: Token) -> bool:
    return token.tag in _WITH_LANG and not token.hidden


def _texts(tokens: Sequence[Token]) -> dict[int, str]:
    """Return what is said within the block that each opening token begins, by its index; at -1, in all of them."""
    said: dict[int, list[str]] = {-1: []}
    around = [said[-1]]
    for index, token in enumerate(tokens):
        if token.nesting == 1:
            around.append(said.setdefault(index, []))
        elif token.nesting == -1:
            around.pop()
        elif token.children:
            text = _text(token.children)
            for block in around:
                block.append(text)
    return {index: " ".join(texts) for index, texts in said.items()}


def _links(tokens: Sequence[Token]) -> Iterator[Link]:
    for token in tokens:
        children = token.children or []
        edges = [at for at, child in enumerate(children) if child.tag == "a"]
        for start, end in pairwise(edges):
            attrs = children[start].attrs
            # [a link]() leads nowhere, and the sanitiser takes its address away.
            if children[start].nesting == 1 and attrs.get("class") != "mention" and attrs["href"]:
                yield Link(str(attrs["href"]), visible(_text(children[start:end])))


def _text(tokens: Sequence[Token]) -> str:
    """Return what a line says, without code and the readings of ruby."""
    return "".join(
        " " if token.tag == "br" else token.content for token in tokens if token.type != "code_inline"
    )


# As the sanitiser writes it; a mention has its class before the address.
_LINK_IN_HTML = re.compile(r'<a href="([^"]*)"')
_LANGUAGES = {"en", "ja"}
_ALIGNMENTS = {"align-left", "align-center", "align-right"}
_HEADINGS = {f"h{level}" for level in range(HIGHEST_HEADING, 7)}
_WITH_LANG = {"p", "li", "blockquote", "td", "th"} | _HEADINGS
_TAGS = _WITH_LANG | {"a", "br", "code", "em", "hr", "ol", "pre", "rp", "rt", "ruby", "s", "strong", "ul"}
_TABLE_TAGS = {"table", "tbody", "thead", "tr"}
_CODE_LANGUAGE = re.compile(r"language-[\w+#.-]{1,30}", re.ASCII)


# Of signs, the sanitiser would write these in another way.
_TEXT = r"[^<>&\0\r\u00a0]*"
_PLAIN = re.compile(rf"(?:<p>{_TEXT}(?:<br>{_TEXT})*</p>\n?)*")


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("code", "class"):
        return value if _CODE_LANGUAGE.fullmatch(value) else None
    if (tag, attribute) == ("ol", "start"):
        return value if value.isdecimal() else None
    return value


_SANITISER = nh3.Cleaner(
    tags=_TAGS | _TABLE_TAGS,
    attributes={"*": set(), "a": {"href"}, "code": {"class"}, "ol": {"start"}},
    tag_attribute_values={
        "a": {"class": {"mention"}},
        **{tag: {"lang": _LANGUAGES} for tag in _WITH_LANG},
        **{tag: {"lang": _LANGUAGES, "class": _ALIGNMENTS} for tag in ("td", "th")},
    },
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda url: url if is_link_target(url) else None,
    link_rel=REL,
)
