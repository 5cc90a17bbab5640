"""Every service as compose describes it, watched by what the engine says of its containers.

It is all that can be known of a stack of which nothing else is said: that its containers run, that
they are healthy where they have a health check, and that jobs which end have ended well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from drills.clock import Clock
from drills.errors import DrillError, EngineError
from drills.journal.observed import SERVICE_LOOKS
from drills.journal.sample import Outcome, Sample
from drills.stack.runtime import Container, ContainerState, Runtime
from drills.wait import Watcher

_ENDURING = ("always", "unless-stopped")  # restart policies of what is no job
HEALTHY = "healthy"


class ServicesWatch:
    """Samples the states of all, ``SERVICE_LOOKS`` times a second, into ``<lane>.jsonl``.

    ``expected`` is how many containers of each service there have to be, {} where nobody knows. A
    sample is good while all is well; its ``route`` names the services that are not, and its detail
    says why. A job that ended with 0 is well, until ``end_steady_state``: what runs then has to go
    on.
    """

    def __init__(
        self, runtime: Runtime, expected: Mapping[str, int], file: Path, clock: Clock
    ) -> None:
        self._runtime = runtime
        self._expected = expected
        self._clock = clock
        self._file = file.open("x", encoding="utf-8", buffering=1)
        self._lane = file.stem
        self._seq = 0
        self._looked_ns = 0
        self._states: dict[str, ContainerState] = {}  # of the last look, by container
        self._known: dict[str, Container] = {}  # whoever was there before the fault, by name
        self._disturbed = False
        self._jobs: frozenset[str] = frozenset()  # that ended well, by the last look before it
        self._policies: dict[str, str] = {}
        self._watcher = Watcher("services", self._look, interval=1 / SERVICE_LOOKS)

    def start(self) -> None:
        """Begin to watch."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()
        self._file.close()

    def end_steady_state(self) -> frozenset[str]:
        """From now on what runs has to go on running; returns the jobs that have ended well."""
        self._disturbed = True
        return self._jobs

    def _look(self) -> None:
        asked = self._clock.monotonic_ns()
        before = self._looked_ns or asked
        outcome, flaws, again = self._flaws()
        answered = self._clock.monotonic_ns()
        # What came back between two looks was away since some time after the one before.
        sent = min(before, asked) if again else asked
        detail = ", ".join(dict.fromkeys(flaws.values()))
        row = Sample(
            self._lane,
            *(self._seq, asked, sent, answered, outcome),
            route=" ".join(sorted(flaws)),
            detail=detail,
        ).row()
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self._seq += 1
        self._looked_ns = asked

    def _flaws(self) -> tuple[Outcome, dict[str, str], bool]:
        """What is wrong, by service; and whether something was only started again meanwhile."""
        try:
            found = {one.name: one for one in self._runtime.containers()}
            states = {name: self._runtime.state(one) for name, one in found.items()}
            self._learn_policies(found)
        except EngineError as error:
            return Outcome.DROPPED, {"": f"the engine could not be asked: {error}"}, False
        except DrillError:  # one went away between the two questions
            found, states = self._present()
        flaws, again = self._missing(found), False
        for name, state in states.items():
            service = found[name].service
            if flaw := self._flaw(name, state):
                flaws.setdefault(service, f"{name} {flaw}")
            elif self._started_again(name, state):
                again = True
                flaws.setdefault(service, f"{name} was started again")
        self._states = states
        if not self._disturbed:
            self._known = found
            self._jobs = frozenset(name for name, each in states.items() if not each.running)
        return (Outcome.ERROR if flaws else Outcome.OK), flaws, again

    def _present(self) -> tuple[dict[str, Container], dict[str, ContainerState]]:
        """Those that are still there when they are asked for."""
        found: dict[str, Container] = {}
        states: dict[str, ContainerState] = {}
        for one in self._runtime.containers():
            try:
                states[one.name] = self._runtime.state(one)
            except DrillError:
                continue
            found[one.name] = one
        return found, states

    def _learn_policies(self, found: Mapping[str, Container]) -> None:
        for name, one in found.items():
            if name not in self._policies:
                self._policies[name] = self._runtime.limits.restart_policy(one)

    def _missing(self, found: Mapping[str, Container]) -> dict[str, str]:
        there: dict[str, int] = {}
        for one in found.values():
            there[one.service] = there.get(one.service, 0) + 1
        flaws = {
            service: f"{service} has {there.get(service, 0)} of {count} containers"
            for service, count in self._expected.items()
            if there.get(service, 0) < count
        }
        gone = (one for name, one in self._known.items() if name not in found)
        return {one.service: f"{one.name} is gone" for one in gone} | flaws

    def _flaw(self, name: str, state: ContainerState) -> str:
        """What is wrong with a container; "" where it is as it should be."""
        if state.paused:
            return "is frozen"
        if state.status == "exited" and state.exit_code == 0 and self._may_have_ended(name):
            return ""
        if not state.running or state.status == "restarting":
            code = f" ({state.exit_code})" if state.status in ("exited", "dead") else ""
            return f"is {state.status}{code}"
        return "" if state.health in ("", HEALTHY) else f"is {state.health}"

    def _may_have_ended(self, name: str) -> bool:
        """Whether it is a job: no policy would start it again, and it was over before the fault."""
        if self._policies.get(name, "") in _ENDURING:
            return False
        return name in self._jobs if self._disturbed else True

    def _started_again(self, name: str, state: ContainerState) -> bool:
        """Whether it runs as it did at the last look, and yet was away in between."""
        before = self._states.get(name)
        if before is None or not (before.running and state.running):
            return False
        return (before.started_at, before.restarts) != (state.started_at, state.restarts)
