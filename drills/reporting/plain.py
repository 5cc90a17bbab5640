"""What of a text a terminal can show: its columns, its colour, its characters."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import TextIO

_WIDTH = 100  # columns where nobody says
_DUMB = ("", "dumb", "unknown")
# What stands for a character that a terminal without UTF-8 has not.
_INSTEAD = str.maketrans(
    {
        "±": "+-",
        "\u2212": "-",
        "–": "-",
        "×": "x",
        "…": "...",
        "“": '"',
        "”": '"',
        "\u202f": " ",
        "\u2265": ">=",
        "µ": "u",
        "─": "-",
    }
)


def width_of(stream: TextIO) -> int:
    """The columns of a terminal, ``COLUMNS`` where it is set, 100 where it is no terminal."""
    if not stream.isatty() and not os.environ.get("COLUMNS"):
        return _WIDTH
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def coloured(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether colour is wanted there: on a terminal that has it, unless ``NO_COLOR`` is set."""
    environ = os.environ if environ is None else environ
    if environ.get("NO_COLOR") or environ.get("TERM", "") in _DUMB:
        return False
    return stream.isatty()


def drawable(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a view may be drawn there, again and again: a log of CI is read later, as lines."""
    environ = os.environ if environ is None else environ
    if not stream.isatty() or environ.get("TERM", "") in _DUMB:
        return False
    return not any(environ.get(name) for name in ("CI", "BUILD_NUMBER"))


def speakable(text: str, stream: TextIO) -> str:
    """The text with nothing in it that the stream's encoding has not.

    What has a look-alike in ASCII becomes that, anything else a question mark.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_INSTEAD).encode(encoding, "replace").decode(encoding)
    except LookupError:
        return text
    return text
