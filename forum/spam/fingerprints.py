"""One number for all the texts that a reader would call the same."""

import re
import unicodedata
from hashlib import blake2b

from forum.spam.folding import INVISIBLE, LOOKALIKES

# Signs that stand for each other at a glance, once the text is in lower case.
SAME_SIGN = str.maketrans("01i|", "olll")
# Neither letter nor digit, of the signs that most English texts are made of.
NEITHER = re.compile(r"[^a-z0-9]+")


def fingerprint(text: str) -> int:
    """A signed 64-bit number; equal for texts that differ only in case, width, spaces, punctuation, the style of
    digits, invisible characters and look-alike letters.  A text of signs alone is taken as it stands.
    """
    bare = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold()
    skeleton = _alphanumeric(bare).translate(LOOKALIKES).translate(SAME_SIGN)
    digest = blake2b(
        (skeleton or "".join(bare.split())).encode("utf-8", "surrogatepass"), digest_size=8
    ).digest()
    return int.from_bytes(digest, "big", signed=True)


def _alphanumeric(text: str) -> str:
    if text.isascii():
        return NEITHER.sub("", text)
    return "".join(_digit(sign) for sign in text if sign.isalnum())


def _digit(sign: str) -> str:
    return sign if sign.isascii() else str(unicodedata.digit(sign, sign))
