"""The lines ``key: value`` between ``---`` (or ``+++``) at the very top of a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drills.runbook.document.parts import Label, Section

_FENCES = {"---": (":", ("---", "...")), "+++": ("=", ("+++",))}
_KEY = re.compile(r"([\w][\w .-]*?)\s*([:=])(?:\s+(.*)|\s*)$")
_LISTED = re.compile(r"\s*-\s+(.*)$")


def front_matter(lines: Sequence[str], whole: Section) -> tuple[int, tuple[Label, ...]]:
    """How many lines it takes with its fences, 0 where there is none, and what it says.

    Only what is written on one line is read, and lists of texts (joined by commas); a key that has
    keys of its own is followed by theirs.
    """
    first = lines[0].rstrip() if lines else ""
    sign, ends = _FENCES.get(first, ("", ()))
    last = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ends), 0)
    if not last:
        return 0, ()
    labels: list[Label] = []
    for number, line in enumerate(lines[1:last], 2):
        key = _KEY.match(line.strip())
        if key and key[2] == sign:
            labels.append(Label(key[1], _plain(key[3] or ""), number, whole))
        elif labels and (listed := _LISTED.match(line)):
            before = labels[-1]
            value = ", ".join(filter(None, (before.value, _plain(listed[1]))))
            labels[-1] = Label(before.key, value, before.line, whole)
    return last + 1, tuple(labels)


def _plain(value: str) -> str:
    value = value.strip()
    if value[:1] == "[" and value[-1:] == "]":
        return ", ".join(map(_plain, value[1:-1].split(",")))
    return value[1:-1] if value[:1] in {"'", '"'} and value[-1:] == value[:1] else value
