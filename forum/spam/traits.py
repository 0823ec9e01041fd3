"""What is striking about the shape of a text, whatever its words."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from forum.spam.folding import Folded
from forum.spam.lexicon import VOCABULARIES, says

SHORTENERS = frozenset(
    "bit.ly t.co tinyurl.com goo.gl is.gd cutt.ly ow.ly buff.ly rebrand.ly rb.gy shorturl.at t.ly tiny.cc v.gd adf.ly"
    " bl.ink lnkd.in linktr.ee u.to clck.ru vk.cc x.gd ux.nu amzn.to".split()
)
SCRIPTS = (
    ("kana", re.compile("[\u3040-\u30ff]")),
    ("hangul", re.compile("[\uac00-\ud7af]")),
    ("han", re.compile("[\u4e00-\u9fff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("latin", re.compile("[a-z]")),
)
# Names that only governments, schools and universities get.
OFFICIAL = re.compile(
    r"(?:\.|^)(?:(?:go|lg|ac|ed|gov|edu)\.[a-z]{2}|gov|edu|mil)$|(?:^|\.)(?:pref|city|town|vill)\.[a-z.]+\.jp$"
)
PHONE = re.compile(r"(?<![\w/=.-])\+?\(?\d{2,4}\)?[ .-]?\d{2,4}[ .-]?\d{3,4}[ .-]?\d{0,4}(?![\w/])")
# A quick look that most texts end with.
SEVEN_DIGITS = re.compile(r"\d[\d ).-]{6}")
MONEY = re.compile(
    r"[$£€¥₽₹]\s?\d|\d\s?(?:[$£€¥₽₹]|円|万|億|usd|eur|gbp|btc|usdt|dollars?|pounds?|bucks|yen|руб|тыс|р\b)"
)
MAIL = re.compile(r"@[\w-]{1,63}\.[a-z]{2}")
# The same in a text of ASCII alone, as most are.
ASCII_RUN = re.compile(r"[a-z0-9']+")
RUN = re.compile(r"[a-z0-9']+|[\u0430-\u045f]+|[\u30a0-\u30ff]+|[\u3400-\u9fff々]+|[\uac00-\ud7af]+")
NAMED_LINK = re.compile(
    r"\[([^\]\n]{1,200})\]\(\s*(https?://[^)\s]+)|<a\s[^>]{0,200}?href=[\"']?([^\"'\s>]+)[^>]{0,200}>([^<]{1,200})<"
)
OTHER_MARKUP = re.compile(r"\[(?:url|link|b|img)[=\]]", re.IGNORECASE)
ORNAMENT = re.compile("[\u2580-\u25ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff\u203c\u2190-\u21ff]")
# Two and more capitalised words inside a sentence.
NAMED_THING = re.compile(r" (?<=[a-z,;] )(?:[A-Z][\w']{0,30} ){1,5}[A-Z][\w']")
CAPITALISED = re.compile(r"[A-Z](?<![^\W_][A-Z])[A-Za-z]*")
SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")
ODD_HOST = re.compile(r"[-\d]")
# The mark in an address asks nothing.
QUESTION = re.compile(r"\?(?=[\s\"')!?]|$)|か。")
DIGIT = re.compile(r"\d")
LONG_WORD = re.compile(r"[^\W_]{4,}")
AD_NAME = re.compile(
    r"\.(?:com|net|org|info|biz|xyz|shop|site|online|top|jp|in)\b|\b(?:buy|cheap|best|free|seo|casino|loans?|escorts?|shop|store"
    r"|services?|training|institute|agency|marketing|solutions?|online|deals?|pills|bags?|watch(?:es)?|crypto|bitcoin|forex"
    r"|essay|visa|movers|rental)\b|激安|通販|副業|出会い|無料|公式|コピー|買取|投資"
)


# Who judges a reply asks for its words twice. Four MiB at most, for long texts that are made for that.
@lru_cache(maxsize=2)
def words_of(folded_text: str) -> tuple[str, ...]:
    """The words of a text; in scripts without spaces, runs of one kind of sign. Hiragana is left out: it is grammar."""
    return tuple((ASCII_RUN if folded_text.isascii() else RUN).findall(folded_text))


def traits_of(body: str, folded: Folded, words: Sequence[str], author: str = "") -> list[str]:
    """Names of the traits that a text shows; `words` are those of the folded text.  Linear in the length."""
    return [
        "any",
        *_disguises(folded),
        *_links(body, folded),
        *_wares(folded.text, words),
        *_manners(body, folded.text, words),
        *_author(author.lower(), folded.links),
    ]


def host_of(link: str) -> str:
    """The host of a link as it stands in a text, without www."""
    return SCHEME.sub("", link).split("/")[0].split("?")[0].split(":")[0]


def script_of(folded_text: str) -> str:
    """The script that most letters of the first thousand are in; kana before han, as Japanese mixes the two."""
    head = folded_text[:1000]
    if head.isascii():
        return "latin"
    counts = {name: len(pattern.findall(head)) for name, pattern in SCRIPTS[1:]}
    if kana := len(SCRIPTS[0][1].findall(head)):
        counts["kana"] = kana + counts.pop("han")
    return max(counts, key=lambda name: counts[name])


def _disguises(folded: Folded) -> Iterator[str]:
    for name in ("invisible", "lookalike", "spaced", "leet"):
        if count := getattr(folded, name):
            yield name
            if count > 2:
                yield f"much {name}"


def _links(body: str, folded: Folded) -> Iterator[str]:
    text, links = folded.text, folded.links
    yield f"links {len(links) if len(links) < 3 else '3-5' if len(links) < 6 else '6+'}"
    if "[" in body and OTHER_MARKUP.search(body):
        yield "markup"
    if not links:
        return
    hosts = {host_of(link) for link in links}
    yield from sorted({f"ending {host.rpartition('.')[2]}" for host in hosts})
    if any(OFFICIAL.search(host) for host in hosts):
        yield "official"
    if not SHORTENERS.isdisjoint(hosts):
        yield "shortener"
    if any(ODD_HOST.search(host) for host in hosts):
        yield "odd host"
    if text.rstrip(" .!)>\n").endswith(links[-1].rstrip(".!)")):
        yield "link at end"
    if len(text) - sum(map(len, links)) < 20:
        yield "link alone"
    if len(hosts) < len(links):
        yield "host twice"
    if any(_is_unlike(match) for match in NAMED_LINK.finditer(body.lower())):
        yield "link text unlike target"


def _is_unlike(match: re.Match[str]) -> bool:
    name, target = (match[1], match[2]) if match[1] else (match[4], match[3])
    words = LONG_WORD.findall(name)
    return bool(words) and not any(word in target for word in words)


def _wares(text: str, words: Sequence[str]) -> Iterator[str]:
    if DIGIT.search(text):
        if SEVEN_DIGITS.search(text) and PHONE.search(text):
            yield "phone"
        if MONEY.search(text):
            yield "money"
    if "@" in text and MAIL.search(text):
        yield "mail"
    yield from (name for name, vocabulary in VOCABULARIES.items() if says(vocabulary, text, words))


def _manners(body: str, text: str, words: Sequence[str]) -> Iterator[str]:
    yield f"script {script_of(text)}"
    # Doublings from 16 characters on: a nod, a line, a paragraph, a letter.
    yield f"length {min(7, max(0, len(text).bit_length() - 4))}"
    if QUESTION.search(text):
        yield "asks"
    if text.count("!") > 2:
        yield "exclaims"
    capitals = CAPITALISED.findall(body)
    if capitals and len(words) > 2:
        if sum(len(word) for word in capitals if len(word) > 1 and word.isupper()) > 0.3 * sum(
            map(len, words)
        ):
            yield "shouts"
        if len(words) > 5 and sum(map(str.istitle, capitals)) > 0.6 * len(words):
            yield "titled"
    if not body.isascii() and len(ORNAMENT.findall(body)) > 2:
        yield "ornaments"
    if NAMED_THING.search(body):
        yield "named thing"
    yield from _ending(body)


def _ending(body: str) -> Iterator[str]:
    """A last line that is no sentence, under text that is: where the words for the search engine stand."""
    before, _, last = body.rstrip().rpartition("\n")
    last = last.strip()
    if len(before) > 20 and 0 < len(last) < 60 and last[-1] not in ".!?)。!?…:;」":
        yield "tail line"


def _author(author: str, links: tuple[str, ...]) -> Iterator[str]:
    if not author:
        return
    if AD_NAME.search(author):
        yield "author sells"
    names = LONG_WORD.findall(author)
    if names and any(name in host_of(link) for name in names for link in links):
        yield "author is link"
