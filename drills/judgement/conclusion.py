"""The drill's own verdict and status: the worst of its criteria, and what of it went as planned."""

from __future__ import annotations

from collections.abc import Sequence

from drills.journal.timeline import Event, Kind, Timeline
from drills.judgement.data import harmed, reconciliation
from drills.judgement.dwell import too_short
from drills.judgement.metric import Observations
from drills.judgement.result import Status
from drills.judgement.score import Judged
from drills.judgement.verdict import Verdict, worst
from drills.stack.runtime import KILLED


def status_of(ended: Event | None) -> Status:
    """How the drill ended, by the event of its end."""
    if ended is None:
        return "crashed"
    return "aborted" if ended.string("status") == "aborted" else "completed"


def not_undone(timeline: Timeline) -> list[Event]:
    """The undos that failed. One that failed with the ground and was proven later did not."""
    failed = timeline.all(Kind.UNDO_FAILED)
    if timeline.first(Kind.GROUND) is None:
        return failed
    proven = {event.string("injection") for event in timeline.all(Kind.UNDO_VERIFIED)}
    return [event for event in failed if event.string("injection") not in proven]


def unproven(timeline: Timeline) -> list[Event]:
    """Every fault that is not proven undone: its undo failed, or nobody was left to undo it."""
    proven = {event.string("injection") for event in timeline.all(Kind.UNDO_VERIFIED)}
    begun = timeline.all(Kind.FAULT_INTENDED, Kind.FAULT_EFFECTIVE)
    open_ = [event for event in begun if event.string("injection") not in proven]
    return [*not_undone(timeline), *open_]


def verdict_of(seen: Observations, judged: Sequence[Judged]) -> tuple[Verdict, str]:
    """The worst of the criteria, and never met where the drill did not run as planned."""
    timeline = seen.timeline
    if beforehand := _beforehand(timeline):
        return beforehand
    verdict = worst(item.verdict for item in judged)
    if missed := _missed(seen, judged):
        stopped = timeline.first(Kind.STOPPED)
        return Verdict.MISSED, f"missed: {missed}" + (f"; {stopped.text}" if stopped else "")
    if why := hindrance(seen, judged):
        return Verdict.INCONCLUSIVE, why
    if verdict is Verdict.INCONCLUSIVE:
        open_ = [item.criterion.name for item in judged if item.verdict is verdict]
        return verdict, f"not measured: {', '.join(open_) or 'every criterion is left to people'}"
    return verdict, "every assessed criterion is met"


def _beforehand(timeline: Timeline) -> tuple[Verdict, str] | None:
    """What no criterion can change: what the drill stood on failed, or a fault was not undone."""
    if ground := timeline.first(Kind.GROUND):
        return Verdict.INCONCLUSIVE, f"the ground gave way, not the system: {ground.text}"
    if failed := not_undone(timeline):
        return Verdict.MISSED, failed[0].text
    return None


def _missed(seen: Observations, judged: Sequence[Judged]) -> str:
    """The criteria that were missed, and what was done to acknowledged writes that none allows."""
    missed = [item.criterion for item in judged if item.verdict is Verdict.MISSED]
    harm = harmed(reconciliation(seen), judged)
    for criterion in missed:
        harm.pop(criterion.metric, None)
    told = [f"{number} {metric}, which no criterion allows" for metric, number in harm.items()]
    return ", ".join([*(criterion.name for criterion in missed), *told])


def hindrance(seen: Observations, judged: Sequence[Judged]) -> str:
    """Why nothing can be concluded, whatever the criteria say; "" where they decide."""
    timeline = seen.timeline
    for kind in (Kind.STOPPED, Kind.UNSTEADY, Kind.FAULT_FAILED, Kind.RESPONSE_FAILED):
        if event := timeline.first(kind):
            return event.text
    if why := cut_short(timeline):
        return why
    if seen.fault() is None:
        return "no fault took effect"
    if over := _over_by_itself(timeline) or too_short(seen):
        return over
    return "" if judged else "the scenario declares no criterion"


def cut_short(timeline: Timeline) -> str:
    """Why the drill did not run to its end on firm ground; "" where it did."""
    if ground := timeline.first(Kind.GROUND):
        return ground.text
    ended = timeline.last(Kind.DRILL_ENDED)
    if status_of(ended) == "completed":
        return ""
    said = ended.string("reason") if ended else ""
    return said or "the drill ended without a word"


def _over_by_itself(timeline: Timeline) -> str:
    """What of a fault's command ended before anybody did anything about it; "" where none did."""
    acted = timeline.first(Kind.RESPONSE_STARTED, Kind.UNDO_CALLED)
    commands = {call.string("command") for call in timeline.all(Kind.FAULT_CALLED)} - {""}
    frozen = {
        str(undo["container_id"])
        for intended in timeline.all(Kind.FAULT_INTENDED, fault="freeze")
        if isinstance(undo := intended.data.get("undo"), dict) and undo.get("container_id")
    }
    for event in timeline.all(Kind.ENGINE, action="unpause"):
        if event.string("container_id") in frozen and (not acted or event.at_ns < acted.at_ns):
            return f"somebody ended the fault: {event.text}"
    for event in timeline.all(Kind.ENGINE, action="exec_die"):
        own = event.string("command") in commands and event.string("exit_code") != str(KILLED)
        if own and (acted is None or event.at_ns < acted.at_ns):
            return f"the fault ended by itself: {event.text}"
    return ""
