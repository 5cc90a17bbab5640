"""The calendar: which scenario was drilled in which month, how it went, and how steady it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from drills.history.steadiness import Share, steadiness
from drills.judgement.result import Verdict
from drills.reporting.cleansing import shorten
from drills.reporting.words import VERDICTS

MONTHS = 12  # that are shown, the last one is today's
SCENARIOS = 60  # that are shown at most, those that were drilled last
_NAMED = 72  # characters of a scenario's name
MARKS: Mapping[Verdict, str] = {"missed": "\u00d7", "inconclusive": "?", "not assessed": "\u2013"}
_WORST = (*MARKS, "met")
_CODES = {"met": "m", "missed": "x", "inconclusive": "i", "not assessed": "n"}


def months(today: date) -> list[str]:
    """The months that are shown (``2026-01``), the oldest first."""
    number = today.year * 12 + today.month - 1
    return [
        f"{each // 12:04}-{each % 12 + 1:02}" for each in range(number - MONTHS + 1, number + 1)
    ]


def head(shown: Sequence[str]) -> str:
    """The table's first row."""
    cells = "".join(f"<th scope=col>{_month(each)}" for each in shown)
    return (
        f"<thead><tr><th scope=col>Scenario{cells}"
        "<th scope=col class=number>Inconclusive<th scope=col class=number>Flaky</thead>\n"
    )


def line(name: str, rows: Sequence[Mapping[str, Any]], shown: Sequence[str]) -> str:
    """A scenario's row, of its drills in these months, the newest first."""
    by_month: dict[str, Counter[str]] = {each: Counter() for each in shown}
    for row in rows:
        by_month.setdefault(f"{row['at']:%Y-%m}", Counter())[str(row["verdict"])] += 1
    cells = "".join(_cell(month, by_month[month]) for month in shown)
    found = steadiness(rows)
    incidents = dict.fromkeys(str(row["incident"]) for row in rows if row["incident"])
    named = (
        f" <span class=quiet><bdi>{_text(', '.join(incidents))}</bdi></span>" if incidents else ""
    )
    return (
        f"<tr><th scope=row><bdi>{_text(name)}</bdi>{named}{cells}"
        f'<td class=number data-label="Inconclusive">{_share(found.inconclusive)}'
        f'<td class=number data-label="Flaky">{_share(found.flaky)}\n'
    )


def _cell(month: str, counts: Counter[str]) -> str:
    """How many, and of what is not met how many, by a mark: nothing is told by colour alone."""
    label = f'data-label="{_month(month)}"'
    if not counts:
        return f"<td class=none {label}>"
    worst = next(each for each in _WORST if counts[each])
    said = "".join(
        f'<abbr title="{VERDICTS[verdict].lower()}">{MARKS[verdict]}</abbr>{counts[verdict]} '
        for verdict in MARKS
        if counts[verdict]
    )
    small = f" <small>{said.strip()}</small>" if said else ""
    return f"<td class={_CODES[worst]} {label}><b>{counts.total()}</b>{small}"


def _share(share: Share) -> str:
    if share.ratio is None:
        return f"<span class=quiet>too few ({share.whole})</span>"
    return f"{round(share.ratio * 100)} % <span class=quiet>{share.part} of {share.whole}</span>"


def _month(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%b %y}"


def _text(text: str) -> str:
    return escape(shorten(text, _NAMED))
