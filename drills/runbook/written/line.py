"""One line of a block of code, as a shell is to read it: what was certainly meant, told.

Prompts, no-break spaces, curly quotes, dashes and entities come into runbooks by copying. Each
turns a good command into a failure, or into nothing. What could mean two things is refused.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_PROMPT = re.compile(r"\s*(?:[\w.-]+@[\w.-]+(?::|\s)[^$#]{0,80}[$#]|\$|>)\s+(?=\S)")
_WINDOWS = re.compile(r"\s*(?:PS\s+)?[A-Z]:\\[^>]*>\s*")
_SPACES = re.compile("[\u00a0\u2007\u202f\u2009\u3000]")
_NOTHING = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_CONTINUED = re.compile(r"\\[ \t]+$")
_DASH = re.compile(r"(?<![^\s\"'=])(?:[–—―−]|-[–—])(?P<name>[A-Za-z][\w-]*)")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4}|vert|verbar);")
_QUOTES = {"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'"}


@dataclass(frozen=True, slots=True)
class Read:
    """A line as it is read, what it was read as, and why it cannot be carried out, "" where it can.

    ``prompted`` is whether it begins with a prompt: then the lines without one are output.
    """

    text: str
    notes: tuple[str, ...] = ()
    refused: str = ""
    prompted: bool = False


def read(written: str) -> Read:
    """The line without what only copying brought into it."""
    notes: list[str] = []
    if match := _WINDOWS.match(written):
        return Read(written[match.end() :], refused="it is for a Windows prompt", prompted=True)
    text, prompted = written, False
    if match := _PROMPT.match(text):
        text, prompted = text[match.end() :], True
        notes.append(f"the prompt {match[0].strip()!r} is left out")
    text, refused = _characters(text, notes)
    return Read(text, tuple(notes), refused, prompted)


def _characters(text: str, notes: list[str]) -> tuple[str, str]:
    for pattern, by, what in (
        (_SPACES, " ", "a no-break space is read as a space"),
        (_NOTHING, "", "a character that nobody sees is left out"),
        (_CONTINUED, r"\\", r"a space after the \ at the end of the line is left out"),
    ):
        changed = pattern.sub(by, text)
        if changed != text:
            notes.append(what)
            text = changed
    for entity in dict.fromkeys(_ENTITY.findall(text)):
        meant = html.unescape(entity).replace("\u00a0", " ")
        notes.append(f"{entity} is read as {meant}")
        text = text.replace(entity, meant)
    text, refused = _dashes(text, notes)
    return _straight(text, notes), refused


def _dashes(text: str, notes: list[str]) -> tuple[str, str]:
    refused = ""

    def mend(match: re.Match[str]) -> str:
        nonlocal refused
        name = match["name"]
        if 1 < len(name) < 4:
            refused = f"{match[0]}: is it -{name} or --{name}?"
            return match[0]
        meant = f"-{name}" if len(name) == 1 else f"--{name}"
        notes.append(f"{match[0]} is read as {meant}")
        return meant

    return _DASH.sub(mend, text), refused


def _straight(text: str, notes: list[str]) -> str:
    """Curly quotes made straight, but for those that stand between straight ones."""
    if not _QUOTES.keys() & set(text):
        return text
    inside, made = "", []
    for letter in text:
        if letter in ('"', "'") and inside in ("", letter):
            inside = "" if inside else letter
        made.append(letter if inside else _QUOTES.get(letter, letter))
    straight = "".join(made)
    if straight != text:
        notes.append("curly quotes are read as straight ones")
    return straight
