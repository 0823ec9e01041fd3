"""A member's words, put into the next member's answer as a Markdown quotation."""

import re

from forum.text.cleaning import clean

_MARKS = re.compile(r"([\\`*_\[\]<>{}~@])")


def quote(source: str, name: str, address: str) -> str:
    """Return `source` as a Markdown quotation under a linked line of who wrote it, ready to be answered below.

    `name` is the writer's, `address` that of the post (/p/12). The text ends with a blank line. The attribution holds
    no word of any language, since the two sides of a conversation may read different ones.
    """
    linked_name = _MARKS.sub(r"\\\1", name)
    attribution = f"[{linked_name}]({address}):"
    lines = [attribution, "", *clean(source).split("\n")]
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + "\n"
