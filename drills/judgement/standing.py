"""How a drill that is under way stands: what customers get, and what is decided so far. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drills.journal.facts import CriterionStated
from drills.judgement.criterion import Criterion, measured
from drills.judgement.declared import NOT_REACHED, unreached
from drills.judgement.dwell import rates
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS, unit_of
from drills.judgement.outage import due_ns
from drills.judgement.outcomes import count_good
from drills.judgement.result import CriterionResult
from drills.judgement.score import Judged
from drills.judgement.statement import state
from drills.judgement.verdict import Unmeasured
from drills.units import NS

LATELY = 10.0  # seconds, of which customers' success is told
OPEN = Unmeasured("not decided yet")


@dataclass(frozen=True, slots=True)
class Served:
    """Of a journey's requests that were due lately and are over by now, how many went well."""

    good: int
    due: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A drill at one look, at ``at_ns``: its customers by journey, and every criterion.

    A criterion is inconclusive while more watching, or the drill's end, may decide it.
    """

    at_ns: int
    served: Mapping[str, Served]
    criteria: tuple[CriterionResult, ...]


def standing(seen: Observations) -> Standing:
    """What one look at a drill says. It costs the same whenever it is asked."""
    return Standing(seen.until_ns, _served(seen), tuple(map(state, _judged(seen))))


def _served(seen: Observations) -> Mapping[str, Served]:
    begin_ns = seen.until_ns - int(LATELY * NS)
    found = {}
    for name in sorted(rates(seen)):
        samples = seen.samples.get(name, ())
        lately = samples[bisect_left(samples, begin_ns, key=due_ns) :]
        found[name] = Served(count_good(lately), len(lately))
    return found


def _judged(seen: Observations) -> Iterator[Judged]:
    """Those that were reached, in the scenario's order, and then those that were not yet."""
    reached = []
    for stated in seen.timeline.all(CriterionStated):
        try:
            reached.append(Criterion.of(stated))
        except ValueError:
            continue  # what cannot be read is told when the drill is judged
    yield from (_so_far(seen, criterion) for criterion in reached)
    for criterion in unreached(seen.timeline, reached):
        yield Judged.of(criterion, unit_of(criterion), NOT_REACHED)


def _so_far(seen: Observations, criterion: Criterion) -> Judged:
    known = METRICS.get(measured(criterion.metric))
    if known is None or not known.decides:
        return Judged.of(criterion, unit_of(criterion), OPEN)
    judged = Judged.of(criterion, known.unit, known.measure(seen, criterion.subject))
    return judged if judged.verdict in known.decides else Judged.of(criterion, known.unit, OPEN)
