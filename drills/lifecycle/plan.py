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
from drills.faults.fault import Fault
from drills.faults.target import BlastRadius, Target
from drills.journal.evidence import Evidence
from drills.journal.fact import Fact
from drills.journal.facts import DrillStarted, StillOpen
from drills.journal.folder import TEMPLATE
from drills.journal.journal import Journal
from drills.journal.observed import SERVICES
from drills.judgement.criterion import Criterion, Declared
from drills.judgement.metrics import SERVICES_RESTORED, metric
from drills.judgement.result import SCHEMA_VERSION
from drills.judgement.stop import StopConditions
from drills.judgement.subjects import Known, Need, Subject, with_limit
from drills.judgement.telling import told_by_nobody
from drills.lifecycle.closing import anchored
from drills.observers.monitoring import Monitoring
from drills.runbook.communication import Owed
from drills.runbook.incident import Incident
from drills.stack.data import Data
from drills.stack.drivers import lacking
from drills.stack.dsn import Product
from drills.stack.journey import PACES, Journey, JourneyKind, named
from drills.stack.login import Login
from drills.stack.system import Diagnostic, Endpoint


@dataclass(frozen=True, slots=True)
class Watched:
    """What of a system is watched: what its customers do, what keeps their data, who raises alarms.

    ``services`` says how many instances of each there have to be, where their states are watched,
    {} where nobody knows; None where they are not. ``entry`` is None where customers have none.
    ``diagnostics`` are the commands that tell of its services, kept as evidence. ``owed`` is what
    those are owed who must be told of the incident.
    With ``audited`` acknowledged writes are looked for on the primary while the drill is under way.
    """

    entry: Endpoint | None
    journeys: Mapping[str, Journey]
    login: Login | None
    data: Data
    monitoring: Monitoring
    audited: bool
    diagnostics: Mapping[str, Diagnostic] = field(default_factory=dict)
    owed: Owed = field(default_factory=Owed)
    services: Mapping[str, int] | None = None

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
            services=manifest.stack.services if self._looks_at_services else None,
        )

    @property
    def _looks_at_services(self) -> bool:
        """Whether the states of services are watched: of a stack without customers, or as asked."""
        criteria = [one.metric for declared in self.declared for one in declared.criteria]
        return not customers(self.manifest) or SERVICES_RESTORED in criteria

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
        """How far the drill's faults may reach; a project that it visits has no label of it."""
        radius, attached = self.manifest.blast_radius, self.manifest.stack.attach
        named = (*settings.unlabelled, *(radius.services if attached else ()))
        return replace(radius, unlabelled=named)

    def checked(self, criterion: Criterion) -> Criterion:
        """The criterion, with the limit of the drill's severity where that is its limit.

        Raises PlanError where no system could meet, or miss, it.
        """
        known = known_of(self.manifest, self.incident, self.severity)
        criterion = of_service(self.manifest, with_limit(criterion, known))
        metric(criterion.metric).check(criterion, subjects_of(self.manifest))
        return criterion

    def untold(self, criterion: Criterion) -> str:
        """Why nobody could ever tell what it counts from; "" where somebody may."""
        return untold(self.manifest, self.incident, criterion)

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
            names_told=True,
            told_by=manifest.monitoring.telling,
            primary=manifest.data.primary,
            writes=manifest.data.writes,
            replicas=tuple(sorted(manifest.data.replicas)),
            data_service=manifest.data.service,
            hold_s=settings.hold,
            requests=settings.requests,
            stop=stop.data(),
            attached=manifest.stack.attach,
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

    ``incident`` is the name of one of the manifest's, which has its severity, or "", and ``left``
    what its drills left.
    """
    known = manifest.incidents.get(incident)
    return Plan(
        id=secrets.token_hex(4),
        manifest=replace(manifest, stop=StopConditions(None, None, lost_writes=None)),
        severity=known.severity if known else "",
        incident_name=incident,
        incident=known,
        origin=origin,
        open=left,
    )


def of_service(manifest: Manifest, criterion: Criterion) -> Criterion:
    """The criterion, of the service behind the role where it is narrowed to one.

    Raises PlanError for a role that several services play.
    """
    narrowed = metric(criterion.metric).narrowed
    if criterion.subject not in manifest.roles or narrowed not in (Subject.PART, Subject.SERVICE):
        return criterion
    return replace(criterion, subject=manifest.played.service(criterion.subject, criterion.metric))


def untold(manifest: Manifest, incident: Incident | None, criterion: Criterion) -> str:
    """Why nobody could ever tell what a criterion counts from: then it is waited for in vain.

    It is "" where somebody may, and for what counts from nothing that is told.
    """
    if metric(criterion.metric).narrowed is not Subject.ALERT:
        return ""
    alerts, unhealthy = (incident.alerts, incident.unhealthy) if incident else ((), ())
    if criterion.subject:
        alerts, unhealthy = (criterion.subject,), ()
    return told_by_nobody(manifest.monitoring.telling, alerts, unhealthy)


def customers(manifest: Manifest) -> dict[str, Journey]:
    """The journeys that customers make: all but those that nobody has a right to."""
    return {name: each for name, each in manifest.journeys.items() if not each.forbidden}


def subjects_of(manifest: Manifest) -> Known:
    """What a criterion may be narrowed to on this stack, and what its metric may need of it."""
    announced = [alert for each in manifest.incidents.values() for alert in each.alerts]
    journeys = customers(manifest)
    services, intruders = (
        manifest.stack.services,
        sorted(manifest.journeys.keys() - journeys.keys()),
    )
    switching = tuple(sorted(n for n, each in journeys.items() if each.fail_over_to))
    replicas = tuple(sorted(manifest.data.replicas))
    known: dict[Subject | Need, Sequence[str]] = {
        Need.JOURNEY: tuple(journeys),
        Need.SERVED: tuple(journeys) or (SERVICES,),
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
        Subject.TOPIC: manifest.runbook.topics,
    }
    radius, roles = manifest.blast_radius, sorted(manifest.roles)
    if radius.services or not radius.assumed:
        known[Subject.SERVICE] = (*sorted(radius.services), *roles)
    if services:
        known[Subject.PART] = (*services, *roles)
    return known


def check_rates(journeys: Mapping[str, Journey], rates: Mapping[str, float]) -> None:
    """Raise PlanError, with a line for each journey that nobody has or could make at its rate."""
    problems = []
    for name, rate in rates.items():
        pace = PACES[JourneyKind.HTTP]
        try:
            pace = named(journeys, name).pace
        except PlanError as error:
            problems.append(str(error))
        if not 0 < rate <= pace.fastest:
            expected = f"expected more than 0 and at most {pace.fastest:g} {pace.them} a second"
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


def criteria_problems(declared: Iterable[Declared], known: Known, manifest: Manifest) -> list[str]:
    """What is wrong with the criteria that sentences declare, on a stack that has ``known``."""
    problems = []
    for each in declared:
        for criterion in each.criteria:
            try:
                metric(criterion.metric).check(of_service(manifest, criterion), known)
            except PlanError as error:
                problems.append(f"{each.sentence}: {error}")
    return problems


def aimed(manifest: Manifest, fault: Fault, target: Target) -> tuple[Fault, Sequence[Target]]:
    """The fault and its targets by their services, where a sentence named roles.

    Raises UnknownTarget for a name that is no service's and no role's, where the services are
    known, and PlanError where a fault of one database would meet another one there. Of a node that
    is asked by a command nobody knows what it is.
    """
    if services := manifest.stack.services:
        named = (
            (target.service,) if target.service else ()
        )  # nor is one where all of a zone is meant
        for name in (*named, *fault.beside):
            manifest.played.check(name, services)
    fault, targets = manifest.played.behind_both(fault, target)
    product: Product | None = getattr(fault, "product", None)
    hit = {target.service for target in targets}
    for name, node in manifest.data.nodes.items():
        both = product, node.product
        if node.service in hit and all(both) and product is not node.product:
            raise PlanError(
                f"{fault.kind} of {node.service}: expected {product}, data.nodes.{name} is "
                f"{node.product}. Hint: faults of processes, network and disk act on it as well"
            )
    return fault, targets


def unaskable(data: Data) -> Iterator[str]:
    """Which nodes cannot be asked here, for the driver of their database is not installed."""
    for name, node in data.nodes.items():
        if lacks := lacking(node.product):
            yield f"data.nodes.{name}: {lacks}"
