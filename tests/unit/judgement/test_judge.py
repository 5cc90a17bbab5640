"""A drill is judged from its directory alone, whatever is left of it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drills.errors import JournalError, PlanError
from drills.journal.facts import Attested, FaultEffective
from drills.journal.folder import FINAL_READ
from drills.journal.journal import Journal
from drills.journal.sample import Sample
from drills.journal.timeline import Event, Json, Kind, Timeline
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge, judge_directory, observe
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS, metric
from drills.reporting.notices import notices
from drills.reporting.record import render_incident
from drills.reporting.terminal import summary
from drills.testing import ManualClock
from tests.doubles.observed import STARTED, Told, lane, ns
from tests.doubles.viewed import viewed
from tests.doubles.whole import FINAL, LOST, NOTICED, SAMPLES, ended, seen, whole_drill


@pytest.mark.parametrize(
    ("at", "code", "verdict"),
    [(11, "1", "inconclusive"), (11, "0", "inconclusive"), (11, "137", "met"), (14, "1", "met")],
)
def test_a_fault_that_ended_by_itself_proves_nothing(at: float, code: str, verdict: str) -> None:
    """Unless the kernel killed its command, or somebody had begun to respond."""
    told = whole_drill(LOST).tell(10, Kind.FAULT_CALLED, command="exec-1")
    told.tell(
        at, Kind.ENGINE, "app-1: exec_die", action="exec_die", command="exec-1", exit_code=code
    )
    result = judge(seen(ended(told)))
    assert result.verdict == verdict, result.reason
    assert ("ended by itself: app-1" in result.reason) == (verdict != "met")


@pytest.mark.parametrize(("at", "verdict"), [(11, "inconclusive"), (14, "met"), (18.5, "met")])
def test_a_freeze_that_somebody_thawed_proves_nothing(at: float, verdict: str) -> None:
    """Unless it was the response or the undo that did."""
    facts: dict[str, Json] = {"injection": "i1", "undo": {"container_id": "c"}, "fault": "freeze"}
    told = whole_drill(LOST).tell(9, Kind.FAULT_INTENDED, "", facts)
    told.tell(at, Kind.ENGINE, "c-1: unpause", action="unpause", container_id="c")
    result = judge(seen(ended(told)))
    assert result.verdict == verdict, result.reason
    assert ("somebody ended the fault: c-1: unpause" in result.reason) == (verdict != "met")


@pytest.mark.parametrize(
    ("at", "code", "verdict"), [(30, "2", "missed"), (30, "0", "met"), (15, "2", "met")]
)
def test_what_crashes_after_the_undo_did_not_come_back(at: float, code: str, verdict: str) -> None:
    """Whatever the criteria say; what ends in order, or crashed before the undo, is no relapse."""
    told = whole_drill(LOST)
    told.tell(at, Kind.ENGINE, "p-1: die", action="die", exit_code=code, container_id="p")
    result = judge(seen(ended(told)))
    assert result.verdict == verdict, result.reason
    relapsed = result.reason == "missed: p-1: die, after every fault was undone"
    assert relapsed == (verdict == "missed")


def test_a_fault_that_was_hardly_there_proves_nothing() -> None:
    """However well everything went: no more was met than was over by then. A miss stays one."""
    told = Told().fault(10).undone(10.021).tell(39, Kind.LANES_ENDED)
    for criterion in (LOST, NOTICED):
        told.tell(11, Kind.CRITERION, criterion.name, criterion.stated().data())
    result = judge(seen(ended(told.alert(12))))
    assert [item.verdict for item in result.criteria] == ["inconclusive", "met"]
    assert result.verdict == "inconclusive"
    assert result.reason.startswith("stop of replica-1 was in effect for 21 ms, less than ")
    assert result.faults[0].lasted_s == pytest.approx(0.021)
    late = Told().fault(10).undone(10.021).alert(20).tell(39, Kind.LANES_ENDED)
    late.tell(11, Kind.CRITERION, NOTICED.name, NOTICED.stated().data())
    assert judge(seen(ended(late))).verdict == "missed"


def test_a_drill_that_met_every_criterion_is_met() -> None:
    """With the score, the rating and the words that say so."""
    result = judge(seen(ended(whole_drill(LOST, NOTICED))))
    assert (result.status, result.verdict) == ("completed", "met")
    assert [item.verdict for item in result.criteria] == ["met", "met"]
    assert result.score.rating == "P"
    assert (result.data.lost, result.data.stale, result.data.acknowledged) == (0, 0, 80)
    assert result.metrics["time to detect"].value == 2
    (fault,) = result.faults
    assert (fault.kind, fault.target, fault.reverted) == ("stop", "replica-1", "it runs")


def test_one_missed_criterion_is_a_missed_drill() -> None:
    """The reason names it; the score is capped."""
    slow = Criterion("We notice at once", "time to detect", Comparator.AT_MOST, 1)
    result = judge(seen(ended(whole_drill(LOST, slow))))
    assert (result.verdict, result.reason) == ("missed", "missed: We notice at once")
    assert result.score.value == 49


def test_what_could_not_be_measured_is_inconclusive() -> None:
    """The reason names it."""
    nothing = Criterion("Exports work", "availability", Comparator.AT_LEAST, 0.99, "exports")
    result = judge(seen(ended(whole_drill(LOST, nothing))))
    assert (result.verdict, result.reason) == ("inconclusive", "not measured: Exports work")


def test_a_criterion_for_people_neither_gates_nor_scores() -> None:
    """Alone it makes no verdict."""
    people = Criterion("It was discussed", "attestation", Comparator.EXACTLY, 1, "Prevention")
    result = judge(seen(ended(whole_drill(LOST, people))))
    assert result.verdict == "met"
    assert [item.verdict for item in result.criteria] == ["met", "not assessed"]
    assert result.criteria[1].points is None
    alone = judge(seen(ended(whole_drill(people))))
    assert (alone.verdict, alone.score.value) == ("inconclusive", None)


def test_without_a_criterion_there_is_neither_success_nor_score() -> None:
    """A scenario that asks for nothing proves nothing."""
    result = judge(seen(ended(whole_drill())))
    assert (result.verdict, result.score.value) == ("inconclusive", None)


@pytest.mark.parametrize("kind", [Kind.UNSTEADY, Kind.FAULT_FAILED, Kind.RESPONSE_FAILED])
def test_a_drill_that_did_not_run_as_planned_is_never_met(kind: Kind) -> None:
    """Its reason is what happened."""
    told = whole_drill(LOST).tell(16, kind, "it went otherwise")
    result = judge(seen(ended(told)))
    assert (result.verdict, result.reason) == ("inconclusive", "it went otherwise")


def test_a_fault_that_is_not_proven_undone_is_missed_and_worth_nothing() -> None:
    """Whatever else was met."""
    told = whole_drill(LOST).tell(20, Kind.UNDO_FAILED, "still frozen", injection="i1")
    result = judge(seen(ended(told)))
    assert (result.verdict, result.reason, result.score.value) == ("missed", "still frozen", 0)


@pytest.mark.parametrize("metric", ["lost orders", "recovery point"])
def test_lost_data_is_worth_nothing_unless_that_much_was_allowed(metric: str) -> None:
    """Even where no criterion asked for it."""
    told = ended(whole_drill(NOTICED))
    final: dict[str, dict[str, int]] = {"postgres": {}, "replica": {}}
    assert judge(told.seen(39, SAMPLES, final)).score.value == 0
    some = Criterion("Few are lost", metric, Comparator.AT_MOST, 100)
    allowed = judge(ended(whole_drill(NOTICED, some)).seen(39, SAMPLES, final))
    assert (allowed.verdict, allowed.data.lost) == ("met", 80)
    assert allowed.score.value is not None
    assert allowed.score.value > 49


def test_an_aborted_drill_is_inconclusive_and_says_why() -> None:
    """What it could not document by then is no miss of the team's."""
    record = Criterion("It is documented", "missing record fields", Comparator.EXACTLY, 0)
    told = Told().fault(10).tell(11, Kind.CRITERION, "", record.stated().data())
    result = judge(seen(ended(told, "aborted", reason="KeyboardInterrupt")))
    assert (result.status, result.verdict) == ("aborted", "inconclusive")
    assert result.reason == "KeyboardInterrupt"


def test_a_drill_without_an_end_has_crashed() -> None:
    """It is judged all the same."""
    result = judge(seen(whole_drill(LOST)))
    assert (result.status, result.verdict) == ("crashed", "inconclusive")
    assert result.criteria[0].verdict == "inconclusive"
    assert result.criteria[0].reason.startswith("0 so far, which proves nothing: the drill did not")


def test_a_recovery_that_is_met_by_the_drill_s_own_timer_is_told_first() -> None:
    """Where no criterion is on it, or it was missed, nothing is said; nor where somebody acted."""
    restored = Criterion("Service is restored", "time to recover", Comparator.AT_MOST, 60)
    at_once = replace(restored, limit=1)
    said = "The drill ended the fault itself after 8 s, and nobody responded."
    for criterion, expected in ((restored, [said]), (at_once, []), (LOST, [])):
        told = Told().fault(10).undone(18)
        told.tell(11, Kind.CRITERION, criterion.name, criterion.stated().data())
        samples = {**SAMPLES, "reads": lane("reads", 0, 40, [(10, 18)])}
        result = judge(ended(told.tell(39, Kind.LANES_ENDED)).seen(39, samples, FINAL))
        assert [each.sentence for each in notices(result)] == expected
        text = summary(result, "report.html")
        assert (said in text) == (said in render_incident(result)) == bool(expected)
    assert judge(seen(ended(whole_drill(restored)))).unanswered == ""


TELLING = st.lists(st.sampled_from(range(40)), unique=True).flatmap(st.permutations)


@settings(deadline=None)  # load decides how long it takes
@given(TELLING, st.booleans())
def test_every_order_and_every_subset_of_events_is_judged(
    chosen: list[int], finished: bool
) -> None:
    """Without an exception, and never met without a fault that took effect."""
    criteria = [
        Criterion(name, name, Comparator.AT_MOST, 1e9, "reads" if name == "availability" else "")
        for name in METRICS
    ]
    told = whole_drill(*criteria)
    told = ended(told) if finished else told
    start, *others = told.events
    kept = [others[index] for index in chosen if index < len(others)]
    moved = [
        Event(seq, ns(seq + 1), event.kind, event.text, event.data)
        for seq, event in enumerate(kept)
    ]
    for events in (kept, moved):
        result = judge(Observations(Timeline([start, *events]), SAMPLES, 2.0, ns(60), FINAL))
        kinds = {event.kind for event in events}
        assert result.verdict in ("met", "missed", "inconclusive")
        if result.verdict == "met":
            assert {Kind.FAULT_EFFECTIVE, Kind.DRILL_ENDED, Kind.CRITERION} <= kinds
        assert json.loads(result.model_dump_json())["id"] == "abc123"


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_judging_depends_on_what_happened_not_on_the_order_of_reading(
    order: random.Random,
) -> None:
    """The same facts give the same result."""
    told = ended(whole_drill(LOST, NOTICED))
    shuffled = list(told.events)
    order.shuffle(shuffled)
    again = Observations(Timeline(shuffled), SAMPLES, 2.0, ns(39), FINAL)
    assert judge(again) == judge(seen(told))


def test_an_unknown_metric_is_told_with_those_there_are() -> None:
    """A typing mistake in a feature is found before anything is touched."""
    with pytest.raises(PlanError, match=r"time to detect.*got 'time to detekt'"):
        metric("time to detekt")


def test_a_timeline_without_a_start_is_no_drill() -> None:
    """It is not judged."""
    with pytest.raises(JournalError, match="begins with the drill's start"):
        judge(Observations(Timeline([]), {}, 2.0, 0))


# --- from the directory ---------------------------------------------------------------------


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A crashed drill's directory: a start, a fault, five seconds of reads, a final read."""
    clock = ManualClock()
    journal = Journal(tmp_path / "drill", clock)
    journal.write(viewed(Kind.DRILL_STARTED, "it began", STARTED))
    clock.advance(10)
    at_ns = clock.monotonic_ns()
    journal.write(FaultEffective("it stopped", injection="i1", low_ns=at_ns, high_ns=at_ns))
    clock.advance(0.5)
    journal.write(NOTICED.stated())
    clock.advance(86400)
    journal.write(Attested(subject="Prevention", by="Ann"))
    journal.close()
    write_samples(journal.directory, lane("reads", 8, 13))
    (journal.directory / FINAL_READ).write_text('{"postgres": {"w1": 1}}')
    return journal.directory


def write_samples(directory: Path, samples: list[Sample]) -> None:
    rows = "".join(json.dumps(each.row()) + "\n" for each in samples)
    (directory / "samples" / "reads.jsonl").write_text(rows)


def test_what_a_directory_holds_is_observed(directory: Path) -> None:
    """Events, samples, final read and hold window."""
    found = observe(directory)
    assert len(found.samples["reads"]) == 51
    assert (found.final, found.hold) == ({"postgres": {"w1": 1}}, 2.0)


def test_a_crashed_drill_was_watched_until_its_last_sample(directory: Path) -> None:
    """Not until somebody attested something the next day: no limit passed in between."""
    assert observe(directory).watched() == pytest.approx(3.01)
    result = judge_directory(directory)
    assert result.criteria[0].verdict == "inconclusive"
    assert result.duration_s == pytest.approx(10.5)


def test_without_samples_it_was_watched_until_its_last_event(directory: Path) -> None:
    """Of the drill's own."""
    (directory / "samples" / "reads.jsonl").unlink()
    assert observe(directory).watched() == pytest.approx(0.5)


@pytest.mark.parametrize(
    "text", ["", '{"postgres": {"w1"', "null", "[]", '{"postgres": 7}', '{"a": {"b": null}}']
)
def test_a_torn_final_read_proves_nothing_and_stops_nothing(directory: Path, text: str) -> None:
    """The crash that tore it is no reason not to judge the rest."""
    (directory / FINAL_READ).write_text(text)
    assert observe(directory).final is None
    assert judge_directory(directory).data.lost is None


def test_judging_again_gives_the_same(directory: Path) -> None:
    """A year later, on another machine."""
    assert judge_directory(directory) == judge_directory(directory)


def test_samples_that_cannot_be_read_are_told_and_nothing_is_green(directory: Path) -> None:
    """Whatever the journal alone would say."""
    (directory / "samples" / "reads.jsonl").write_text("[1, 2]\n")
    result = judge_directory(directory)
    assert "row 1 is not what belongs there" in result.failed_parts["samples"]
    assert result.verdict == "inconclusive"
