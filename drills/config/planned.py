"""The runbook's incidents, as the page of all drills wants them: how often each is drilled."""

from __future__ import annotations

from datetime import date

from drills.config.document import Manifest
from drills.reporting.index.planned import Planned
from drills.runbook.policy import span

_DAY = 86400.0


def planned(manifest: Manifest) -> list[Planned]:
    """Every incident, with the earliest date and the shortest interval of the drills it has."""
    return [
        Planned(
            incident=name,
            title=incident.title,
            days=min(_days(manifest, name), default=None),
            next=min(_dates(manifest, name), default=None),
        )
        for name, incident in manifest.incidents.items()
    ]


def _days(manifest: Manifest, incident: str) -> list[float]:
    own = [each for each in manifest.runbook.drills.values() if each.incident == incident]
    return [span(each.every) / _DAY for each in own if each.every]


def _dates(manifest: Manifest, incident: str) -> list[date]:
    own = [each for each in manifest.runbook.drills.values() if each.incident == incident]
    return [each.next for each in own if each.next]
