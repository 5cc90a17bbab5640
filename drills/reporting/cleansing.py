"""Text that others wrote (logs, alerts, answers of services), made safe to put before a reader.

Nothing here escapes for HTML or Markdown: that is the business of who writes those. This is about
what no output may carry: control characters, terminal escapes, text that runs backwards, halves
of characters, and lines of ten megabytes.
"""

from __future__ import annotations

import re

LIMIT = 2000  # characters of one piece of text that a reader gets to see

# Escape sequences of terminals: CSI (colours, cursor), OSC (titles, links), two-character ones.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[@-Z\\^_]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Controls of C0 and C1 but tab and newline, marks that reorder or hide text, non-characters.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")


def clean(text: str, limit: int = LIMIT) -> str:
    r"""``text`` with nothing in it that acts instead of being read, at most ``limit`` long.

    Terminal escapes are removed, other control and reordering characters are written as ``\x07``
    or ``\u202e``, halves of characters become U+FFFD. Tabs and newlines stay. What is cut is
    followed by a note that says how long the text was.
    """
    shown = text[:limit].replace("\r\n", "\n")
    shown = _SURROGATE.sub("\ufffd", _ANSI.sub("", shown))
    shown = _UNSEEN.sub(_visible, shown)
    if len(text) > limit:
        shown += f" … (cut here: {len(text):,} characters in all)"
    return shown


def clean_line(text: str, limit: int = LIMIT) -> str:
    """The same on one line: every run of white space becomes one space."""
    return _SPACE.sub(" ", clean(text, limit)).strip()


def shorten(text: str, width: int) -> str:
    """One clean line of at most ``width`` characters, with an ellipsis where it was cut."""
    line = clean_line(text, max(4 * width, 1))
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
