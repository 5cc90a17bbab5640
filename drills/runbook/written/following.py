"""Following the runbook: its commands one after the other, each judged by its effect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from drills.clock import Clock
from drills.errors import DrillError
from drills.runbook.written.command import Command
from drills.runbook.written.nature import nature_of
from drills.runbook.written.outcome import Outcome, Picture, Verdict, judged, unrun
from drills.stack.console import Console, Ran
from drills.stack.runtime import Runtime
from drills.units import NS

SECONDS = 60.0  # that a command may take
SHOWING = 4.0  # that one which goes on until somebody ends it is looked at
_CHECKS = re.compile(
    r"(?i)\b(?:check|verify|confirm|ensure|validate|make sure|see (?:that|whether|if)|ask for)\b"
)
# What only a terminal understands: compose writes it into pipes as well.
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Tried:
    """A command, how it ended, and what it said. ``seconds`` is how long it took."""

    command: Command
    verdict: Verdict
    ran: Ran | None = None
    seconds: float = 0.0

    @property
    def said(self) -> str:
        """What it said, errors first, without what moves a cursor; secrets are in it."""
        if self.ran is None:
            return ""
        both = self.ran.errors + (b"\n" if self.ran.errors else b"") + self.ran.output
        return _CONTROLS.sub("", both.decode("utf-8", "replace"))


class Follower:
    """Carries out commands on a stack. ``disturbed`` is whether their incident is on.

    ``keep`` is handed each as it ends, ``heed`` is called before each and may raise to end it all,
    ``settle`` after each that changed the stack, as an operator lets things come up.
    """

    def __init__(
        self,
        console: Console,
        runtime: Runtime,
        clock: Clock,
        keep: Callable[[Tried], None] = lambda _tried: None,
        heed: Callable[[], None] = lambda: None,
        settle: Callable[[], None] = lambda: None,
        *,
        seconds: float = SECONDS,
        disturbed: bool = False,
    ) -> None:
        self._console = console
        self._runtime = runtime
        self._clock = clock
        self._keep, self._heed, self._settle = keep, heed, settle
        self._seconds = seconds
        self._disturbed = disturbed

    def follow(self, commands: Iterable[Command]) -> Iterator[Tried]:
        """Each as it ends."""
        for command in commands:
            self._heed()
            tried = self._try(command)
            self._keep(tried)
            yield tried

    def _try(self, command: Command) -> Tried:
        if verdict := unrun(command):
            return Tried(command, verdict)
        before = self.picture()
        begun_ns = self._clock.monotonic_ns()
        seconds = SHOWING if nature_of(command.text).shows else self._seconds
        ran = self._console.run(command.text, seconds)
        took = (self._clock.monotonic_ns() - begun_ns) / NS
        after = self.picture()
        verdict = judged(command, ran, before, after, disturbed=self._disturbed)
        if after != before:
            self._settle()
        return Tried(command, verdict, ran, took)

    def picture(self) -> Picture:
        """What the engine says of each container: its state, and since when."""
        found = {}
        for container in self._runtime.containers():
            try:
                state = self._runtime.state(container)
            except DrillError:  # gone meanwhile, which is a change
                continue
            found[container.name] = (state.status, f"{container.id} {state.started_at}")
        return found


def together(
    healthy: Verdict | None, disturbed: Verdict | None, hides: str, step: str = ""
) -> Verdict:
    """The outcome of a command that was tried on a healthy stack, in its incident, or in both.

    A check that ended with 0 in the incident, in which what it asks was not well, cannot fail. Nor
    can one by its ``step`` that ends with 0 in both, where its exit code ``hides`` what it found.
    """
    if healthy is None:
        return disturbed or Verdict(Outcome.FAILED, "it was not tried")
    if healthy.outcome is Outcome.WORKED and not healthy.why and hides:
        healthy = Verdict(healthy.outcome, f"mind: {hides}")
    if disturbed is None or healthy.outcome is not Outcome.WORKED:
        return healthy
    if disturbed.outcome is Outcome.CANNOT_FAIL:
        return disturbed
    if disturbed.outcome is Outcome.WORKED and hides and _CHECKS.search(step):
        return Verdict(Outcome.CANNOT_FAIL, f"it ended with 0 in the incident too: {hides}")
    if disturbed.outcome is Outcome.FAILED:
        return Verdict(healthy.outcome, f"in the incident it fails: {disturbed.why}")
    return healthy
