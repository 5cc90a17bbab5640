"""The list of drills, month by month: what is read without a script, and searched with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from drills.history.row import DETECT, RECOVER
from drills.journal.folder import REPORT
from drills.reporting.cleansing import shorten
from drills.reporting.figures import points
from drills.reporting.words import VERDICTS, plural
from drills.units import format_seconds

LONGEST = 72  # characters of a name in the list; the report has all of it
_CODES = {"met": "m", "missed": "x", "inconclusive": "i", "not assessed": "n"}
_HEAD = (
    "<thead><tr><th>When (UTC)<th>Scenario<th>Verdict<th class=number>Score"
    f'<th class=number title="{DETECT}">Detected<th class=number title="{RECOVER}">Recovered'
    "<th>Severity<th>Incident<th>Fault</thead>\n<tbody>\n"
)


def month(
    name: str, rows: Sequence[Mapping[str, Any]], there: Collection[str], *, shown: bool
) -> str:
    """The drills of a month (``2026-01``), newest first; those with a report link to it.

    ``there`` are the folders that are. What is not ``shown`` is folded away until it is asked for.
    """
    counts = Counter(str(row["verdict"]) for row in rows)
    told = ", ".join(
        f"{counts[verdict]} {word.lower()}" for verdict, word in VERDICTS.items() if counts[verdict]
    )
    title = f"{datetime.strptime(name, '%Y-%m'):%B %Y}"  # noqa: DTZ007 - a month, no moment
    lines = "".join(_line(row, there) for row in rows)
    return (
        f"<details{' open' if shown else ''}><summary><h3>{title}</h3> "
        f"<span>{plural(len(rows), 'drill')}: {told}</span></summary>\n"
        f"<table>{_HEAD}{lines}</table></details>\n"
    )


def _line(row: Mapping[str, Any], there: Collection[str]) -> str:
    """One row; end tags that HTML lets be left out are, for there are thousands."""
    when = f"{row['at']:%Y-%m-%d %H:%M}"
    folder, id_ = str(row["folder"]), escape(str(row["id"]))
    told = "" if folder.endswith(f"-{id_}") else f' title="{id_}"'  # the script reads it there
    if folder in there:
        when = f"<a href={quote(f'{folder}/{REPORT}')}{told}>{when}</a>"
    else:
        when = f'<span title="{id_}">{when}</span>'
    return (
        f"<tr class={_CODES[row['verdict']]}><td>{when}<td>{_text(row['scenario'])}"
        f"<td>{VERDICTS[row['verdict']]}<td>{points(row['score'])}<td>{_seconds(row['detect'])}"
        f"<td>{_seconds(row['recover'])}<td>{_text(row['severity'])}"
        f"<td>{_text(row['incident'])}<td>{_text(', '.join(row['faults']))}\n"
    )


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    return f"<bdi>{escape(shorten(text, LONGEST))}</bdi>" if not text.isascii() else _plain(text)


def _plain(text: str) -> str:
    return escape(shorten(text, LONGEST))


def _seconds(value: float | None) -> str:
    return "\u2013" if value is None else format_seconds(value)
