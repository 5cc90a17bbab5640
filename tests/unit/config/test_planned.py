"""The runbook's incidents, with how often each is drilled."""

from __future__ import annotations

from datetime import date

from drills.config.document import Manifest
from drills.config.planned import planned
from drills.reporting.index.planned import Planned


def test_an_incident_is_due_as_its_own_drills_say() -> None:
    """Those that name it; what names none that is known is not lost."""
    incident = {"title": "It stops", "alerts": ["Down"]}
    manifest = Manifest.of(
        {
            "incidents": {"stops": incident, "hangs": {**incident, "title": "It hangs"}},
            "runbook": {
                "drills": {
                    "one": {
                        "title": "One",
                        "incident": "stops",
                        "every": "3 months",
                        "next": date(2026, 3, 1),
                    },
                    "two": {"title": "Two", "incident": "stops", "every": "1 week"},
                    "three": {"title": "Three", "scenario": "It stops"},
                }
            },
        }
    )
    drills = manifest.runbook.drills
    assert planned(manifest) == [
        Planned(incident="stops", title="It stops", drills={k: drills[k] for k in ("one", "two")}),
        Planned(incident="hangs", title="It hangs"),
        Planned(incident="", title="", drills={"three": drills["three"]}),
    ]
