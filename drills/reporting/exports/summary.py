"""A run in Markdown, for the page of a CI job: the worst first, and never more than it may hold."""

from __future__ import annotations

from collections.abc import Iterable

from drills.judgement.result import CriterionResult
from drills.reporting.cleansing import shorten
from drills.reporting.criteria import held_to, margin_text, measured_text
from drills.reporting.exports.run import Failure, Finished, Run, reason
from drills.reporting.figures import points
from drills.reporting.markdown import escape
from drills.reporting.notices import notices
from drills.reporting.words import NO_SCORE, VERDICTS, plural

LIMIT = 1024 * 1024  # bytes that GitHub takes of one step
_NAME, _TEXT = 200, 600  # characters of a cell


def render(run: Run, room: int = LIMIT) -> str:
    """The summary, at most ``room`` bytes of it; "" where not even its first line has room.

    Each drill is told in a row, and then by itself. What has no room is left out whole, with a line
    that says how much that is.
    """
    head = f"## Incident drills: {run.sentence()}\n\n"
    rows = [*map(_failure_row, run.failures), *(_row(run, each) for each in run.drills)]
    told = (_section(run, each) for each in run.drills)  # made only as far as there is room
    columns = "| verdict | drill | score | why | report |\n|---|---|---|---|---|\n"
    left = room - _size(head + columns) - _size(_cut(len(rows), len(run.drills))) - 1
    if left < 0:
        return ""
    shown, left = _fitting(rows, left)
    whole, left = _fitting(told, left) if len(shown) == len(rows) else ([], left)
    missing = len(rows) - len(shown), len(run.drills) - len(whole)
    table = columns + "".join(shown) + "\n" if rows else ""
    return head + table + "".join(whole) + (_cut(*missing) if any(missing) else "")


def _fitting(pieces: Iterable[str], room: int) -> tuple[list[str], int]:
    """As many of the first pieces as there is room for, and what is left of it."""
    found: list[str] = []
    for piece in pieces:
        if (size := _size(piece)) > room:
            break
        found.append(piece)
        room -= size
    return found, room


def _size(text: str) -> int:
    return len(text.encode())


def _cut(rows: int, sections: int) -> str:
    """The line that says what is left out."""
    what = f"{plural(sections, 'drill')} not told in full"
    what += f", {plural(rows, 'row')} of the table left out" if rows else ""
    return f"**Cut here, for want of room: {what}.** The reports have all of it.\n"


def _row(run: Run, drill: Finished) -> str:
    why = "" if drill.met else drill.result.reason
    cells = (
        f"**{VERDICTS[drill.result.verdict]}**",
        _cell(drill.name, _NAME),
        points(drill.result.score.value),
        _cell(why, _TEXT),
        _cell(run.report(drill), _TEXT),
    )
    return f"| {' | '.join(cells)} |\n"


def _failure_row(each: Failure) -> str:
    name, why = _cell(each.name, _NAME), _cell(each.reason, _TEXT)
    return f"| **No result** | {name} | \u2013 | {why} | |\n"


def _cell(text: str, width: int) -> str:
    return escape(shorten(text, width))


def _section(run: Run, drill: Finished) -> str:
    """A heading, why it is not met, where it is told in full, notices, and its criteria."""
    result = drill.result
    parts = [f"### {VERDICTS[result.verdict]}: {escape(drill.name)}"]
    if not drill.met:
        parts.append(escape(shorten(reason(drill).partition("\n")[0], _TEXT)))
    parts.append(_place(run, drill))
    parts.append("\n".join(f"- {escape(each.sentence)}" for each in notices(result)))
    criteria = sorted(result.criteria, key=lambda one: _ORDER[one.verdict])
    parts.append(_COLUMNS + "\n".join(map(_criterion, criteria)) if criteria else "")
    return "".join(f"{part}\n\n" for part in parts if part)


_COLUMNS = "| | criterion | measured | limit | left |\n|---|---|---|---|---|\n"


def _place(run: Run, drill: Finished) -> str:
    result, score = drill.result, drill.result.score
    told = [NO_SCORE if score.value is None else f"Score {points(score.value)} of 100"]
    if result.severity:
        told.insert(0, escape(result.severity))
    line = f":{result.line}" if result.line else ""
    told += [f"drill {escape(result.id)}", f"{escape(result.feature)}{line}"]
    return f"{', '.join(told)}, report: {escape(run.report(drill))}"


_ORDER = {"missed": 0, "inconclusive": 1, "not assessed": 2, "met": 3}


def _criterion(one: CriterionResult) -> str:
    cells = (
        VERDICTS[one.verdict],
        _cell(one.name, _NAME),
        _cell(measured_text(one), _NAME),
        _cell(held_to(one), _NAME),
        _cell(margin_text(one), _NAME),
    )
    return f"| {' | '.join(cells)} |"
