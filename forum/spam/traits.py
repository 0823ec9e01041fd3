"""What is striking about the shape of a text, whatever its words."""

import re
from collections.abc import Iterator

from forum.spam.folding import Folded

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
MONEY = re.compile(
    r"[$£€¥₽₹]\s?\d|\d\s?(?:[$£€¥₽₹]|円|万|億|usd|eur|gbp|btc|usdt|dollars?|pounds?|bucks|yen|руб|тыс|р\b)|\[currency\]"
)
MAIL = re.compile(r"@[\w-]{1,63}\.[a-z]{2}")
CONTACT = re.compile(
    r"whats\s?app|telegram|t\.me/|wa\.me/|wechat|skype|viber|kik:|dm me|inbox me|line\s?(?:id|登録|追加|@|:)|ライン登録"
    r"|公式line|в лс\b|личк|пиши(?:те)? в|\[username\]"
)
PRAISE = re.compile(
    r"(?:thank(?:s| you| u)|great|nice|good|amazing|awesome|excellent|wonderful|helpful|useful|informative|interesting"
    r"|impressive|fantastic)\b[^.!?\n]{0,60}\b(?:post|article|blog|info\w*|site|website|page|content|shar\w+|write ?up"
    r"|work|job|piece|tutorial|knowledge|topic)\b"
)
SERVICE = re.compile(
    r"(?:training|courses?|institutes?|coaching|classes|certification|services?|compan(?:y|ies)|agenc(?:y|ies)|solutions?"
    r"|developers?|development|consult\w+|support|repairs?|marketing|seo|lawyers?|movers|escorts?|rental|jobs|helpline"
    r"|customer care|writing|assignments?|homework|essays?)\b"
    r"[^.!?\n]{0,25}\b(?:in|at|near|for|of|from|by|with|online|number|provider|help)\b"
)
NAMED_LINK = re.compile(
    r"\[([^\]\n]{1,200})\]\(\s*(https?://[^)\s]+)|<a\s[^>]{0,200}?href=[\"']?([^\"'\s>]+)[^>]{0,200}>([^<]{1,200})<"
)
OTHER_MARKUP = re.compile(r"\[(?:url|link|b|img)[=\]]", re.IGNORECASE)
ORNAMENT = re.compile("[\u2580-\u25ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff\u203c\u2190-\u21ff]")
CAPITALISED = re.compile(r"(?<![^\W_])[A-Z][a-z]+")
LATIN_WORD = re.compile(r"[A-Za-z]+")
AD_NAME = re.compile(
    r"\.(?:com|net|org|info|biz|xyz|shop|site|online|top|jp|in)\b|\b(?:buy|cheap|best|free|seo|casino|loans?|escorts?|shop|store"
    r"|services?|training|institute|agency|marketing|solutions?|online|deals?|pills|bags?|watch(?:es)?|crypto|bitcoin|forex"
    r"|essay|visa|movers|rental)\b|激安|通販|副業|出会い|無料|公式|コピー|買取|投資"
)


def traits_of(body: str, folded: Folded, author: str = "") -> list[str]:
    """Names of the traits that a text shows.  Linear in the length of the text."""
    return [
        "any",
        *_disguises(folded),
        *_links(body, folded),
        *_wares(folded.text),
        *_manners(body, folded.text),
        *_author(author.lower(), folded.links),
    ]


def host_of(link: str) -> str:
    """The host of a link as it stands in a text, without www."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link).split("/")[0].split("?")[0].split(":")[0]


def script_of(folded_text: str) -> str:
    """The script that most letters of the first thousand are in; kana before han, as Japanese mixes the two."""
    head = folded_text[:1000]
    counts = (
        {name: len(pattern.findall(head)) for name, pattern in SCRIPTS[1:]}
        if not head.isascii()
        else {"latin": 1}
    )
    if not head.isascii() and (kana := len(SCRIPTS[0][1].findall(head))):
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
    if OTHER_MARKUP.search(body):
        yield "markup"
    if not links:
        return
    hosts = {host_of(link) for link in links}
    yield from sorted({f"ending {host.rpartition('.')[2]}" for host in hosts})
    if any(OFFICIAL.search(host) for host in hosts):
        yield "official"
    if not SHORTENERS.isdisjoint(hosts):
        yield "shortener"
    if any("-" in host or re.search(r"\d", host) for host in hosts):
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
    words = re.findall(r"[^\W_]{4,}", name)
    return bool(words) and not any(word in target for word in words)


def _wares(text: str) -> Iterator[str]:
    for name, pattern in (("phone", PHONE), ("money", MONEY), ("mail", MAIL), ("contact", CONTACT)):
        if pattern.search(text):
            yield name
    is_service, is_praise = bool(SERVICE.search(text)), bool(PRAISE.search(text[:200]))
    if is_service:
        yield "service"
    if is_praise:
        yield "praise"
    if is_praise and is_service:
        yield "praise, service"


def _manners(body: str, text: str) -> Iterator[str]:
    yield f"script {script_of(text)}"
    if "?" in text or "か。" in text:
        yield "asks"
    if text.count("!") > 2:
        yield "exclaims"
    letters = LATIN_WORD.findall(body)
    if len(letters) > 2:
        count = sum(map(len, letters))
        loud = sum(len(word) for word in letters if len(word) > 1 and word.isupper())
        if loud > 0.3 * count:
            yield "shouts"
        if len(letters) > 5 and len(CAPITALISED.findall(body)) > 0.6 * len(letters):
            yield "titled"
    if len(ORNAMENT.findall(body)) > 2:
        yield "ornaments"


def _author(author: str, links: tuple[str, ...]) -> Iterator[str]:
    if AD_NAME.search(author):
        yield "author sells"
    names = re.findall(r"[^\W_]{4,}", author)
    if names and any(name in host_of(link) for name in names for link in links):
        yield "author is link"
