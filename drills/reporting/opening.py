"""The five sentences that every rendering of a drill opens with, made from what was measured.

What broke, who noticed and when, what customers felt, what was lost, what to do next. Where
something is not known the sentence says so, and why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from drills.judgement.moment import Moment, PhaseName
from drills.judgement.result import Availability, DataResult, DrillResult, FaultResult
from drills.reporting.advice import advice, running_advice
from drills.reporting.duties import field
from drills.reporting.failures import HARM
from drills.reporting.figures import metric_text
from drills.reporting.words import grouped, plural
from drills.units import format_seconds, with_sign

_TOLD = 3  # faults, or journeys, that are named


@dataclass(frozen=True, slots=True)
class Sentence:
    """An answer to one of the five questions; ``command`` is what to type, "" for nothing."""

    question: str
    text: str
    command: str = ""


def opening(result: DrillResult, *, running: bool = False) -> list[Sentence]:
    """The five, in their order; of a drill that is ``running`` they say what is so by now."""
    if running:
        return _so_far(result)
    first = advice(result)[0]
    return [
        Sentence("What broke", _broke(result)),
        Sentence("Who noticed", _noticed(result)),
        Sentence("What customers felt", _felt(result)),
        Sentence("What was lost", _lost(result)),
        Sentence("What to do next", first.sentence, first.command),
    ]


def _so_far(result: DrillResult) -> list[Sentence]:
    first = running_advice(result)[0]
    lost = "What was lost is known once the drill is over: then every write is read back."
    return [
        Sentence("What broke", _broke(result, running=True)),
        Sentence("Who noticed", _noticed_so_far(result)),
        Sentence("What customers felt", _felt_so_far(result)),
        Sentence("What was lost", lost),
        Sentence("What to do next", first.sentence, first.command),
    ]


def _noticed_so_far(result: DrillResult) -> str:
    if not _effective(result):
        return "There is nothing to notice yet: no fault took effect."
    found = result.metrics.get("time to detect")
    known = found is not None and found.value is not None
    return _noticed(result, running=True) if known else "Nobody is known to have noticed yet."


def _felt_so_far(result: DrillResult) -> str:
    if not _effective(result):
        return "Customers have felt nothing of a fault yet: none took effect."
    return _felt(result, running=True)


def moment(result: DrillResult, name: PhaseName) -> Moment | None:
    """A phase of the incident; None in results of before they were told."""
    return next((each for each in result.course if each.name == name), None)


def _broke(result: DrillResult, *, running: bool = False) -> str:
    if "faults" in result.failed_parts:
        return "What was broken is not known: the faults could not be judged."
    if not result.faults:
        return "Nothing was broken yet." if running else f"Nothing was broken{_because(result)}."
    told = [_fault(fault, running=running) for fault in result.faults[:_TOLD]]
    if more := len(result.faults) - _TOLD:
        told += [f"and {plural(more, 'more fault')}"] if more > 0 else []
    return f"{'; '.join(told)}."


def _because(result: DrillResult) -> str:
    return f": {result.reason.rstrip('. ')}" if result.reason and result.verdict != "met" else ""


def _fault(fault: FaultResult, *, running: bool) -> str:
    what = f"{fault.kind[:1].upper()}{fault.kind[1:]} of {fault.service or fault.target}"
    if running and fault.reverted_at is None:
        if fault.effective_at is None:
            return f"{what} was asked for and has not taken effect yet"
        return f"{what} took effect at {_clock(fault.effective_at)} and is not undone yet"
    if fault.effective_at is None:
        left = ", and it is not proven undone" if fault.reverted_at is None else ""
        return f"{what} was asked for and never took effect{left}"
    lasted = "" if fault.lasted_s is None else f", lasted {format_seconds(fault.lasted_s)}"
    undone = "is not proven undone" if fault.reverted_at is None else "is proven undone"
    return f"{what} took effect at {_clock(fault.effective_at)}{lasted} and {undone}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%H:%M:%S} UTC"


def _noticed(result: DrillResult, *, running: bool = False) -> str:
    found = result.metrics.get("time to detect")
    if not _effective(result):
        return "There was nothing to notice, because no fault took effect."
    if found is None or found.value is None:
        why = metric_text(found) if found else "it was not measured"
        return f"Nobody is known to have noticed: {why}; {_reacted(result, running=running)}."
    who = _who(result)
    return f"{who} came {metric_text(found)} after the fault; {_reacted(result, running=running)}."


def _effective(result: DrillResult) -> bool:
    return any(fault.effective_at for fault in result.faults)


def _who(result: DrillResult) -> str:
    """The alert's or detector's name and whose word it is; of older results what the record says.

    ``Alert ReplicaDown, as the pager received it,``
    """
    notified = moment(result, "notified")
    by = notified.by if notified else field(result, "Detection").value.rpartition(" at ")[0]
    if not by:
        return "The first sign of it"
    how = notified.why.removeprefix(by).strip() if notified else ""
    word = f", {how}," if how.startswith("as ") else ""
    return f"{by[:1].upper()}{by[1:]}{word}"


def _reacted(result: DrillResult, *, running: bool) -> str:
    answer, page = moment(result, "acknowledged"), moment(result, "notified")
    if answer is None:
        return "who reacted is not recorded"
    if answer.offset_s is None:
        return "nobody has reacted yet" if running else "nobody reacted while it was watched"
    who = answer.by or "somebody"
    if page is None or page.offset_s is None:
        return f"{who} reacted {format_seconds(answer.offset_s)} after the fault"
    waited = format_seconds(max(answer.offset_s - page.offset_s, 0))
    return f"{who} reacted {waited} later"


def _felt(result: DrillResult, *, running: bool = False) -> str:
    asked = {name: one for name, one in result.availability.items() if one.intended}
    if "availability" in result.failed_parts:
        return "What customers felt is not known: the availability could not be judged."
    if not _effective(result):
        return "Customers felt nothing of a fault, because none took effect."
    if not asked:
        return "What customers felt is not known: no journey was asked anything."
    due = sum(one.intended for one in asked.values())
    hurt = {name: count for name, one in asked.items() if (count := _failed(one))}
    if not hurt:
        lanes = plural(len(asked), "journey")
        felt = "No customer felt it so far" if running else "No customer felt it"
        return f"{felt}: all {grouped(due)} requests in {lanes} were served in time."
    number, names = sum(hurt.values()), _named(sorted(hurt, key=lambda name: -hurt[name]))
    lanes = f"{len(hurt)} of {plural(len(asked), 'journey')}"
    counts = f"{grouped(number)} of {grouped(due)} requests in {lanes}"
    return f"{counts} failed or came too late ({names}), {_how_long(result, running=running)}."


def _failed(one: Availability) -> int:
    """Requests that failed their customer when they were made."""
    return one.intended - one.good - sum(one.outcomes.get(name, 0) for name in HARM)


def _named(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join([*names[:_TOLD], *([f"and {more} more"] if more > 0 else [])])


def _how_long(result: DrillResult, *, running: bool) -> str:
    """For how long some journey was out or degraded: the union of all such stretches."""
    spans = sorted(_spans(result.availability.values()), key=lambda span: span[0])
    if not spans:
        return "never so many at once that it was an outage"
    if any(end is None for _, end in spans):
        over = "is not over yet" if running else "was not over when watching ended"
        return f"from {with_sign(spans[0][0])} on, and it {over}"
    seconds, until = 0.0, -math.inf
    for start, end in spans:
        reaches = until if end is None else max(until, end)
        seconds += max(reaches - max(start, until), 0.0)
        until = reaches
    return f"for {format_seconds(seconds)} in all, from {with_sign(spans[0][0])} on"


def _spans(lanes: Iterable[Availability]) -> Iterator[tuple[float, float | None]]:
    for one in lanes:
        yield from ((each.start_s, each.end_s) for each in one.outages)
        yield from ((each.start_s, each.end_s) for each in one.degraded)


def _lost(result: DrillResult) -> str:
    data, said = result.data, list[str]()
    if data.lost is None:
        why = (data.reason or "no final read was made").rstrip(". ")
        return f"What was lost is not known: {why}."
    if not data.acknowledged:
        said.append("No write was acknowledged, so none could be lost")
    elif data.lost:
        said.append(
            f"{grouped(data.lost)} of {grouped(data.acknowledged)} acknowledged writes were lost"
            f"{_when(data)}"
        )
    else:
        what = "lost or altered" if data.content_proven and not data.altered else "lost"
        said.append(f"None of {grouped(data.acknowledged)} acknowledged writes was {what}")
    said += list(_content(data))
    if inside := sum(one.let_in for one in result.intrusions.values()):
        said.append(f"{plural(inside, 'request')} without right were let in")
    return f"{'; '.join(said)}."


def _when(data: DataResult) -> str:
    if not data.lost_offsets_s:
        return ""
    first, last = min(data.lost_offsets_s), max(data.lost_offsets_s)
    some = " at least" if (data.lost or 0) > len(data.lost_offsets_s) else ""
    return f", acknowledged{some} from {with_sign(first)} to {with_sign(last)} of the fault"


def _content(data: DataResult) -> Iterator[str]:
    if data.altered:
        yield f"{plural(data.altered, 'acknowledged write')} altered"
    elif not data.content_proven and data.acknowledged:
        yield "whether any was altered is not known, the final read gave ids alone"
    if data.duplicated:
        yield f"{plural(data.duplicated, 'write')} stored more than once"
