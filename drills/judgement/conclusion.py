"""The drill's own verdict and status: the worst of its criteria, and what of it went as planned."""

from __future__ import annotations

from collections.abc import Sequence

from drills.journal.facts import (
    CommandTried,
    DrillEnded,
    EngineTold,
    FaultCalled,
    FaultEffective,
    FaultFailed,
    FaultIntended,
    GroundFailed,
    OfInjection,
    ResponseAborted,
    ResponseStarted,
    SteadyMissed,
    Stopped,
    UndoCalled,
    UndoFailed,
    UndoVerified,
)
from drills.journal.timeline import Timeline
from drills.judgement.crashes import crashes
from drills.judgement.criterion import measured
from drills.judgement.data import harmed, reconciliation
from drills.judgement.dwell import too_short
from drills.judgement.intrusion import LET_IN, intruders, let_in
from drills.judgement.metric import Observations
from drills.judgement.result import Status
from drills.judgement.score import Judged
from drills.judgement.verdict import Verdict, worst
from drills.stack.runtime import KILLED

NO_FAULT = "no fault took effect"
NOT_MEASURED = "not measured: "  # begins the reason of a drill whose criteria alone are open
NO_CRITERION = "the scenario declares no criterion"
RUNS = "it is still running"


def status_of(ended: DrillEnded | None) -> Status:
    """How the drill ended, by what was told of its end."""
    if ended is None:
        return "crashed"
    return "aborted" if ended.status == "aborted" else "completed"


def not_undone(timeline: Timeline) -> list[UndoFailed]:
    """The undos that failed. One that failed with the ground and was proven later did not."""
    failed = timeline.all(UndoFailed)
    if timeline.first(GroundFailed) is None:
        return failed
    proven = {undone.injection for undone in timeline.all(UndoVerified)}
    return [undo for undo in failed if undo.injection not in proven]


def unproven(timeline: Timeline) -> list[OfInjection]:
    """Every fault that is not proven undone: its undo failed, or nobody was left to undo it."""
    proven = {undone.injection for undone in timeline.all(UndoVerified)}
    begun = timeline.all(FaultIntended, FaultEffective)
    return [*not_undone(timeline), *(fault for fault in begun if fault.injection not in proven)]


def verdict_of(seen: Observations, judged: Sequence[Judged]) -> tuple[Verdict, str]:
    """The worst of the criteria, and never met where the drill did not run as planned."""
    timeline = seen.timeline
    if beforehand := _beforehand(timeline):
        return beforehand
    if seen.unread:
        return Verdict.INCONCLUSIVE, "; ".join(seen.unread.values())
    verdict = worst(item.verdict for item in judged)
    if missed := _missed(seen, judged):
        stopped = timeline.first(Stopped)
        return Verdict.MISSED, f"missed: {missed}" + (f"; {stopped.text}" if stopped else "")
    why = hindrance(seen, judged)
    if why in (NO_FAULT, NO_CRITERION) and not judged and timeline.first(CommandTried):
        return Verdict.NOT_ASSESSED, "the runbook was followed as written, and nothing else judged"
    if why:
        return Verdict.INCONCLUSIVE, why
    if verdict is Verdict.INCONCLUSIVE:
        open_ = [item.criterion.name for item in judged if item.verdict is verdict]
        return verdict, f"{NOT_MEASURED}{', '.join(open_) or 'every criterion is left to people'}"
    return verdict, "every assessed criterion is met"


def _beforehand(timeline: Timeline) -> tuple[Verdict, str] | None:
    """What no criterion can change: what the drill stood on failed, or a fault was not undone."""
    if ground := timeline.first(GroundFailed):
        return Verdict.INCONCLUSIVE, f"the ground gave way, not the system: {ground.text}"
    if failed := not_undone(timeline):
        return Verdict.MISSED, failed[0].text
    return None


def _missed(seen: Observations, judged: Sequence[Judged]) -> str:
    """The criteria that were missed, and what no criterion allows.

    That is harm that was done to acknowledged writes, requests that were let in without right, and
    what crashed after the undo.
    """
    missed = [item.criterion for item in judged if item.verdict is Verdict.MISSED]
    harm = harmed(reconciliation(seen), judged)
    if inside := sum(len(let_in(samples)) for samples in intruders(seen).values()):
        harm[LET_IN] = inside
    for criterion in missed:
        harm.pop(measured(criterion.metric), None)
    told = [f"{number} {metric}, which no criterion allows" for metric, number in harm.items()]
    died = [f"{death.text}, after every fault was undone" for death in _relapses(seen)[:1]]
    return ", ".join([*(criterion.name for criterion in missed), *told, *died])


def _relapses(seen: Observations) -> list[EngineTold]:
    """What crashed once every fault was proven undone: a service that came up need not stay up."""
    undone = seen.timeline.last(UndoVerified)
    if undone is None or unproven(seen.timeline):
        return []
    return crashes(seen.timeline, undone.at_ns, seen.until_ns)


def hindrance(seen: Observations, judged: Sequence[Judged]) -> str:
    """Why nothing can be concluded, whatever the criteria say; "" where they decide."""
    timeline = seen.timeline
    for hindering in (Stopped, SteadyMissed, FaultFailed, ResponseAborted):
        if told := timeline.first(hindering):
            return told.text
    if why := cut_short(seen):
        return why
    if seen.fault() is None:
        return NO_FAULT
    if over := over_by_itself(timeline) or too_short(seen):
        return over
    return "" if judged else NO_CRITERION


def cut_short(seen: Observations) -> str:
    """Why the drill did not run to its end on firm ground, or not yet; "" where it did."""
    if ground := seen.timeline.first(GroundFailed):
        return ground.text
    ended = seen.timeline.last(DrillEnded)
    if ended is None and seen.under_way:
        return RUNS
    if status_of(ended) == "completed":
        return ""
    said = ended.reason if ended else ""
    return said or "the drill ended without a word"


def over_by_itself(timeline: Timeline) -> str:
    """What of a fault's command ended before anybody did anything about it; "" where none did."""
    acted = timeline.first(ResponseStarted, UndoCalled)
    commands = {called.command for called in timeline.all(FaultCalled)} - {""}
    frozen = {one.container_id for one in timeline.all(FaultIntended, fault="freeze")} - {""}
    for thaw in timeline.all(EngineTold, action="unpause"):
        if thaw.container_id in frozen and (not acted or thaw.at_ns < acted.at_ns):
            return f"somebody ended the fault: {thaw.text}"
    for end in timeline.all(EngineTold, action="exec_die"):
        own = end.command in commands and end.exit_code != str(KILLED)
        if own and (acted is None or end.at_ns < acted.at_ns):
            return f"the fault ended by itself: {end.text}"
    return ""
