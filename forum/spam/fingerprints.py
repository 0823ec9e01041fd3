"""One number for all the texts that a reader would call the same."""

import re
import unicodedata
from hashlib import blake2b

from forum.spam.folding import INVISIBLE, LOOKALIKES

# Signs that stand for each other at a glance, once the text is in lower case.
SAME_SIGN = str.maketrans("01i|", "olll")
SKELETON = SAME_SIGN | {sign: SAME_SIGN.get(like, like) for sign, like in LOOKALIKES.items()}
# Neither letter nor digit.
NEITHER = re.compile(r"[\W_]+")
# Both for a text of ASCII alone, as most are, of which C takes care in one go.
SAME_BYTE = bytes.maketrans(b"01i|", b"olll")
NEITHER_BYTES = bytes(byte for byte in range(128) if NEITHER.match(chr(byte)))
# What may be a digit of another style: none of those in which most texts are written.
OTHER_SIGN = re.compile("[^\0-\x7f\u00c0-\u024f\u0370-\u052f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fingerprint(text: str) -> int:
    """A signed 64-bit number; equal for texts that differ only in case, width, spaces, punctuation, the style of
    digits, invisible characters and look-alike letters.  A text of signs alone is taken as it stands.
    """
    if text.isascii():
        bare = text.lower()
        skeleton = bare.encode().translate(SAME_BYTE, NEITHER_BYTES)
    else:
        bare = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold()
        letters = OTHER_SIGN.sub(_in_ascii, NEITHER.sub("", bare)).translate(SKELETON)
        skeleton = letters.encode("utf-8", "surrogatepass")
    told_apart = skeleton or "".join(bare.split()).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told_apart, digest_size=8).digest(), "big", signed=True)


def _in_ascii(sign: re.Match[str]) -> str:
    return str(unicodedata.digit(sign[0], sign[0]))
