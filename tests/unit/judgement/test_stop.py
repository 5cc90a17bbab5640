"""Stop conditions: pure questions of what was observed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.observed import LEDGER, REPLICATION
from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Event, Json, Kind, Timeline
from drills.judgement.stop import StopConditions, conditions_of, met
from tests.doubles.observed import Told, lane, ns, sample

FAULT = 10.0
TIMEOUT = 2.0
NONE = StopConditions(after=None, failed_share=None, lost_writes=None)
FAILING = StopConditions(after=None, failed_share=0.5, over=10, lost_writes=None)
FULL = FAULT + FAILING.over + TIMEOUT  # when the first whole window of the fault is answered


def told(*lanes: str, begun: float = 1.0) -> Told:
    """A drill whose lanes began, and whose fault took effect."""
    events = Told()
    for name in lanes or ("reads",):
        events.tell(begun, Kind.LANE_STARTED, lane=name, timeout=TIMEOUT)
    return events.fault(FAULT)


class TestTime:
    @pytest.mark.parametrize(("until", "stops"), [(59.9, False), (60, True), (61, True)])
    def test_a_drill_may_take_so_long(self, until: float, stops: bool) -> None:
        """Counted from its start, whatever happens in it."""
        found = met(StopConditions(after=60, failed_share=None), Told().seen(until=until))
        assert bool(found) is stops
        assert not stops or found == "the drill has taken 60 s, which is as long as it may"

    def test_a_bound_of_the_command_line_takes_the_place_of_the_manifest_s(self) -> None:
        """The other conditions stay."""
        assert conditions_of(StopConditions(after=9, lost_writes=3), 5) == StopConditions(
            after=5, lost_writes=3
        )
        assert conditions_of(StopConditions(after=9), None) == StopConditions(after=9)

    def test_nothing_stops_what_has_no_start(self) -> None:
        """A journal that was cut before its first line."""
        assert met(StopConditions(after=1), Told().seen(until=0)) == ""


class TestFailures:
    def test_a_share_of_one_journey_s_requests_over_the_window(self) -> None:
        """Named with its numbers."""
        samples = {"reads": lane("reads", 1, FULL, [(FAULT, FULL)])}
        found = met(FAILING, told().seen(FULL, samples))
        assert found == "100 of 100 requests of journey reads failed over 10 s, the bound is 50 %"

    @pytest.mark.parametrize(("good", "stops"), [(4.9, True), (5, True), (5.1, False)])
    def test_the_bound_itself_stops(self, good: float, stops: bool) -> None:
        """Half of the requests failed: that is what was not to happen."""
        samples = {"reads": lane("reads", 1, FULL, [(FAULT + 0.05, FAULT + 10.05 - good)])}
        assert bool(met(FAILING, told().seen(FULL, samples))) is stops

    def test_a_window_that_began_before_the_fault_does_not_count(self) -> None:
        """What failed before is not the fault's doing."""
        samples = {"reads": lane("reads", 1, FULL, [(0, FULL)])}
        assert met(FAILING, told().seen(FULL - 0.1, samples)) == ""

    def test_a_lane_that_was_not_asked_for_a_whole_window_does_not_count(self) -> None:
        """Two failures of a workload that only begins are no share of anything."""
        samples = {"reads": lane("reads", FAULT + 5, FULL, [(0, FULL)])}
        assert met(FAILING, told(begun=FAULT + 5).seen(FULL, samples)) == ""
        later = FULL + 5
        samples = {"reads": lane("reads", FAULT + 5, later, [(0, later)])}
        assert met(FAILING, told(begun=FAULT + 5).seen(later, samples))

    def test_requests_that_may_still_be_answered_do_not_count(self) -> None:
        """Of those due lately only the quick ones have ended, and they are not like the others."""
        due = FULL - TIMEOUT
        answered = lane("reads", 1, due, [(FAULT, FAULT + 4.9)])
        early = lane("reads", due + 0.1, FULL, [(0, FULL)])
        assert met(FAILING, told().seen(FULL, {"reads": answered + early})) == ""

    def test_slow_and_hung_requests_failed(self) -> None:
        """A customer who waits has not got what they came for."""
        for outcome in (Outcome.SLOW, Outcome.TIMEOUT, Outcome.WRONG):
            samples = lane("reads", 1, FULL, [(FAULT, FULL)], outcome=outcome)
            assert met(FAILING, told().seen(FULL, {"reads": samples}))

    def test_no_fault_in_effect_no_stop(self) -> None:
        """Not before one, and not after it was undone: then the system is coming back."""
        samples = {"reads": lane("reads", 1, 60, [(0, 60)])}
        unbroken = Told().tell(1, Kind.LANE_STARTED, lane="reads", timeout=TIMEOUT)
        assert met(FAILING, unbroken.seen(60, samples)) == ""
        undone = told().tell(30, Kind.UNDO_VERIFIED, injection="i1")
        assert met(FAILING, undone.seen(60, samples)) == ""
        again = undone.fault(35, injection="i2")
        assert met(FAILING, again.seen(46, samples)) == ""
        assert met(FAILING, again.seen(47, samples))

    def test_one_journey_is_enough_and_replication_is_none(self) -> None:
        """The others do not make up for it; losing a replica is the drill's purpose."""
        bad, well = lane("exports", 1, FULL, [(FAULT, FULL)]), lane("reads", 1, FULL)
        found = met(FAILING, told("reads", "exports").seen(FULL, {"reads": well, "exports": bad}))
        assert "journey exports" in found
        replica = lane(REPLICATION, 1, FULL, [(FAULT, FULL)])
        assert met(FAILING, told("reads", REPLICATION).seen(FULL, {REPLICATION: replica})) == ""


class TestLostWrites:
    @pytest.mark.parametrize(
        ("bound", "missing", "stops"), [(0, 0, False), (0, 1, True), (2, 2, False)]
    )
    def test_more_than_the_bound_stops(self, bound: int, missing: int, stops: bool) -> None:
        """The bound itself is allowed: with 0, not one write may be missing."""
        seen = Told().tell(5, Kind.OBSERVED, observer=LEDGER, missing=missing).seen(6)
        found = met(StopConditions(after=None, lost_writes=bound), seen)
        assert bool(found) is stops

    @pytest.mark.parametrize("kind", [Kind.RESTORE_BEGUN, Kind.PROMOTED])
    def test_what_a_restore_or_a_promotion_gives_up_does_not_stop(self, kind: Kind) -> None:
        """From when it is begun: what was missing before that stops as ever."""
        conditions = StopConditions(after=None, failed_share=None, lost_writes=0)
        given_up = {"database": "erp", "file": "/b", "node": "other", "service": "other"}
        told = Told().tell(5, kind, "", given_up)
        told.tell(6, Kind.OBSERVED, observer=LEDGER, missing=3, altered=0)
        assert met(conditions, told.seen()) == ""
        late = Told().tell(4, Kind.OBSERVED, observer=LEDGER, missing=1, altered=0)
        late.tell(5, kind, "", given_up)
        assert "1 acknowledged write is missing" in met(conditions, late.seen())

    def test_it_says_how_many(self) -> None:
        """In the singular too."""
        seen = Told().tell(5, Kind.OBSERVED, observer=LEDGER, missing=1).seen(6)
        found = met(StopConditions(), seen)
        assert found == "1 acknowledged write is missing on the primary, the bound is 0"

    def test_what_others_observed_is_not_meant(self) -> None:
        """Only the ledger's audit counts writes."""
        seen = Told().tell(5, Kind.OBSERVED, observer="replication", missing=9).seen(6)
        assert met(StopConditions(), seen) == ""


def test_each_condition_can_be_left_out() -> None:
    """With none of them a drill goes on whatever happens."""
    events = told().tell(12, Kind.OBSERVED, observer=LEDGER, missing=9)
    samples = {"reads": lane("reads", 1, 9_000, [(0, 9_000)], every=1)}
    seen = events.seen(9_000, samples)
    assert met(NONE, seen) == ""
    assert met(StopConditions(failed_share=None, lost_writes=None), seen)
    assert met(StopConditions(after=None, lost_writes=None), seen)
    assert met(StopConditions(after=None, failed_share=None), seen)


def test_the_conditions_in_words() -> None:
    """As a plan and a reader want them."""
    assert StopConditions().words() == [
        "the drill has taken 15 min",
        "80 % of a journey's requests due in 30 s failed, with a fault in effect",
        "more than 0 acknowledged writes are missing or altered on the primary",
    ]
    assert NONE.words() == []


FACTS: st.SearchStrategy[dict[str, Json]] = st.dictionaries(
    st.sampled_from(["injection", "lane", "timeout", "missing", "observer", "high_ns"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=True),
        st.sampled_from(["i1", "reads", LEDGER]),
    ),
)
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 99),
        st.integers(-(2**40), 2**40),
        st.sampled_from(list(Kind)),
        st.just("x"),
        FACTS,
    ),
    max_size=12,
)
OUTCOMES = st.lists(st.sampled_from(list(Outcome)), min_size=120, max_size=120)


class TestProperties:
    @given(EVENTS, st.integers(-(2**40), 2**40))
    def test_every_history_has_an_answer(self, events: list[Event], until_ns: int) -> None:
        """Whatever a journal holds, in whatever order."""
        seen = Told().seen()
        odd = type(seen)(Timeline(events), {"reads": lane("reads", 1, 5)}, 2.0, until_ns)
        assert isinstance(met(StopConditions(), odd), str)

    @given(OUTCOMES, st.randoms(use_true_random=False))
    def test_a_better_answer_never_stops_a_drill(
        self, outcomes: list[Outcome], chance: random.Random
    ) -> None:
        """What is not stopped goes on with one failure less."""
        samples = _lane(outcomes)
        better = samples.copy()
        index = chance.randrange(len(better))
        better[index] = _as(better[index], Outcome.OK)
        if not met(FAILING, told().seen(FULL, {"reads": samples})):
            assert not met(FAILING, told().seen(FULL, {"reads": better}))

    @given(OUTCOMES, st.floats(0.01, 1), st.floats(0.01, 1))
    def test_a_wider_bound_never_stops_sooner(
        self, outcomes: list[Outcome], one: float, other: float
    ) -> None:
        """Of two shares the larger one stops only where the smaller one does."""
        seen = told().seen(FULL, {"reads": _lane(outcomes)})
        narrow, wide = (
            StopConditions(after=None, failed_share=share, over=10)
            for share in sorted((one, other))
        )
        assert not met(wide, seen) or met(narrow, seen)

    @given(OUTCOMES)
    def test_the_share_is_counted_as_availability_is(self, outcomes: list[Outcome]) -> None:
        """Against a count by hand of the hundred requests in the window."""
        samples = _lane(outcomes)
        window = [s for s in samples if ns(FAULT) < s.intended_ns <= ns(FAULT + 10)]
        assert len(window) == 100
        failed = sum(s.outcome is not Outcome.OK for s in window)
        assert bool(met(FAILING, told().seen(FULL, {"reads": samples}))) is (failed >= 50)


def _lane(outcomes: list[Outcome]) -> list[Sample]:
    return [
        sample("reads", FAULT - 0.95 + index / 10, outcome)
        for index, outcome in enumerate(outcomes)
    ]


def _as(one: Sample, outcome: Outcome) -> Sample:
    return Sample(one.lane, one.seq, one.intended_ns, one.sent_ns, one.ended_ns, outcome)
