"""The runbook's incidents, each with the runbook's own drills of it, for the page of all drills."""

from __future__ import annotations

from drills.config.document import Manifest
from drills.reporting.index.planned import Planned


def planned(manifest: Manifest) -> list[Planned]:
    """Every incident with its drills; those of none that is known under no name."""
    drills = manifest.runbook.drills
    known = [
        Planned(
            incident=name,
            title=incident.title,
            drills={key: each for key, each in drills.items() if each.incident == name},
        )
        for name, incident in manifest.incidents.items()
    ]
    others = {key: each for key, each in drills.items() if each.incident not in manifest.incidents}
    return [*known, Planned(incident="", title="", drills=others)] if others else known
