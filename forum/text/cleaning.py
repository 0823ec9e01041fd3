"""What is taken out of every text before it is stored or shown: whatever hides, turns or breaks the text around it."""

import re
import unicodedata

MAX_STACKED_MARKS = 4
"""Vietnamese and phonetic writing stack two marks on a letter; longer towers only run over the neighbours' lines."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, without tab and the line ends
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiner, Arabic mark, fillers
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero-width space, bidi marks, overrides, isolates
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"  # blank letters, byte-order mark, non-characters
    "\ud800-\udfff"  # halves of a surrogate pair, which no UTF-8 file can hold
    "\U0001d173-\U0001d17a"
    "]"
)
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]")
_MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED_MARKS = re.compile(f"({_MARKS}{{{MAX_STACKED_MARKS}}}){_MARKS}+")

# A selector chooses the drawing of the one character before it, an emoji, a keycap or a kanji. Anywhere else, and in
# a row, it carries hidden bytes.
_STRAY_SELECTOR = re.compile(
    "(?<![#*0-9\xa9\xae\u2000-\u2fff\u3030\u303d\u3297\u3299\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff])"
    "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    "|(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)

# Joiners build emoji families, and letters of Persian and of the scripts of India. Elsewhere they split words unseen.
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
_JOINED = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff"
_STRAY_JOINER = re.compile(
    f"(?<![{_EMOJI}{_JOINED}])[\u200c\u200d]+"
    f"|(?<=[{_EMOJI}])\u200c[\u200c\u200d]*"
    f"|[\u200c\u200d]+(?![{_EMOJI}{_JOINED}\u200c\u200d])"
    "|(?<=[\u200c\u200d])[\u200c\u200d]+"
)

# Whatever any of the above begins with. Nearly every text has none of it, and then one look is enough.
_SUSPECT = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ud800-\udfff\ufe00-\ufe2f\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
    "]"
)


def clean(text: str) -> str:
    """Return `text` in NFC, with `\\n` as its only line end, nothing invisible, and no blanks at the end of its lines.

    Blank lines before and after the text go as well; the indentation of its first line stays, for it may be code.
    Cleaning twice changes nothing. Linear in the length of `text`.
    """
    text = unicodedata.normalize("NFC", visible(text))
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def visible(text: str) -> str:
    """Return `text` without the characters that hide or turn other text; its blanks and its form stay as they are."""
    # Most texts are ASCII, all of it printable but for the ends of lines. To see that takes a tenth of the search.
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    if not _SUSPECT.search(text):
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = _TAGS.sub(r"\1", _INVISIBLE.sub("", text))
    text = _STACKED_MARKS.sub(r"\1", text)
    return _STRAY_JOINER.sub("", _STRAY_SELECTOR.sub("", text))
