"""The drills that a runbook names, what they must meet, and when runbook and drills are due."""

from __future__ import annotations

import re

from drills.runbook.document import Section
from drills.runbook.draft import words
from drills.runbook.draft.drafted import Draft, pairs
from drills.runbook.draft.words import Topic, slug, topic_of

_NUMBER = re.compile(
    r"^(?:drill|exercise|game day|übung|simulacro)?\s*#?\s*\d*\s*[:.–-]?\s*", re.IGNORECASE
)


def take(draft: Draft) -> None:
    """Every drill with a check list, by the heading that it stands below."""
    for item in draft.document.items:
        if topic_of(item.section) is not Topic.DRILLS or item.checked is None:
            continue
        section = _drill_of(item.section)
        title = _NUMBER.sub("", section.name) or section.name
        key = slug(title)
        draft.put(("drills", key), "title", title, section.line)
        number = sum(table[:2] == ("drills", key) for table in draft.tables) - 1
        draft.put(("drills", key, "criteria", number), "says", item.text, item.line)


def _drill_of(section: Section) -> Section:
    """The heading of the drill itself: below one on drills, and not one on its criteria."""
    above = section
    while (
        above.parent is not None
        and above.parent.depth
        and topic_of(above.parent) is Topic.DRILLS
        and (words.CRITERIA.search(above.name) or topic_of_own(above) is not Topic.DRILLS)
    ):
        above = above.parent
    return above


def topic_of_own(section: Section) -> Topic:
    """What the heading itself is about, whatever stands above it."""
    return topic_of(Section(section.title, section.line, section.depth))


def take_dates(draft: Draft) -> None:
    """When it was changed, when it is read again, when the next drill is."""
    for key, value, line in pairs(draft.document, draft.document.sections[0]):
        if words.UPDATED.search(key):
            _date(draft, "updated", key, value, line)
        elif words.NEXT_DRILL.search(key):
            day = words.day_in(value)
            drills = [table for table in draft.tables if table[0] == "drills" and len(table) == 2]
            for table in drills if day else ():
                draft.put(table, "next", day, line) if day else None
            if not day or not drills:
                draft.doubt(line, f"{key}: {value}", "no date" if not day else "no drill is named")
        elif words.NEXT_REVIEW.search(key):
            _date(draft, "next", key, value, line)


def _date(draft: Draft, key: str, said: str, value: str, line: int) -> None:
    if day := words.day_in(value):
        draft.put(("review",), key, day, line)
    elif key == "next" and (span := words.span_in(value)):
        draft.put(("review",), "every", span, line)
    else:
        draft.doubt(line, f"{said}: {value}", "no date")
