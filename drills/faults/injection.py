"""Injecting a fault: radius checked, undo armed, then applied, then seen to have taken effect."""

from __future__ import annotations

from dataclasses import replace

from drills.clock import Clock
from drills.errors import DrillError, InjectionFailed
from drills.faults.fault import Applied, Fault
from drills.faults.rollback import RollbackStack, condition
from drills.faults.target import BlastRadius, Target, resolve
from drills.journal.journal import Journal
from drills.journal.timeline import Kind
from drills.observers.engine import EngineWatch
from drills.stack.runtime import Container, EngineEvent, Runtime
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
        """Inject into every container of the target; returns the injections' ids.

        Raises UnknownTarget or BlastRadiusExceeded before anything happens, and InjectionFailed
        when the engine refuses or does not confirm the effect. Whatever was begun stays armed.
        """
        containers = resolve(target, self._runtime.containers())
        self._radius.check(target, len(containers), len(self._rollbacks))
        self._radius.check_owner(containers, drill)
        return [self._one(fault, container, target, drill) for container in containers]

    def _one(self, fault: Fault, container: Container, target: Target, drill: str) -> str:
        self._count += 1
        injection = f"{drill}-{self._count}"
        state = self._runtime.state(container)
        if state.status != "running":  # nor is a frozen one running, in the engine's words
            raise InjectionFailed(
                f"{fault.kind} of {container.name}: expected it to run, it is "
                f"{state.status}; nothing was done"
            )
        self._rollbacks.arm(
            injection,
            replace(fault.undo(container, injection), before=condition(state)),
            f"{fault.kind}: {target}",
            {
                "fault": fault.kind,
                "target": str(target),
                "service": container.service,
                "container": container.name,
                "parameters": fault.parameters(),
                "restarts": state.restarts,
            },
        )
        called = self._clock.monotonic_ns()
        try:
            applied, effect = self._apply(fault, container, injection, called)
        except DrillError as error:
            self._journal.write(Kind.FAULT_FAILED, str(error), injection=injection)
            raise InjectionFailed(f"{fault.kind} of {container.name}: {error}") from error
        low_ns = self._not_before(fault, container, max(called, applied.begun_ns), effect)
        self._journal.write(
            Kind.FAULT_EFFECTIVE,
            f"{fault.kind} of {container.name} took effect ({effect.action})",
            at_ns=effect.at_ns,
            injection=injection,
            low_ns=low_ns,
            high_ns=effect.at_ns + effect.error_ns,
        )
        return injection

    def _apply(
        self, fault: Fault, container: Container, injection: str, called: int
    ) -> tuple[Applied, EngineEvent]:
        """Do it, and see the effect. Raises DrillError where either fails."""
        applied = fault.apply(self._runtime, container, injection)
        by = f", by {applied.way}" if applied.way else ""
        self._journal.write(
            Kind.FAULT_CALLED,
            f"{fault.kind} of {container.name} requested{by}",
            at_ns=called,
            injection=injection,
            command=applied.command,
            way=applied.way,
        )
        effect = self._confirm(fault, container, called, applied.command)
        if applied.command:
            self._watch.follow(applied.command)
        return applied, effect

    def _confirm(
        self, fault: Fault, container: Container, called: int, command: str
    ) -> EngineEvent:
        return until(
            lambda: self._watch.seen(container.id, fault.effect, called, command),
            awaited=f"the engine reports {' or '.join(sorted(fault.effect))} of {container.name}",
            within=EFFECT_WITHIN,
            last_seen=lambda: str(self._runtime.state(container)),
            interval=0.01,
            clock=self._clock,
        )

    def _not_before(
        self, fault: Fault, container: Container, called: int, effect: EngineEvent
    ) -> int:
        """When it surely had not taken effect yet.

        That is the last of the engine's events that begin it (of a service that ignores the
        request to end, the signal that killed it), or, where it tells of none, the request.
        """
        low = after = called
        while begun := self._watch.seen(container.id, fault.begun, after):
            if begun.at_ns > effect.at_ns:
                break
            low = begun.at_ns - effect.error_ns
            after = begun.at_ns + begun.error_ns + 1
        return min(effect.at_ns, max(called, low))
