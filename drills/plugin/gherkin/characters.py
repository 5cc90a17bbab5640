"""Characters that look like plain ones: what a word processor or a wiki makes of a sentence."""

from __future__ import annotations

import unicodedata

QUOTES = dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"') | dict.fromkeys(
    "\u2018\u2019\u201a\u201b", "'"
)
DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")


def plain_text(text: str) -> str:
    """The text as a keyboard writes it: plain spaces, one each, quotes and hyphens."""
    return " ".join("".join(_plain(letter) for letter in text).split())


def _plain(letter: str) -> str:
    if letter in QUOTES or letter in DASHES:
        return {**QUOTES, **DASHES}[letter]
    if unicodedata.category(letter) == "Cf":  # zero-width, soft hyphens, marks of direction
        return ""
    return " " if letter.isspace() else letter


def odd_characters(text: str) -> list[str]:
    """Each character that ``plain_text`` would change, by its name and code point."""
    found = [
        f"{unicodedata.name(letter, 'control character').lower()} (U+{ord(letter):04X})"
        for letter in text
        if _plain(letter) != letter
    ]
    if "  " in text:
        found.append("double space")
    return list(dict.fromkeys(found))
