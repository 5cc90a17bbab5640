"""One run of a scenario, phase by phase: stack up, steady state, inject, watch, undo, judge."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from drills.clock import Clock
from drills.config.settings import Settings
from drills.errors import JournalError, PlanError, StopConditionMet, WaitTimeout
from drills.faults.fault import Fault
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import Target
from drills.journal.facts import Note, Phase, Stopped, UndoVerified
from drills.journal.facts.drill import LETTING_LAST
from drills.journal.journal import Journal
from drills.journal.observed import STEADY
from drills.journal.redaction import Redactor
from drills.judgement.criterion import Criterion
from drills.judgement.held import all_held_from
from drills.judgement.metric import Observations, Settles
from drills.judgement.metrics import metric
from drills.judgement.result import DrillResult
from drills.judgement.stop import conditions_of, met
from drills.judgement.verdict import judge
from drills.lifecycle.aftermath import Aftermath
from drills.lifecycle.detecting import inbox_of, unchecked
from drills.lifecycle.durations import Durations
from drills.lifecycle.following import follow_own
from drills.lifecycle.interrupts import Held, ends_run
from drills.lifecycle.observing import Observers
from drills.lifecycle.on_call import OnCall, backup_of
from drills.lifecycle.plan import Plan, aimed, check_rates
from drills.lifecycle.steady import SteadyState, await_ready, learn_secrets
from drills.lifecycle.surroundings import coming_up, composed
from drills.observers.footing import Footing
from drills.runbook.backups import back_up
from drills.runbook.bench import Bench
from drills.runbook.incident import files_of
from drills.runbook.responder import settled
from drills.stack.readiness import Readiness
from drills.stack.runtime import Runtime, Stack
from drills.units import format_seconds
from drills.wait import until

HURRY_SECONDS = 5.0  # for all undos after an interrupt; some CI systems kill 7.5 s after it


class Drill:
    """A drill under way. Steps call it; the plugin concludes it."""

    def __init__(
        self,
        plan: Plan,
        stack: Stack,
        journal: Journal,
        redactor: Redactor,
        settings: Settings,
        clock: Clock,
        guard: Callable[[], None] = lambda: None,
        onlooker: Callable[[Observations], None] = lambda _seen: None,
        guarded: Callable[[str], bool] = lambda _operation: True,
    ) -> None:
        self.plan = plan
        self.journal = journal
        self.settings = settings
        self._stack = stack
        self._redactor, self._clock = redactor, clock
        self.footing = Footing(journal, clock, guard)
        self._onlooker, self._guarded = onlooker, guarded
        self._runtime: Runtime | None = None
        self._observers: Observers | None = None
        self._rollbacks: RollbackStack | None = None
        self._injector: Injector | None = None
        self._on_call = OnCall(plan, settings, journal, clock)
        self._steady = SteadyState(settings, journal, clock)
        self._customers: dict[str, float] = {}  # the workload: requests a second by journey
        self._durations = Durations(settings, clock)
        self._stop = conditions_of(plan.manifest.stop, settings.stop_after)
        self.stopped: StopConditionMet | None = None
        self.interrupt: BaseException | None = None  # what cut the winding up short, if anything
        self.unexpected: Exception | None = None  # the first error in it that is none of ours
        self.unwritten = ""  # why there is no report of what was judged
        self._concluded = False
        self.clean = False  # whether it was concluded and left nothing behind
        plan.begin(journal, clock, settings, self._stop)

    def reach_steady_state(self) -> None:
        """Bring the stack up, start to watch, and hold steady state for the hold window.

        Raises SteadyStateNotReached when the stack is not healthy in time; nothing is injected
        then. Raises StopConditionMet when that comes first, PlanError for what cannot be run.
        """
        if self._steady.reached:
            return
        with self._steady.reaching(lambda: self.running):
            self._come_up()
            observers = self._watch()
            self._bring_on(self._customers)
            self._hold(observers)

    def _come_up(self) -> None:
        self.footing.check()
        self._phase("stack", coming_up(self._stack))
        self._runtime = self._stack.up()
        self._inbox = inbox_of(self.plan.watched.monitoring, self._stack)
        learn_secrets(self._stack, self._redactor, self.plan.manifest.stack.services)
        await_ready(
            Readiness(self.plan.manifest.stack.ready, self._runtime),
            self._heed_time,
            within=self.settings.ready_within,
            clock=self._clock,
        )
        self.journal.write(composed(self._stack.describe()))

    def _heed_time(self) -> None:
        """Stop conditions while nothing is watched yet: only the time can meet one."""
        now_ns, timeline = self._clock.monotonic_ns(), self.journal.timeline()
        self._heed(Observations(timeline, {}, self.settings.hold, now_ns))

    def _watch(self) -> Observers:
        watched, runtime = self.plan.watched.muted(not self.settings.notify), self.runtime
        self._steady.monitoring = Readiness(watched.monitoring.ready, runtime)
        self._observers = Observers(
            *(watched, runtime, self._stack.database, self.journal, self._clock),
            *(self.settings.hold, self.footing, self._inbox),
        )
        self._observers.start(self._redactor)
        self._rollbacks = RollbackStack(runtime, self.journal, self._clock, self._guarded)
        radius = self.plan.radius(self.settings)
        self._injector = Injector(
            runtime, self._observers.engine, self._rollbacks, radius, self.journal, self._clock
        )
        return self._observers

    def _hold(self, observers: Observers) -> None:
        lanes, customers = observers.steady, list(self._customers)
        observers.bundles.begin(STEADY)
        self._steady.hold(self._look, lanes, customers)
        observers.await_ledger(within=self.settings.steady_within)
        observers.bundles.finish(STEADY)
        self._steady.held(lanes, customers)

    def start_workload(self, rates: Mapping[str, float]) -> None:
        """Have customers make these journeys, at so many requests a second each.

        Where the stack is not up yet, they come on with it. Before a fault they are part of steady
        state: it is held with them before the fault is injected. During one, each journey was
        answered once when this returns.
        """
        check_rates(self.plan.manifest.journeys, rates)
        self._customers.update(rates)
        if self._observers is None:
            return
        self._bring_on(rates)
        if self._observers.disturbed:
            answered = "customers were answered once"
            self._patiently(lambda: all(map(self._look().samples.get, rates)), answered)

    def _bring_on(self, rates: Mapping[str, float]) -> None:
        for name, rate in rates.items():
            self.observers.add(name, rate)
        self._steady.came_on()

    def back_up(self) -> None:
        """Make the backup that the procedure of the scenario's incident restores.

        Raises PlanError where it restores none, and before steady state; ResponseFailed or
        EngineError where it cannot be made.
        """
        action = backup_of(self.plan.incident)
        self._phase("backup", f"backing up {action.database}")
        back_up(self._bench, action)

    def follow_runbook(self) -> None:
        """Carry out the section of the scenario's incident as it is written, in a console."""
        follow_own(self, self._stack, self._clock, disturbed=bool(self._rollbacks))

    @contextmanager
    def inject(self, fault: Fault, target: Target, lasting: float | None = None) -> Iterator[None]:
        """Inject a fault; it is undone when the block is left, if the drill did not do so before.

        It lasts for so many seconds, or else until something was decided about it and it was in
        effect long enough to prove anything.

        Raises PlanError before steady state was reached, SteadyStateNotReached where customers who
        came on since are not served, BlastRadiusExceeded and UnknownTarget before anything happens,
        InjectionFailed when the effect was not confirmed, and StopConditionMet once one of those
        has ended the drill.
        """
        if self.stopped is not None:
            raise self.stopped
        if not self._steady.reached or self._injector is None:
            raise PlanError("expected steady state before a fault: begin with a Given that says so")
        fault, targets = aimed(self.plan.manifest, fault, target)
        self.footing.check()
        if self._steady.unheld and not self.observers.disturbed:
            with self._steady.reaching(lambda: self.running):
                self._hold(self.observers)
        self._on_call.begin(self._bench)
        self.observers.end_steady_state()
        bound = f" for {format_seconds(lasting)}" if lasting is not None else ""
        self._phase("fault", f"injecting {fault.kind} into {target}{bound}")
        try:
            self._durations.begin(self._injector.inject_all(fault, targets, self.plan.id), lasting)
            yield
        except BaseException as error:
            self.undo(error)
            raise
        else:
            self.roll_back()

    @property
    def _bench(self) -> Bench:
        return Bench(
            self.runtime,
            self.observers.entry,
            self._stack.environment_file(),
            self.journal,
            self._clock,
            self.settings.patience,
            *(self.observers.written, self._stack.scale),
            people=self.settings.people or 0.0,
        ).keeping(files_of(self.plan.manifest.incidents.values()))

    def expect(self, criterion: Criterion) -> None:
        """Declare a success criterion, and watch until it is decided or patience ends.

        What nobody could ever tell is not waited for: it is not measured, and so not met.
        Never raises for a missed one: the drill is judged once, at its end. Nor for a stop
        condition: then all is undone at once, and what follows is declared without waiting.
        """
        subject = metric(criterion.metric)
        criterion = self.plan.checked(criterion)
        self.journal.write(criterion.stated())
        if subject.settles is Settles.END or self.stopped is not None:
            return
        if subject.settles is Settles.UNDONE:
            self.dwell()
            self.let_respond()
            self.undo()
        if why := self.plan.untold(criterion) or unchecked(self.runtime, criterion):
            self.journal.write(Note(f"{criterion.name} is not waited for: {why}"))
            return
        self._phase("watch", f"watching: {criterion.name}")

        def decided() -> bool:
            verdict = judge(criterion, subject.measure(self._look(), criterion.subject))
            return verdict in subject.decides

        self._patiently(decided, criterion.name)

    def dwell(self) -> None:
        """Let every fault last as its sentence says, or long enough to prove anything.

        What is too short for that is judged so: inconclusive. Idempotent.
        """
        if not self._rollbacks or self.stopped is not None:
            return
        if (left := self._durations.left(self.journal.timeline())) > 0:
            self._phase("watch", f"{LETTING_LAST} {format_seconds(left)} more")
            self._patiently(self._lasted, "the fault has lasted", within=left + 1)

    def _lasted(self) -> bool:
        self._look()
        return self._durations.left(self.journal.timeline()) <= 0

    def _end_what_is_over(self) -> None:
        """Undo what lasted as long as its sentence says."""
        if not self._rollbacks:
            return
        for injection, given in self._durations.over(self.journal.timeline()).items():
            self._phase("rollback", f"the fault has lasted {format_seconds(given)}")
            self._rollbacks.unwind(budget=self.settings.undo_within, only=injection)
            self._durations.end(injection)

    def _patiently(
        self, question: Callable[[], bool], awaited: str, within: float | None = None
    ) -> None:
        patience = self.settings.patience if within is None else within
        try:
            until(question, awaited=awaited, within=patience, clock=self._clock)
        except WaitTimeout as error:
            self.journal.write(Note(f"patience ended: {error}"))
        except StopConditionMet:
            self.undo()

    def _look(self) -> Observations:
        """What was seen so far. Raises GroundGaveWay when blind, StopConditionMet past a bound."""
        seen = self.observers.observations()
        self.observers.check(seen)
        self._onlooker(seen)
        self._heed(seen)
        self._end_what_is_over()
        return seen

    def _heed(self, seen: Observations) -> None:
        """Raise StopConditionMet the first time that a stop condition is met."""
        self.footing.check()
        if self.stopped is None and (found := met(self._stop, seen)):
            self.journal.write(Stopped(f"stopped: {found}"), sync=True)
            self.stopped = StopConditionMet(found)
            raise self.stopped

    def let_respond(self) -> None:
        """Let a procedure that was begun come to its end before the fault is taken away."""

        def ended() -> bool:
            if self.watching:
                self._look()
            return settled(self.journal.timeline())

        within = self.settings.response_within(self.plan.incident)
        self._patiently(ended, "the response ends", within)

    def roll_back(self) -> None:
        """Undo every armed fault, once it lasted long enough to prove anything. Idempotent."""
        try:
            self.dwell()
        finally:
            self.undo()

    def undo(self, error: BaseException | None = None) -> None:
        """Undo every armed fault, last in first out, and prove it. Idempotent.

        After an interrupt all undos share HURRY_SECONDS: who sent it kills us soon.
        """
        if not self._rollbacks:
            return
        if hurried := ends_run(error):
            self.stand_down(0)  # nobody waits for a procedure now
        with suppress(JournalError):  # a full disk keeps nothing from being undone
            self._phase("rollback", "undoing every fault")
        together = HURRY_SECONDS if hurried else math.inf
        self._rollbacks.unwind(budget=self.settings.undo_within, together=together)
        self._durations.end()

    def conclude(self, error: BaseException | None) -> DrillResult:
        """Undo what is armed, let the system recover, read, judge, write, take the stack down.

        ``error`` is what ended the scenario early, if anything did. Whatever fails on the way is
        written down and the rest still happens. Raises JournalError for a drill that was concluded
        before: its record is sealed, and another attempt is another drill.
        """
        if self._concluded:
            raise JournalError(f"drill {self.plan.id} was concluded already, its record is sealed")
        with Held():
            self._concluded, aftermath = True, Aftermath(self, self._stack, self._clock)
            result = aftermath.conclude(error or self.stopped)
            self.clean = aftermath.clean and not self._rollbacks
            self._rollbacks = None  # the stack is gone, and with it whatever could not be undone
            self.interrupt, self.unexpected = aftermath.interrupt, aftermath.unexpected
            self.unwritten = aftermath.unwritten
        return result

    @property
    def runtime(self) -> Runtime:
        """The stack's containers. Raises PlanError before the stack was brought up."""
        if self._runtime is None:
            raise PlanError("expected a running stack: begin with a Given that says so")
        return self._runtime

    @property
    def running(self) -> bool:
        """Whether the stack was brought up."""
        return self._runtime is not None

    @property
    def observers(self) -> Observers:
        """What watches. Raises PlanError before steady state was asked for."""
        if self._observers is None:
            raise PlanError("expected the stack to be watched: begin with a Given that says so")
        return self._observers

    @property
    def watching(self) -> bool:
        """Whether anything watches yet."""
        return self._observers is not None

    def stand_down(self, within: float) -> None:
        """Take the responder off call; ``within`` seconds for its procedure to end. Idempotent."""
        self._on_call.stand_down(within)

    def settle(self) -> None:
        """After the rollback: let service and redundancy come back, within patience."""
        self._phase("recovery", "watching the system recover")
        undone = self.journal.timeline().last(UndoVerified)
        begin = undone.at_ns if undone else self._clock.monotonic_ns()

        def recovered() -> bool:
            seen = self._look()
            lanes = [seen.samples.get(n, ()) for n in {*self.observers.steady, *seen.samples}]
            return all_held_from(lanes, after_ns=begin, hold=seen.hold) is not None

        self._patiently(recovered, "service and redundancy are back")

    def _phase(self, name: str, text: str) -> None:
        self.journal.write(Phase(text, phase=name))
