"""A drill that is only planned: steps call it as they call a real one, and nothing is touched.

What is wrong with the plan is collected, not raised, so that a reader gets to see all of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.faults.catalogue import operation_of
from drills.faults.fault import Effect, EngineTells, Fault, Performed, ReadBack
from drills.faults.injection import EFFECT_WITHIN
from drills.faults.target import Target, resolve
from drills.faults.undo import Place, Undo
from drills.journal.facts import StillOpen
from drills.judgement.criterion import Criterion, Unit
from drills.judgement.dwell import needed
from drills.judgement.metric import Settles
from drills.judgement.metrics import SERVICES_RESTORED, metric
from drills.judgement.stop import StopConditions
from drills.judgement.subjects import Need, with_limit
from drills.lifecycle.following import chosen, section_of
from drills.lifecycle.on_call import backup_of
from drills.lifecycle.plan import aimed, check_rates, customers, known_of, of_service, untold
from drills.runbook.incident import Incident
from drills.runbook.written.following import SECONDS
from drills.stack.abilities import Ability
from drills.stack.database import FINAL_READ_WITHIN
from drills.stack.runtime import Container
from drills.units import format_seconds

_CONFIRMED: Mapping[type[Effect], str] = {
    EngineTells: "the engine confirms",
    ReadBack: "it is read back",
    Performed: "it is counted",
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that the drill waits for, and how many seconds at most."""

    awaited: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault on one target, with how it will be undone on each container of it."""

    fault: Fault
    target: Target
    undos: tuple[Undo, ...]
    lasting: float | None = None  # seconds, where its sentence says
    lacking: tuple[str, ...] = ()  # what this machine is not able to, with the reason


@dataclass(slots=True)
class Outline:
    """The plan of a drill, as far as it can be known without an engine."""

    scenario: str
    feature: str
    severity: str
    incident: Incident | None
    manifest: Manifest
    settings: Settings
    stop: StopConditions
    workload: dict[str, float] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)  # what of it begins only once a fault is there
    injections: list[Injection] = field(default_factory=list)
    criteria: list[tuple[Criterion, Unit]] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)  # what to know of the compose file
    volumes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # see Fault.foresee
    left: Sequence[StillOpen] = ()  # by earlier drills of the incident
    unsendable: list[str] = field(default_factory=list)  # targets nothing could be sent to, and why
    lacks: Callable[[Ability], str] = lambda _ability: ""  # why the machine is not able to, or ""
    place: Callable[[], str] = lambda: ""  # file and line of the step under way, or the scenario


class PlannedDrill:
    """An ``Exercise`` that notes what its scenario asks for. ``outline`` is what it came to."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._manifest = outline.manifest
        self._settings = outline.settings
        self._steady = False
        self._unheld = False
        self._disturbed = False
        self._judges = False
        self._too_early: list[tuple[str, str]] = []  # criteria before every fault, and where
        self._armed = 0
        self._peers: set[str] = set()  # the containers at the other end of links that are cut
        self._known = known_of(outline.manifest, outline.incident, outline.severity)
        self._in_effect: list[tuple[float | None, str]] = []  # seconds, and where it says so
        self._radius = outline.manifest.blast_radius

    def reach_steady_state(self) -> None:
        """Note how long the stack may take."""
        if not self._steady:
            self._wait("the stack is ready", self._settings.ready_within)
            self._hold()
        self._steady = True

    def _hold(self) -> None:
        customers = ", ".join(self.outline.workload)
        included = f" with customers ({customers})" if customers else ""
        self._wait(f"steady state{included}", self._settings.steady_within)
        self._reads("every database can be read")
        self._unheld = False

    def start_workload(self, rates: Mapping[str, float]) -> None:
        """Note the journeys; one that the manifest does not know is a problem."""
        for name, rate in rates.items():
            with self._noting():
                check_rates(self._manifest.journeys, {name: rate})
                self.outline.workload[name] = rate
        self._unheld = True
        if self._disturbed:
            self.outline.late += rates
            self._wait("customers were answered once", self._settings.patience)

    def back_up(self) -> None:
        """Note how long it may take; that no procedure restores it is a problem."""
        self._needs_steady_state("a backup")
        with self._noting():
            self._wait("a backup is made", backup_of(self.outline.incident).timeout)

    def follow_runbook(self) -> None:
        """Note how long its commands may take; a runbook that is not there is a problem."""
        self._needs_steady_state("the runbook is followed")
        with self._noting():
            file = self._manifest.written
            commands = chosen(file, section_of(self.outline.incident))
            self._wait(
                f"{len(commands)} lines of {file.name} are followed", SECONDS * len(commands)
            )

    @contextmanager
    def inject(self, fault: Fault, target: Target, lasting: float | None = None) -> Iterator[None]:
        """Note fault and undo; a target that is not there or may not be touched is a problem."""
        self._needs_steady_state("a fault")
        if self._steady and self._unheld and not self._disturbed:
            self._hold()
        self._disturbed = True
        with self._noting():
            fault, targets = aimed(self._manifest, fault, target)
            peers = [one for name in fault.beside for one in self._containers(Target(name))]
            hit = self._armed + len(self._peers)
            for each in targets:
                self._plan_injection(fault, each, peers, hit, lasting)
                hit += len(self._containers(each))
        try:
            yield
        finally:
            self._undo()

    def _plan_injection(
        self,
        fault: Fault,
        target: Target,
        peers: list[Container],
        hit: int,
        lasting: float | None,
    ) -> None:
        """Note the fault on one target. Raises PlanError where it cannot be done, or undone."""
        containers = self._containers(target)
        self._radius.check(target, len(containers), hit, fault.beside, len(peers))
        if target.service in self.outline.volumes:
            fault.foresee(target.service, self.outline.volumes[target.service])
        places = [Place(container, tuple(peers)) for container in containers]
        undos = tuple(fault.undo(place, "this-injection") for place in places)
        for undo in undos:
            operation_of(undo)
        lacking = tuple(self._lacking(fault))
        self.outline.injections.append(Injection(fault, target, undos, lasting, lacking))
        self._in_effect.append((lasting, self.outline.place()))
        self._armed += len(undos)
        self._peers |= {peer.id for peer in peers}
        self._wait(
            f"{_CONFIRMED[type(fault.effect)]}: {fault.kind} of {target}",
            EFFECT_WITHIN * len(undos),
        )

    def _lacking(self, fault: Fault) -> Iterator[str]:
        for ability in fault.asks:
            if why := self.outline.lacks(ability):
                yield f"a machine where {ability}: {why}"

    def _containers(self, target: Target) -> list[Container]:
        instances = self._manifest.stack.services or {target.service: max(1, target.instance)}
        return resolve(
            target,
            [
                Container(f"{service}-{number}", f"{service}-{number}", service, number)
                for service, count in instances.items()
                for number in range(1, count + 1)
            ],
        )

    def expect(self, criterion: Criterion) -> None:
        """Note the criterion, and how long it would be waited for; it is about a fault."""
        self._judges = True
        if not self._disturbed:
            self._too_early.append((criterion.name, self.outline.place()))
        with self._noting():
            measured = metric(criterion.metric)
            criterion = of_service(self._manifest, with_limit(criterion, self._known))
            self.outline.criteria.append((criterion, measured.unit))
            if measured.settles is Settles.UNDONE:
                self.roll_back()
            in_vain = untold(self._manifest, self.outline.incident, criterion)
            if measured.settles is not Settles.END and not in_vain:
                self._wait(criterion.name, self._settings.patience)
            self._measurable(criterion)

    def _measurable(self, criterion: Criterion) -> None:
        """Raise PlanError where this could never be measured, whatever the system does."""
        kind = metric(criterion.metric)
        kind.check(criterion, self._known)
        for need in kind.needs:
            if need is Need.SERVED and not customers(self._manifest):
                continue
            if need in (Need.JOURNEY, Need.SERVED, Need.SWITCHING) and criterion.subject:
                self._asked(criterion.name, criterion.subject)
            elif need in (Need.JOURNEY, Need.SERVED, Need.SWITCHING, Need.WRITES):
                self._asked(criterion.name, *self._known[need])

    def _asked(self, criterion: str, *journeys: str) -> None:
        """Raise PlanError where none of these journeys is asked."""
        if not self._asked_now().keys() & set(journeys):
            some = " or ".join(journeys)
            raise PlanError(f"{criterion}: expected a step that starts {some}, found none")

    def let_respond(self) -> None:
        """Note how long the response may take."""
        if self._settings.respond and self.outline.incident is not None:
            within = self._settings.response_within(self.outline.incident)
            self._wait("the response ends", within)

    def roll_back(self) -> None:
        """Note how long the faults last, responding and undoing may take."""
        for lasting, place in self._in_effect:
            with self._noting(place):
                self._lasts(lasting)
        self.let_respond()
        if self._armed:
            self._wait("every fault is undone", self._settings.undo_within * self._armed)
        self._undo()

    def _undo(self) -> None:
        self._armed = 0
        self._peers.clear()
        self._in_effect.clear()

    def _lasts(self, lasting: float | None) -> None:
        """Note how long a fault lasts. Raises PlanError where that can never be long enough."""
        settings, criteria = self._settings, [each for each, _ in self.outline.criteria]
        asked = self._asked_now()
        least = needed(settings.hold, self._requests(asked), asked, criteria)
        bound = max(settings.hold, settings.patience) if lasting is None else lasting
        if bound < settings.hold:
            raise PlanError(
                f"a fault for {format_seconds(bound)}: expected at least the hold window of "
                f"{format_seconds(settings.hold)}, or nothing is proven"
            )
        self._wait("the fault lasts", math.ceil(min(least, bound) if lasting is None else lasting))
        if least > bound:
            takes = (
                f"{format_seconds(least)} at the scenario's rates"
                if least < math.inf
                else "for ever"
            )
            raise PlanError(
                f"expected {settings.requests} requests to be due while a fault is in effect, of "
                f"every journey whose availability is judged; that takes {takes}, and it lasts "
                f"{format_seconds(bound)}. See --drill-requests, --drill-patience and the rates"
            )

    def _requests(self, asked: Mapping[str, float]) -> int:
        """How many must be due: none where the states of services are all that is watched."""
        looked = any(each.metric == SERVICES_RESTORED for each, _ in self.outline.criteria)
        alone = not asked and (looked or not customers(self._manifest))
        return 0 if alone else self._settings.requests

    def _asked_now(self) -> dict[str, float]:
        journeys = self._manifest.journeys
        always = {name: one.rate for name, one in journeys.items() if one.always}
        asked = {**always, **self.outline.workload}
        return {name: rate for name, rate in asked.items() if not journeys[name].forbidden}

    def conclude(self, error: BaseException | None) -> None:
        """Note what follows the last step, or that ``error`` ended the scenario before it.

        Raises PlanError with every problem of the plan, unless ``error`` is on its way already.
        """
        outline = self.outline
        if error is not None:
            self._note(f"{error} (the steps after that are not planned)")
            return
        self.roll_back()
        if outline.injections:
            back = "service and redundancy are" if self._manifest.data.replicas else "service is"
            self._wait(f"{back} back", self._settings.patience)
            self._reads("the final read of every database")
        if outline.workload and not outline.injections:
            self._needs_steady_state("a workload can be asked")
        self._proves_nothing()
        if outline.problems:
            raise PlanError("\n".join(["the plan is not sound:", *outline.problems]))

    def _proves_nothing(self) -> None:
        """Note why nothing would be shown, however well the system did."""
        if not self._judges:
            self._note("expected a criterion: a drill without any is never met")
        if not self._disturbed:
            self._note("expected a fault: a drill without any is never met")
        counts = "expected a fault before it, for what it measures counts from there on"
        for name, place in self._too_early if self._disturbed else ():
            self._note(f"{name}: {counts}", place)

    def _needs_steady_state(self, what: str) -> None:
        if not self._steady:
            self._note(f"expected steady state before {what}: begin with a Given that says so")

    def _reads(self, awaited: str) -> None:
        if nodes := len(self._manifest.data.nodes):
            self._wait(awaited, FINAL_READ_WITHIN * nodes)

    def _wait(self, awaited: str, seconds: float) -> None:
        self.outline.waits.append(Wait(awaited, seconds))

    @contextmanager
    def _noting(self, place: str = "") -> Iterator[None]:
        try:
            yield
        except PlanError as error:
            for line in str(error).splitlines():
                self._note(line, place)

    def _note(self, problem: str, place: str = "") -> None:
        """A problem with its place: that of the step under way where none is given."""
        where = place or self.outline.place()
        self.outline.problems.append(f"{where}: {problem}" if where else problem)
