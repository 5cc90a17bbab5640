"""A runbook in Markdown becomes a draft of ``runbook.toml``: each value with its line.

Nothing is guessed silently: what is not understood for certain is listed as not placed, and what
carries out a command is one of our actions only where that does surely the same.
"""

from __future__ import annotations

from drills.runbook.document import Document
from drills.runbook.draft import incidents, people, record, rehearsals, severities
from drills.runbook.draft.drafted import Draft, Unplaced

__all__ = ["Draft", "Unplaced", "draft"]


def draft(document: Document) -> Draft:
    """What a document says, as far as it is understood."""
    found = Draft(document)
    severities.take(found)
    people.take_roles(found)
    people.take_contacts(found)
    record.take(found)
    rehearsals.take(found)
    rehearsals.take_dates(found)
    incidents.take(found)
    return found
