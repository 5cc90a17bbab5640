"""What is known of a drill before anything is touched, and how its journal begins."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from drills.clock import Clock
from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.faults.target import BlastRadius
from drills.journal.evidence import Evidence
from drills.journal.fact import Fact
from drills.journal.facts import DrillStarted, StillOpen
from drills.journal.folder import TEMPLATE
from drills.journal.journal import Journal
from drills.judgement.criterion import Criterion, Declared
from drills.judgement.metrics import metric
from drills.judgement.result import SCHEMA_VERSION
from drills.judgement.stop import StopConditions
from drills.judgement.subjects import Known, Need, Subject, with_limit
from drills.lifecycle.closing import anchored
from drills.observers.monitoring import Monitoring
from drills.runbook.communication import Owed
from drills.runbook.incident import Incident
from drills.stack.data import Data
from drills.stack.journey import FASTEST, Journey, Login, named
from drills.stack.system import Diagnostic, Endpoint


@dataclass(frozen=True, slots=True)
class Watched:
    """What of a system is watched: what its customers do, what keeps their data, who raises alarms.

    ``diagnostics`` are the commands that tell of its services, kept as evidence. ``owed`` is what
    those are owed who must be told of the incident.
    With ``audited`` acknowledged writes are looked for on the primary while the drill is under way.
    """

    entry: Endpoint
    journeys: Mapping[str, Journey]
    login: Login | None
    data: Data
    monitoring: Monitoring
    audited: bool
    diagnostics: Mapping[str, Diagnostic] = field(default_factory=dict)
    owed: Owed = field(default_factory=Owed)

    def muted(self, muted: bool) -> Watched:
        """The same, where nothing is sent to anybody outside of the stack if it is ``muted``."""
        return replace(self, owed=replace(self.owed, muted=muted))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a drill before anything is touched.

    ``origin`` is what the journal's first event says of feature, scenario, versions and host.
    ``declared`` is what the scenario's sentences will ask for, ``open`` what earlier drills of the
    incident left.
    """

    id: str
    manifest: Manifest
    severity: str
    incident_name: str
    incident: Incident | None
    origin: DrillStarted
    declared: tuple[Declared, ...] = ()
    open: tuple[StillOpen, ...] = ()

    @property
    def watched(self) -> Watched:
        """What of the system is watched."""
        manifest = self.manifest
        return Watched(
            entry=manifest.stack.entry,
            journeys=manifest.journeys,
            login=manifest.login,
            data=manifest.data,
            monitoring=manifest.monitoring,
            audited=manifest.stop.lost_writes is not None,
            diagnostics=manifest.stack.diagnostics,
            owed=owed_of(manifest, self.severity, self.incident, self.id),
        )

    def begin(
        self, journal: Journal, clock: Clock, settings: Settings, stop: StopConditions
    ) -> None:
        """Write how the journal of the drill begins. Raises JournalError when the disk refuses."""
        anchored(journal, clock, self.opening(settings, stop))
        for fact in self.facts():
            journal.write(fact)
        if text := self.manifest.record.template_text:
            Evidence(journal).keep(TEMPLATE, self.manifest.record.template, text.encode)

    def facts(self) -> Iterator[Fact]:
        """What the journal holds after its first event: it is known before anything is touched."""
        for declared in self.declared:
            yield from declared.facts()
        yield from self.open

    def radius(self, settings: Settings) -> BlastRadius:
        """How far the drill's faults may reach."""
        return replace(self.manifest.blast_radius, unlabelled=settings.unlabelled)

    def checked(self, criterion: Criterion) -> Criterion:
        """The criterion, with the limit of the drill's severity where that is its limit.

        Raises PlanError where no system could meet, or miss, it.
        """
        known = known_of(self.manifest, self.incident, self.severity)
        criterion = with_limit(criterion, known)
        metric(criterion.metric).check(criterion, subjects_of(self.manifest))
        return criterion

    def opening(self, settings: Settings, stop: StopConditions) -> DrillStarted:
        """The journal's first event, but for the time."""
        incident, manifest = self.incident, self.manifest
        impacts, services = manifest.record.boxes(manifest.incidents.values())
        return replace(
            self.origin,
            id=self.id,
            schema=SCHEMA_VERSION,
            severity=self.severity,
            incident=self.incident_name,
            incident_title=incident.title if incident else "",
            alerts=incident.alerts if incident else (),
            unhealthy=incident.unhealthy if incident else (),
            impact=incident.impact if incident else (),
            affected=incident.affected if incident else (),
            record_impacts=impacts,
            record_services=services,
            **_policy(manifest, self.severity),
            workaround=incident.workaround if incident else "",
            prevention=incident.prevention if incident else (),
            primary=manifest.data.primary,
            writes=manifest.data.writes,
            replicas=tuple(sorted(manifest.data.replicas)),
            data_service=manifest.data.service,
            hold_s=settings.hold,
            requests=settings.requests,
            stop=stop.data(),
        )


def _policy(manifest: Manifest, severity: str) -> dict[str, Any]:
    """What the drill's journal says of the team's policy: it is judged by that, then and later."""
    policy, record = manifest.runbook, manifest.record
    roles, left = policy.roles.values(), policy.roles.get(record.otherwise)
    people = {role.record: role.people for role in roles if role.record}
    fills = {field: role.told for role in roles for field in (role.record, *role.fills) if field}
    return {
        "policy": True,
        "severities": tuple(policy.severities),
        "response_limit_s": _limit(manifest, severity),
        "record_required": record.required,
        "record_ticks": record.ticks,
        "record_after": record.after,
        "record_template": record.template if record.template_text else "",
        "record_owners": {
            what: policy.roles[due.by].told for what, due in record.due.items() if due.by
        },
        "record_within": {what: due.within for what, due in record.due.items() if due.within},
        "roles": people,
        "fills": fills,
        "otherwise": left.told if left else "",
    }


def owed_of(manifest: Manifest, severity: str, incident: Incident | None, drill: str) -> Owed:
    """What those who must be told of the incident are owed, at this severity."""
    policy = manifest.runbook
    if incident is None or severity not in policy.severities:
        return Owed()
    return Owed(
        level=severity,
        severity=policy.severities[severity],
        incident=incident.title,
        drill=drill,
        targets={name: policy.notify[name] for name in policy.targets(severity)},
    )


def _limit(manifest: Manifest, severity: str) -> float:
    """Seconds within which somebody must respond at this severity, 0 where nobody says."""
    promise = manifest.runbook.severities.get(severity)
    return (promise.limit if promise else None) or 0.0


def of_a_runbook(
    manifest: Manifest, incident: str, origin: DrillStarted, left: tuple[StillOpen, ...] = ()
) -> Plan:
    """The plan of a drill that follows the runbook of a manifest, and that nothing but time ends.

    ``incident`` is the name of one of the manifest's, or "", and ``left`` what its drills left.
    """
    return Plan(
        id=secrets.token_hex(4),
        manifest=replace(manifest, stop=StopConditions(None, None, lost_writes=None)),
        severity="",
        incident_name=incident,
        incident=manifest.incidents.get(incident),
        origin=origin,
        open=left,
    )


def subjects_of(manifest: Manifest) -> Known:
    """What a criterion may be narrowed to on this stack, and what its metric may need of it."""
    announced = [alert for each in manifest.incidents.values() for alert in each.alerts]
    journeys = {name: each for name, each in manifest.journeys.items() if not each.forbidden}
    services, intruders = (
        manifest.stack.services,
        sorted(manifest.journeys.keys() - journeys.keys()),
    )
    switching = tuple(sorted(n for n, each in journeys.items() if each.fail_over_to))
    replicas = tuple(sorted(manifest.data.replicas))
    known: dict[Subject | Need, Sequence[str]] = {
        Need.JOURNEY: tuple(journeys),
        Need.INTRUDER: intruders,
        Need.SWITCHING: switching,
        Need.REPLICA: replicas,
        Need.WRITES: (manifest.data.writes,) if manifest.data.primary else (),
        Need.CONTENT: manifest.data.content,
        Need.TARGET: tuple(manifest.runbook.notify),
        Subject.JOURNEY: tuple(sorted(journeys)),
        Subject.INTRUDER: intruders,
        Subject.SWITCHING: switching,
        Subject.ALERT: tuple(sorted({*announced, *manifest.monitoring.alerts})),
        Subject.REPLICA: replicas,
        Subject.SERVICE: tuple(sorted(manifest.blast_radius.services)),
        Subject.TOPIC: manifest.runbook.topics,
    }
    return known | ({Subject.PART: tuple(services)} if services else {})


def check_rates(journeys: Mapping[str, Journey], rates: Mapping[str, float]) -> None:
    """Raise PlanError, with a line for each journey that nobody has or could make at its rate."""
    problems = []
    for name, rate in rates.items():
        try:
            named(journeys, name)
        except PlanError as error:
            problems.append(str(error))
        if not 0 < rate <= FASTEST:
            expected = f"expected more than 0 and at most {FASTEST:g} requests a second"
            problems.append(f"{name}: {expected}, got {rate:g}")
    if problems:
        raise PlanError("\n".join(problems))


def known_of(manifest: Manifest, incident: Incident | None, severity: str = "") -> Known:
    """The same for a scenario of this incident, or of none, and of this severity, or none ("")."""
    announcing = (*incident.alerts, *incident.unhealthy) if incident else ()
    limit = _limit(manifest, severity)
    within = (f"{limit:.6f} s",) if limit else ()
    return {
        **subjects_of(manifest),
        Need.ALERT: announcing,
        Need.SEVERITY: within,
        Need.TARGET: manifest.runbook.targets(severity),
    }


def criteria_problems(declared: Iterable[Declared], known: Known) -> list[str]:
    """What is wrong with the criteria that sentences declare, on a stack that has ``known``."""
    problems = []
    for each in declared:
        for criterion in each.criteria:
            try:
                metric(criterion.metric).check(criterion, known)
            except PlanError as error:
                problems.append(f"{each.sentence}: {error}")
    return problems
