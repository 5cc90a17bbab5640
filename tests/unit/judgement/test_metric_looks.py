"""Looking again and again at a drill under way: what is kept from look to look changes nothing."""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal import packed
from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import SampleTail
from drills.journal.timeline import Kind, Timeline
from drills.judgement import outage
from drills.judgement.degradation import degraded
from drills.judgement.held import all_held_from
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.outage import due_ns, failures, outages
from drills.judgement.recovery import last_failure
from drills.judgement.stop import StopConditions, met
from drills.units import NS
from tests.doubles.observed import Told, ns, sample

LANES = ("reads", "orders", REPLICATION)
LIVE = [name for name in METRICS if "time" in name or "replication" in name]
UNTIL = 60.0
STOP = StopConditions(over=3.0)
EVERY = 0.05  # seconds from one request of a lane to the next


@pytest.fixture(autouse=True, scope="module")
def soon_settled() -> Iterator[None]:
    """Samples settle within a second and not ten, so that many arrive later than that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_SETTLES", NS)
        yield


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[Sample]]:
    """The samples of some lanes in batches, each as it was written between two looks."""
    found: list[tuple[float, Sample]] = []
    for lane in LANES:
        seq = 0
        for bad, count in draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 40)))):
            for _ in range(count):
                fails = (False, True, seq % 2 == 0, seq % 15 == 0, seq % 40 < 2)[bad]
                outcome = draw(st.sampled_from(tuple(Outcome)[1:])) if fails else Outcome.OK
                late = draw(st.sampled_from((0.01, 0.01, 0.01, 0.2, 0.9, 3.0)))
                due = 10 + (seq - seq % draw(st.sampled_from((1, 1, 1, 5)))) * EVERY
                route = draw(st.sampled_from(("replica", "primary", "primary")))
                instants = (ns(due), ns(due), ns(due + late))
                one = Sample(lane, seq, *instants, outcome, 200, route, "", "0.1")
                found.append((due + late, one))
                seq += 1
    found.sort(key=lambda each: each[0])
    written = [one for _, one in found]
    cuts = sorted(draw(st.lists(st.integers(0, len(written)), max_size=12)))
    return [written[a:b] for a, b in zip([0, *cuts], [*cuts, len(written)], strict=True)]


def told(fault: float, undone: float) -> Told:
    """A fault of ten or fewer seconds; the reads can fail over."""
    events = Told().tell(1, Kind.LANE_STARTED, lane="reads", fail_over_to="primary", timeout=1.0)
    events.tell(1, Kind.LANE_STARTED, lane="orders", timeout=1.0)
    return events.fault(fault, error=0.1).undone(undone)


def found_in(seen: Observations, fault: float) -> dict[str, object]:
    """Everything that a look at a drill computes, by name."""
    lanes = list(seen.samples.values())
    found: dict[str, object] = {name: METRICS[name].measure(seen) for name in LIVE}
    found |= {"stop": met(STOP, seen), "seen out": seen.outages(), "degraded": seen.degraded()}
    found["held"] = all_held_from(lanes, after_ns=ns(fault), hold=1.0)
    for name, lane in seen.samples.items():
        found[f"outages of {name}"] = outages(lane)
        found[f"single outages of {name}"] = outages(lane, at_least=1, ok=not_rejected)
        found[f"degraded {name}"] = degraded(lane, since_ns=ns(fault))
        found[f"failures of {name}"] = list(failures(lane[len(lane) // 3 :]))
        found[f"last failure of {name}"] = last_failure([lane], ns(fault)) if lane else None
    return found


def not_rejected(sample: Sample) -> bool:
    return sample.outcome is not Outcome.REJECTED


@given(arrivals(), st.integers(8, 24), st.integers(1, 10), st.booleans())
def test_a_look_finds_what_the_whole_computation_finds(
    batches: list[list[Sample]], fault: int, lasts: int, ends: bool
) -> None:
    """Whatever was written in whatever order, and however much of it was seen at a time."""
    timeline = Timeline(told(fault, fault + lasts).events[: None if ends else -2])
    written: dict[str, list[Sample]] = {}
    with TemporaryDirectory() as folder:
        tail = SampleTail(Path(folder))
        for batch in batches:
            for one in batch:
                insort(written.setdefault(one.lane, []), one, key=due_ns)
                with (Path(folder) / f"{one.lane}.jsonl").open("a") as file:
                    file.write(f"{json.dumps(one.row())}\n")
            until_ns = max((one.ended_ns for each in written.values() for one in each), default=0)
            look = Observations(timeline, tail.poll(), 1.0, until_ns)
            whole = Observations(timeline, dict(sorted(written.items())), 1.0, until_ns)
            assert look.samples == written
            assert found_in(look, fault) == found_in(whole, fault)


def test_what_went_astray_is_left_out_whenever_it_is_known(tmp_path: Path) -> None:
    """Of what was read already and of what comes later."""
    rows = [sample("reads", n / 10, took=0.01 if n % 7 else 2.0) for n in range(200)]
    tail = SampleTail(tmp_path)
    for begin in range(0, 200, 20):
        with (tmp_path / "reads.jsonl").open("a") as file:
            file.writelines(f"{json.dumps(one.row())}\n" for one in rows[begin : begin + 20])
        if begin == 100:
            tail.drop(lambda one: one.seq % 1000 == 0)
        found = tail.poll()["reads"]
        lost = [] if begin < 100 else [one for one in rows if one.seq % 1000 == 0]
        assert found == [one for one in rows[: begin + 20] if one not in lost]
        assert list(failures(found)) == []


def test_a_look_reads_what_is_new_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the drill has run: its cost stays flat."""
    seen: list[int] = []
    plain = outage._failures

    def counted(lane: Sequence[Sample], ok: outage.Test) -> list[int]:
        seen.append(len(lane))
        return plain(lane, ok)

    monkeypatch.setattr(outage, "_failures", counted)
    rows = [sample("reads", n / 10) for n in range(2_000)]
    path, tail = tmp_path / "reads.jsonl", SampleTail(tmp_path)
    path.write_text("".join(f"{json.dumps(one.row())}\n" for one in rows[:1_990]))
    assert not failures(tail.poll()["reads"])
    with path.open("a") as file:
        file.writelines(f"{json.dumps(one.row())}\n" for one in rows[1_990:])
    assert not failures(tail.poll()["reads"])
    assert seen[0] == 1_990
    assert sum(seen[1:]) <= 21
