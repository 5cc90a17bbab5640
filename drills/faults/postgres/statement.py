"""SQL with gaps that are filled safely: whatever is put into one stays one name, or one text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from drills.errors import PlanError

LONGEST_NAME = 63  # bytes: PostgreSQL cuts a longer one, and would take it for another's


def name(value: str) -> str:
    """A name in double quotes: upper case, spaces, quotes and semicolons are its own.

    Raises PlanError for one that PostgreSQL has no name for.
    """
    if not 0 < len(value.encode("utf-8", "replace")) <= LONGEST_NAME or "\0" in value:
        raise PlanError(
            f"expected a name of 1 to {LONGEST_NAME} bytes in PostgreSQL, got {value!r}"
        )
    return '"' + value.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in single quotes, whatever the server makes of backslashes."""
    if "\0" in value:
        raise PlanError(f"expected a text without NUL, got {value!r}")
    quoted = value.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in value else f"'{quoted}'"


def number(value: str) -> str:
    """A whole number. Raises PlanError for anything else."""
    if not re.fullmatch(r"-?[0-9]+", value):
        raise PlanError(f"expected a whole number, got {value!r}")
    return value


_FILLED = {"name": name, "text": text, "number": number}
_HEARD = {
    "name": r'"(?:[^"]|"")+"',
    "text": r"(?:E'(?:[^'\\]|''|\\\\)*'|'(?:[^'\\]|'')*')",
    "number": r"-?[0-9]+",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """An SQL statement with gaps: ``{table:name}``, ``{what:text}``, ``{limit:number}``.

    Called with a value for each gap it is the statement to say. ``heard`` is the way back, by
    which a fake knows it again.
    """

    sql: str

    def __call__(self, **values: str) -> str:
        """The statement with its gaps filled; values that it has no gap for are left out."""
        parts = (
            literal + (_FILLED[kind](values[gap]) if gap else "")
            for literal, gap, kind in _parts(self.sql)
        )
        return "".join(parts)

    def heard(self, said: str) -> Mapping[str, str] | None:
        """What its gaps were filled with; None where this is another statement."""
        match = _pattern(self.sql).fullmatch(said)
        return None if match is None else {k: _plain(v) for k, v in match.groupdict().items()}


@cache
def _pattern(sql: str) -> re.Pattern[str]:
    """What a statement looks like when it is said; made once, for a fake hears each many times."""
    pattern, known = "", set[str]()
    for literal, gap, kind in _parts(sql):
        pattern += re.escape(literal)
        if gap:
            pattern += f"(?P={gap})" if gap in known else f"(?P<{gap}>{_HEARD[kind]})"
            known.add(gap)
    return re.compile(pattern)


def _parts(sql: str) -> Iterator[tuple[str, str, str]]:
    for literal, gap, kind, _ in Formatter().parse(sql):
        yield literal, gap or "", kind or ""


def _plain(quoted: str) -> str:
    if quoted.startswith('"'):
        return quoted[1:-1].replace('""', '"')
    if quoted.startswith("E'"):
        return quoted[2:-1].replace("''", "'").replace("\\\\", "\\")
    return quoted[1:-1].replace("''", "'") if quoted.startswith("'") else quoted
