"""Facts as an older version, or a stranger, may have written them: of whatever data."""

from __future__ import annotations

from collections.abc import Mapping

from drills.journal.fact import Fact
from drills.journal.timeline import Event, Json, Kind


def viewed(kind: Kind, text: str, data: Mapping[str, Json], at_ns: int = 0) -> Fact:
    """The fact of that kind, as far as its class makes something of the data."""
    event = Event(0, at_ns, kind, text, data)
    return next(each for each in Fact.classes if each.tells(event)).of(event)
