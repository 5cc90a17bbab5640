"""What earlier drills of an incident left open, read from their ``drill.json``.

Nothing is kept of it: it is read anew from what the folder of reports holds. Drills that an older
version judged count once they are judged again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from drills.journal import regular
from drills.journal.facts import DrillStarted, StillOpen
from drills.journal.folder import RESULT
from drills.journal.journal import first_event

DRILLS = 50  # of the incident, the newest; what the oldest of them knew to be open counts too
LOOKED_AT = 1000  # folders
SECONDS = 2.0  # for all of it: a drill waits for it
SIZE = 32 * 1024**2  # bytes of a drill.json; what is larger is left out
OPEN = 50  # that are told, the oldest first
LENGTH = 400  # characters of what is told of one

_NAME = re.compile(r"\d{8}T\d{6}Z-")
_FORM = {
    "id": re.compile(r"[fam]-[0-9a-f]{6}"),
    "what": re.compile(r"finding|action|measure"),
    "since": re.compile(r"\d{4}-\d\d-\d\d"),
    "drill": re.compile(r"[\w-]{1,80}"),
}
_MORE = {"owner": re.compile(r".{1,200}"), "due": _FORM["since"]}  # where they are said


def still_open(reports: Path, incident: str) -> tuple[StillOpen, ...]:
    """What is open of an incident, findings first, then by age; () where nothing is.

    What is damaged, foreign or no drill of this incident is passed over.
    """
    if not incident:
        return ()
    found: dict[str, StillOpen] = {}
    told = list(_told(reports, incident))
    for number, result in enumerate(reversed(told)):
        earlier, own = _points(result, "follow_ups"), _points(result, "left")
        for point, closed in [*(earlier if number == 0 else ()), *own]:
            if not closed:
                found.setdefault(point.id, point)
        again = {point.id for point, closed in own if not closed}
        for point, closed in [*earlier, *own]:
            if closed and point.id not in again:
                found.pop(point.id, None)
    ranked = sorted(found.values(), key=lambda each: (each.what != "finding", each.since))
    return tuple(ranked[:OPEN])


def _told(reports: Path, incident: str) -> Iterator[Mapping[str, Any]]:
    """The judged results of the incident, the newest first."""
    until, left = time.monotonic() + SECONDS, DRILLS
    for folder in _folders(reports):
        if not left or time.monotonic() > until:
            return
        with suppress(OSError, ValueError, RecursionError):
            if _incident(folder) != incident or (folder / RESULT).stat().st_size > SIZE:
                continue
            result = json.loads(regular.read(folder / RESULT))
            if isinstance(result, dict) and result.get("incident") == incident:
                left -= 1
                yield result


def _folders(reports: Path) -> list[Path]:
    with suppress(OSError):
        there = sorted((each for each in reports.iterdir() if _NAME.match(each.name)), reverse=True)
        return [each for each in there[:LOOKED_AT] if each.is_dir() and not each.is_symlink()]
    return []


def _incident(folder: Path) -> str:
    first = first_event(folder)
    return first.as_(DrillStarted).incident if first else ""


def _points(result: Mapping[str, Any], name: str) -> list[tuple[StillOpen, bool]]:
    """What a result says there, and whether it is closed; what is of another form is left out."""
    told = result.get(name)
    return [
        (_point(each), bool(each["closed"]))
        for each in (told if isinstance(told, list) else ())
        if isinstance(each, dict) and _fits(each)
    ]


def _point(told: Mapping[str, Any]) -> StillOpen:
    said = {key: str(told.get(key) or "") for key in _MORE}
    more: dict[str, Any] = {key: it for key, it in said.items() if _MORE[key].fullmatch(it)}
    return StillOpen(told["text"][:LENGTH], **{key: told[key] for key in _FORM}, **more)


def _fits(point: Mapping[str, Any]) -> bool:
    texts = all(isinstance(point.get(key), str) for key in (*_FORM, "text", "closed"))
    return texts and all(form.fullmatch(point[key]) for key, form in _FORM.items())
