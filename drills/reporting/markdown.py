"""Text that others wrote, put into Markdown so that it is only read."""

from __future__ import annotations

import re

from drills.reporting.cleansing import clean_line

# Every character that Markdown or HTML may read as more than itself, within a line. An underscore
# inside a word is only itself; addresses would become links.
_SPECIAL = re.compile(
    r"[\\`*\[\]<|~&$]|(?<!\w)_|_(?!\w)|(?<=\w):(?=//)|(?<=\w)@(?=\w)|(?<=\bwww)\."
)
# What makes a list, a quotation, a heading or a rule when a line begins with it.
_LEADING = re.compile(r"^(?:(?=[-+=#>:])|(\d+)(?=[.)](?:\s|$)))")


def escape(text: str) -> str:
    """``text`` on one line, with nothing in it that Markdown or HTML would act on."""
    line = _SPECIAL.sub(lambda match: "\\" + match.group(), clean_line(text))
    return _LEADING.sub(lambda match: (match.group(1) or "") + "\\", line)
