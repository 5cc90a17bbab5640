"""The runbook as it was followed: a table by line, what comes of it in words, and notes for CI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from drills.judgement.runbook_line import RunbookLine
from drills.reporting.cleansing import clean_line, shorten
from drills.reporting.words import plural
from drills.runbook.written.outcome import FINDINGS, WELL, Outcome

_WIDEST = max(len(each.value) for each in Outcome)
# What each outcome is told as, of so many commands.
_TOLD = (
    (Outcome.FAILED, "failed"),
    (Outcome.CHANGED_NOTHING, "changed nothing although they should act"),
    (Outcome.CONSOLE, "show the console and not the system"),
    (Outcome.DANGEROUS, "dangerous"),
    (Outcome.CANNOT_FAIL, "cannot fail"),
)


def is_finding(line: RunbookLine) -> bool:
    """Whether it is something to mend in the runbook."""
    return line.outcome in FINDINGS


def told(lines: Sequence[RunbookLine]) -> str:
    """How many commands there are, how many work as written, and what became of the others."""
    counts = Counter(line.outcome for line in lines)
    people = counts.pop(Outcome.PEOPLE, 0)
    commands = sum(counts.values())
    well = sum(counts[each] for each in WELL)
    idle = counts[Outcome.NOTHING_TO_DO]
    words = f"{plural(commands, 'command')}: {well} work as written"
    words += f" ({idle} with nothing to do)" if idle else ""
    rest = [f"{counts[each]} {name}" for each, name in _TOLD if counts[each]]
    words = "; ".join([words, ", ".join(rest)]) if rest else words
    return f"{words}. {plural(people, 'line')} for people." if people else f"{words}."


def table(lines: Sequence[RunbookLine], width: int = 120) -> Iterator[str]:
    """A line each: where it stands, what became of it, what it is; below that, why."""
    place = max((len(_place(line)) for line in lines), default=0)
    room = max(width - place - _WIDEST - 4, 20)
    section = None
    for line in lines:
        if line.section != section:
            section = line.section
            yield clean_line(section)
        first = line.command.strip().split("\n")[0]
        more = " ..." if "\n" in line.command.strip() else ""
        said = shorten(first + more, room)
        yield f"  {_place(line):<{place}}  {line.outcome:<{_WIDEST}}  {said}"
        for reason in (line.why, *line.notes):
            if reason:
                yield f"  {'':<{place}}    {shorten(reason, width - place - 6)}"


def notes_for_ci(lines: Sequence[RunbookLine], folder: str = "") -> Iterator[str]:
    """A note for CI at each line that does not work as written, in the words of GitHub's runner."""
    for line in filter(is_finding, lines):
        file = f"{folder}/{line.file}" if folder else line.file
        where = f"file={_property(file)},line={line.line},endLine={line.last_line}"
        title = _property(f"runbook: {line.outcome}")
        yield f"::warning {where},title={title}::{_message(f'{line.outcome}: {line.why}')}"


def _place(line: RunbookLine) -> str:
    return f"{line.file}:{line.line}"


def _message(text: str) -> str:
    return clean_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
