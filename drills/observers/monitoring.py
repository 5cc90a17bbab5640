"""Who raises a team's alarms, and what else of the system is watched and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.stack.system import Endpoint, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Who raises alarms: the pager that Alertmanager notifies, if there is one.

    ``ready`` are questions that must be answered well before a fault, ``health`` maps health
    endpoints to the dotted field that is watched for changes, ``evidence`` are questions whose
    answers are kept, by name. ``alerts`` are those that criteria may name besides the incidents'.
    """

    pager: Endpoint | None = None
    alerts: tuple[str, ...] = ()
    ready: Mapping[str, Question] = field(default_factory=dict)
    health: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Question] = field(default_factory=dict)
