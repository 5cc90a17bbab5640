"""What is known of a drill before anything is touched, and how its journal begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drills.manifest import Incident, Manifest
from drills.settings import Settings
from drills.stop import StopConditions
from drills.timeline import Json


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a drill before anything is touched.

    ``facts`` go into the journal's first event: feature, scenario, versions, host.
    """

    id: str
    manifest: Manifest
    severity: str
    incident_name: str
    incident: Incident | None
    facts: dict[str, Json]

    def opening(self, settings: Settings, stop: StopConditions) -> Mapping[str, Json]:
        """What the journal's first event holds, besides the time and ``facts``."""
        incident, manifest = self.incident, self.manifest
        impacts, services = manifest.boxes()
        return {
            "id": self.id,
            "severity": self.severity,
            "incident": self.incident_name,
            "incident_title": incident.title if incident else "",
            "alerts": incident.alerts if incident else (),
            "impact": incident.impact if incident else (),
            "affected": incident.affected if incident else (),
            "record_impacts": impacts,
            "record_services": services,
            "workaround": incident.workaround if incident else "",
            "prevention": incident.prevention if incident else (),
            "primary": manifest.node("primary")[0],
            "writes": manifest.data.writes,
            "hold_s": settings.hold,
            "requests": settings.requests,
            "stop": stop.data(),
        }
