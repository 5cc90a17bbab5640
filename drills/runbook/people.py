"""A step that only people can do: they are asked to, and say when it is done."""

from __future__ import annotations

from collections.abc import Mapping

from drills.errors import ResponseFailed
from drills.journal.facts import Attested, PeopleAwaited, ResponseStarted
from drills.journal.timeline import Json, Timeline
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.units import format_seconds
from drills.wait import until


def await_people(bench: Bench, action: Action) -> Mapping[str, Json]:
    """Wait until somebody attests that it is done, where people are waited for at all.

    Raises WaitTimeout where nobody does so in time, ResponseFailed where the drill ends before.
    """
    if not bench.people:
        return {"done": False}
    awaited = _ask(bench, action)
    answer = until(
        lambda: _answered(bench, awaited.id),
        awaited=f"somebody says that they did it (drills attest {awaited.id})",
        within=bench.people,
        interval=0.2,
        clock=bench.clock,
    )
    return {"done": True, "id": awaited.id, "by": answer.by, "note": answer.note}


def open_steps(timeline: Timeline) -> list[str]:
    """The ids of what people were asked to do, and nobody has said to be done."""
    said = {each.subject for each in timeline.all(Attested)}
    return [each.id for each in timeline.all(PeopleAwaited) if each.id not in said]


def _ask(bench: Bench, action: Action) -> PeopleAwaited:
    timeline = bench.journal.timeline()
    begun = timeline.last(ResponseStarted)
    name = f"step-{1 + len(timeline.all(PeopleAwaited))}"
    awaited = PeopleAwaited(
        f"{action.says}: waiting {format_seconds(bench.people)} for it to be said with "
        f"`drills attest {name} --by NAME --drill {bench.journal.directory}`",
        id=name,
        procedure=begun.text if begun else "",
        within=bench.people,
    )
    bench.journal.write(awaited, sync=True)
    return awaited


def _answered(bench: Bench, name: str) -> Attested | None:
    """Raises ResponseFailed where nobody needs it to be done any more."""
    if (answer := bench.journal.heard().last(Attested, subject=name)) is not None:
        return answer
    if bench.off_call():
        raise ResponseFailed("the drill ended before anybody said that they did it")
    return None
