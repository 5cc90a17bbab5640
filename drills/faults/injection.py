"""Injecting a fault: radius checked, undo armed, then applied, then seen to have taken effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drills.clock import Clock
from drills.errors import DrillError, EngineError, InjectionFailed
from drills.faults.fault import Applied, EngineTells, Fault, Performed, ReadBack
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target, resolve
from drills.faults.undo import Place, Undo, condition
from drills.journal.facts import FaultCalled, FaultEffective, FaultFailed, FaultIntended
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.runtime import Container, ContainerState, EngineEvent, Runtime
from drills.wait import until

EFFECT_WITHIN = 30.0  # seconds for the engine to report the effect; it usually takes milliseconds


class Injector:
    """Injects faults into one stack and keeps count of what is hit."""

    def __init__(
        self,
        runtime: Runtime,
        watch: EngineWatch,
        rollbacks: RollbackStack,
        radius: BlastRadius,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._runtime = runtime
        self._watch = watch
        self._rollbacks = rollbacks
        self._radius = radius
        self._journal = journal
        self._clock = clock
        self._count = 0

    def inject(self, fault: Fault, target: Target, drill: str) -> list[str]:
        """The same as ``inject_all``, for one target."""
        return self.inject_all(fault, [target], drill)

    def inject_all(self, fault: Fault, targets: Sequence[Target], drill: str) -> list[str]:
        """Inject into every container of the targets; returns the injections' ids.

        Raises UnknownTarget, BlastRadiusExceeded and PlanError (for what this machine does not
        allow, and what nobody could undo) before anything happens, and InjectionFailed when the
        engine refuses or the effect is not seen. Whatever was begun stays armed.
        """
        known = self._runtime.containers()
        found = [(target, one) for target in targets for one in resolve(target, known)]
        peers = tuple(one for name in fault.beside for one in resolve(Target(name), known))
        hit = self._rollbacks.hit
        for target in targets:
            containers = [one for each, one in found if each == target]
            self._radius.check(target, len(containers), hit, fault.beside, len(peers))
            hit += len(containers)
        self._radius.check_owner([*(one for _, one in found), *peers], drill)
        places = [(each, self._probed(fault, Place(one, peers))) for each, one in found]
        return [self._one(fault, place, target, drill) for target, place in places]

    def _probed(self, fault: Fault, place: Place) -> Place:
        """The place with what the fault needs, where all of it runs and can be put right again."""
        for container in place.containers:
            self._running(fault, container)
        self._rollbacks.refuse_unguarded(fault.undo(place, ""))
        found = fault.probe(self._runtime, place)
        for ability in fault.asks:
            if lacking := self._runtime.lacks(ability, place.container):
                raise InjectionFailed(
                    f"{fault.kind} of {place}: expected a machine where {ability}, but {lacking}; "
                    "nothing was done"
                )
        return found

    def _running(self, fault: Fault, container: Container) -> ContainerState:
        state = self._runtime.state(container)
        if state.status != "running":  # nor is a frozen one running, in the engine's words
            raise InjectionFailed(
                f"{fault.kind} of {container.name}: expected it to run, it is "
                f"{state.status}; nothing was done"
            )
        return state

    def _one(self, fault: Fault, place: Place, target: Target, drill: str) -> str:
        self._count += 1
        injection = f"{drill}-{self._count}"
        state = self._running(fault, place.container)
        undo = replace(fault.undo(place, injection), before=condition(state))
        self._refuse_what_is_so_already(fault, undo)
        self._arm(fault, undo, injection, target, state.restarts)
        called = self._clock.monotonic_ns()
        try:
            applied = self._apply(fault, undo, injection, called)
            words, low_ns, at_ns, high_ns = self._effect(fault, undo, called, applied)
        except DrillError as error:
            self._journal.write(FaultFailed(str(error), injection=injection))
            raise InjectionFailed(f"{fault.kind} of {place}: {error}") from error
        text = f"{fault.kind} of {place} took effect ({words})"
        effective = FaultEffective(text, injection=injection, low_ns=low_ns, high_ns=high_ns)
        self._journal.write(effective, at_ns=at_ns)
        return injection

    def _refuse_what_is_so_already(self, fault: Fault, undo: Undo) -> None:
        effect = fault.effect
        if isinstance(effect, ReadBack) and effect.seen(self._runtime, undo):
            raise InjectionFailed(
                f"{fault.kind} of {undo.place}: expected that it is not so that {effect.state}, "
                "but it is so already; nothing was done"
            )

    def _arm(self, fault: Fault, undo: Undo, injection: str, target: Target, restarts: int) -> None:
        intended = FaultIntended(
            f"{fault.kind}: {target}" + "".join(f" and {name}" for name in fault.beside),
            injection=injection,
            fault=fault.kind,
            label=fault.label,
            colour=fault.colour,
            target=str(target),
            service=undo.container.service,
            container=undo.container.name,
            place=str(undo.place),
            parameters=fault.parameters(),
            restarts=restarts,
        )
        self._rollbacks.arm(undo, intended)

    def _apply(self, fault: Fault, undo: Undo, injection: str, called: int) -> Applied:
        """Do it. Raises DrillError where that fails."""
        applied = fault.apply(self._runtime, undo.place, injection)
        by = f", by {applied.way}" if applied.way else ""
        text = f"{fault.kind} of {undo.place} requested{by}"
        told = FaultCalled(text, injection=injection, command=applied.command, way=applied.way)
        self._journal.write(told, at_ns=called)
        return applied

    def _effect(
        self, fault: Fault, undo: Undo, called: int, applied: Applied
    ) -> tuple[str, int, int, int]:
        """What proves the effect, in words, and its earliest, likely and latest instant.

        Raises DrillError where it is not seen.
        """
        if isinstance(fault.effect, Performed):
            low, high = max(called, applied.begun_ns), self._clock.monotonic_ns()
            return f"{fault.effect.state}: {applied.way}", low, (low + high) // 2, high
        if isinstance(fault.effect, ReadBack):
            low, high = self._read_back(fault.effect, undo, max(called, applied.begun_ns))
            return fault.effect.state, low, (low + high) // 2, high
        event = self._confirm(fault.effect, undo.container, called, applied.command)
        if applied.command:
            self._watch.follow(applied.command)
        low = self._not_before(fault.effect, event, max(called, applied.begun_ns))
        return event.action, low, event.at_ns, event.at_ns + event.error_ns

    def _read_back(self, effect: ReadBack, undo: Undo, called: int) -> tuple[int, int]:
        """Between which two instants it took effect.

        The first is that of the last question that was answered no, or of the request; the second
        that of the first answer that was yes. Once it may have begun no answer counts as no.
        """
        low = called

        def seen() -> bool:
            nonlocal low
            asked = self._clock.monotonic_ns()
            if effect.seen(self._runtime, undo):
                return True
            if effect.begun is None or not effect.begun(self._runtime, undo):
                low = asked
            return False

        until(
            seen,
            awaited=f"it is read back that {effect.state}",
            within=EFFECT_WITHIN,
            last_seen=lambda: str(self._runtime.state(undo.container)),
            interval=0.05,
            clock=self._clock,
            retry=(EngineError,),
        )
        return low, self._clock.monotonic_ns()

    def _confirm(
        self, effect: EngineTells, container: Container, called: int, command: str
    ) -> EngineEvent:
        return until(
            lambda: self._watch.seen(container.id, effect.actions, called, command),
            awaited=f"the engine reports {' or '.join(sorted(effect.actions))} of {container.name}",
            within=EFFECT_WITHIN,
            last_seen=lambda: str(self._runtime.state(container)),
            interval=0.01,
            clock=self._clock,
        )

    def _not_before(self, effect: EngineTells, event: EngineEvent, called: int) -> int:
        """When it surely had not taken effect yet.

        That is the last of the engine's events that begin it (of a service that ignores the
        request to end, the signal that killed it), or, where it tells of none, the request.
        """
        low = after = called
        while begun := self._watch.seen(event.container_id, effect.begun, after):
            if begun.at_ns > event.at_ns:
                break
            low = begun.at_ns - event.error_ns
            after = begun.at_ns + begun.error_ns + 1
        return min(event.at_ns, max(called, low))
