"""The product's claim: the truth lies inside the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.sample import Outcome, Sample
from drills.judgement.held import all_held_from, held_from
from drills.judgement.outage import Instant, OutageSpan, good, outages, usual_ns
from drills.units import NS
from tests.doubles.observed import lane, ns, sample

MS = 1_000_000
SLOW = 300 * MS


@dataclass(frozen=True)
class World:
    """A service that is out between two instants, asked by a lane; all in nanoseconds.

    ``latencies`` are the service times of the requests in turn, ``delays`` how late each is sent.
    """

    begin: int
    end: int
    every: int
    latencies: Sequence[int]
    delays: Sequence[int]

    def asked(self, kind: str, timeout: int, until: int) -> list[Sample]:
        """What the lane sees of it."""
        answer = {"refuse": self._refused, "hang": self._hung}[kind]
        found = []
        for seq, due in enumerate(range(0, until, self.every)):
            sent = due + self.delays[seq % len(self.delays)]
            ended, outcome = answer(sent, self.latencies[seq % len(self.latencies)], due + timeout)
            if outcome is Outcome.OK and ended - due > SLOW:
                outcome = Outcome.SLOW
            found.append(Sample("reads", seq, due, sent, ended, outcome))
        return found

    def _refused(self, sent: int, latency: int, _deadline: int) -> tuple[int, Outcome]:
        if self.begin <= sent < self.end:
            return sent + 1, Outcome.REFUSED
        if sent < self.begin < sent + latency:
            return self.begin, Outcome.RESET  # under way when the server died
        return sent + latency, Outcome.OK

    def _hung(self, sent: int, latency: int, deadline: int) -> tuple[int, Outcome]:
        ended = sent + latency
        if sent < self.end and ended > self.begin:
            left = ended - max(sent, self.begin)
            ended = self.end + left  # it is frozen with the service, and goes on with it
        if ended > deadline:
            return max(deadline, sent), Outcome.TIMEOUT
        return ended, Outcome.OK


@st.composite
def worlds(draw: st.DrawFn, *, steady: bool, timeout: int = 0) -> World:
    """Outages that a lane at 10 to 100 requests a second can see: more than a time-out long.

    With ``steady`` latencies answers may overlap; else they come in the order of the requests.
    """
    every = draw(st.integers(10, 100)) * MS
    begin = draw(st.integers(20 * every, 40 * every))
    usual = draw(st.integers(1, 2 * every))
    return World(
        begin=begin,
        end=begin + timeout + 8 * every + draw(st.integers(0, 60 * every)),
        every=every,
        latencies=[usual] if steady else draw(st.lists(st.integers(1, every // 2), min_size=1)),
        delays=draw(st.lists(st.integers(0, every // 2), min_size=1, max_size=5)),
    )


def only(spans: list[OutageSpan]) -> OutageSpan:
    assert len(spans) == 1
    return spans[0]


def inside(instant: Instant | None, truth: int) -> bool:
    return instant is not None and instant.low_ns <= truth <= instant.high_ns


@given(worlds(steady=False))
def test_the_truth_of_a_refusing_service_is_inside(world: World) -> None:
    """It dies and comes back: both true instants lie within the estimated ones."""
    samples = world.asked("refuse", 500 * MS, world.end + 20 * world.every)
    span = only(outages(samples))
    assert inside(span.start, world.begin)
    assert inside(span.end, world.end)


@given(worlds(steady=True, timeout=NS))
def test_the_truth_of_a_hanging_service_is_inside(world: World) -> None:
    """It freezes and thaws: requests that were under way hang too, and some outlive the outage."""
    samples = world.asked("hang", NS, world.end + 3 * NS)
    span = only(outages(samples))
    assert inside(span.start, world.begin)
    assert inside(span.end, world.end)


@given(worlds(steady=True, timeout=2 * NS))
def test_a_hang_is_not_stamped_when_it_was_noticed(world: World) -> None:
    """A time-out of two seconds does not make the outage start two seconds late."""
    span = only(outages(world.asked("hang", 2 * NS, world.end + 4 * NS)))
    assert span.start.high_ns - world.begin <= 3 * world.every + 2 * world.latencies[0]


@given(worlds(steady=False))
def test_an_outage_that_is_not_over_has_no_end(world: World) -> None:
    """Watching ended first: how long it lasted is not known."""
    samples = [s for s in world.asked("refuse", NS, world.end + 1) if s.sent_ns < world.end]
    span = only(outages(samples))
    assert span.end is None
    assert inside(span.start, world.begin)


def test_one_failure_is_a_blip() -> None:
    """Two in a row are an outage, at the least."""
    samples = lane("reads", 0, 5, [(1.0, 1.05), (2.0, 2.15)])
    (span,) = outages(samples)
    assert span.failures == 2
    assert span.start.low_ns == ns(1.9)
    assert len(outages(samples, at_least=1)) == 2


def test_slow_and_dropped_are_failures_too() -> None:
    """Late beyond the limit is no success, and what could not be sent was not served."""
    samples = [sample("reads", 0), sample("reads", 1, Outcome.SLOW, took=0.5)]
    samples += [sample("reads", 2, Outcome.DROPPED, took=0), sample("reads", 3)]
    (span,) = outages(samples)
    assert span.failures == 2
    assert span.start.low_ns == ns(0)
    assert ns(1) <= span.start.high_ns <= ns(1.01)
    assert span.end == Instant.between(ns(1), ns(3.01))  # of the one never sent nothing is known


def test_an_outage_of_which_nothing_was_asked_is_none() -> None:
    """Whoever asks stood still: the requests failed, and the system is not said to be down."""
    samples = [sample("reads", n, Outcome.DROPPED, took=0) for n in (1, 2, 3)]
    samples = [sample("reads", 0), *samples, sample("reads", 4)]
    assert outages(samples) == []


def test_an_outage_is_over_with_the_answer_that_came_first() -> None:
    """Whoever asked first: behind a black hole a first packet is sent again, seconds later."""
    samples = [sample("reads", n / 10) for n in range(10)]
    samples += [sample("reads", 1 + n / 10, Outcome.TIMEOUT, took=2) for n in range(5)]
    samples += [sample("reads", 1.5, took=1.0), sample("reads", 1.6, took=0.01)]
    (span,) = outages(samples)
    assert span.end == Instant.between(ns(1.4), ns(1.61))


def test_answers_that_had_waited_date_the_end_to_within_a_request() -> None:
    """Not to within all the time that one was ready to wait."""
    samples = [sample("reads", n / 10) for n in range(10)]
    samples += [sample("reads", 1 + n / 10, Outcome.TIMEOUT, took=2) for n in range(5)]
    samples += [sample("reads", 1.5 + n / 10, took=1.5 - n / 10) for n in range(15)]
    (span,) = outages(samples)
    assert span.end is not None
    assert span.end.low_ns == ns(2.9)
    assert span.end.low_ns < span.end.ns <= span.end.high_ns == ns(3.0)


def test_answers_that_waited_through_the_beginning_belong_to_the_outage() -> None:
    """With as many in flight as may be, the next ones were never sent, and alone failed."""
    samples = [sample("reads", n / 10) for n in range(10)]
    samples += [sample("reads", 1 + n / 10, took=0.8 - n / 10) for n in range(4)]
    samples += [sample("reads", 1.4 + n / 10, Outcome.DROPPED, took=0) for n in range(4)]
    samples += [sample("reads", 1.9)]
    (span,) = outages(samples)
    assert (span.start.low_ns, span.start.high_ns) == (ns(0.9), ns(1.01))
    assert span.end is not None
    assert span.end.high_ns == ns(1.8)


def test_without_a_good_answer_before_it_the_start_is_when_it_was_asked() -> None:
    """A lane that never saw anything else knows no more."""
    (span,) = outages(lane("reads", 0, 1, [(0, 0.5)]))
    assert span.start.low_ns == ns(0)


def test_the_usual_answer_is_the_slow_ones_not_the_slowest() -> None:
    """The 99th percentile of a hundred; of fewer the slowest; of none nothing."""
    samples = [sample("reads", n, took=0.001 * (n + 1)) for n in range(100)]
    assert usual_ns(samples) == 99 * MS
    assert usual_ns(samples[:10]) == 10 * MS
    assert usual_ns([]) == 0


INSTANTS = st.builds(Instant.between, st.integers(0, 50), st.integers(0, 50))


@given(st.lists(INSTANTS, min_size=1, max_size=4), st.data())
def test_the_first_and_the_last_of_several_keep_the_truth(
    instants: list[Instant], data: st.DataObject
) -> None:
    """Wherever each truly lies within its bounds."""
    truths = [data.draw(st.integers(i.low_ns, i.high_ns)) for i in instants]
    assert inside(Instant.earliest(instants), min(truths))
    assert inside(Instant.latest(instants), max(truths))


# --- held windows ---------------------------------------------------------------------------

LANES = st.lists(st.booleans(), max_size=25).map(
    lambda oks: [
        Sample("reads", n, n * 10, n * 10, n * 10 + 3, Outcome.OK if ok else Outcome.ERROR)
        for n, ok in enumerate(oks)
    ]
)
SHIFTS = st.integers(0, 9)


def shifted(samples: list[Sample], by: int) -> list[Sample]:
    return [
        Sample(s.lane, s.seq, s.intended_ns + by, s.sent_ns + by, s.ended_ns + by, s.outcome)
        for s in samples
    ]


def holds(samples: list[Sample], begin: int, hold: int) -> bool:
    """Whether a lane was watched and well in a window: the definition, word for word."""
    due = [s for s in samples if s.intended_ns >= begin]
    if not due:
        return False
    window = [s for s in due if s.intended_ns < due[0].intended_ns + hold]
    watched = due[-1].intended_ns >= due[0].intended_ns + hold
    last = next((s for s in due if s.intended_ns >= due[0].intended_ns + hold), None)
    return watched and last is not None and good(last) and all(map(good, window))


def reference(lanes: list[list[Sample]], after: int, hold: int) -> int | None:
    """The first instant from which every lane holds, tried one by one."""
    if not lanes or not all(lanes):
        return None
    first = max(after, *(samples[0].intended_ns for samples in lanes))
    for begin in range(first, 300):
        if all(holds(samples, begin, hold) for samples in lanes):
            return begin
    return None


@given(st.lists(st.tuples(LANES, SHIFTS), max_size=3), st.integers(0, 120), st.integers(0, 60))
def test_a_held_window_is_the_first_one_that_a_search_finds(
    drawn: list[tuple[list[Sample], int]], after: int, hold: int
) -> None:
    """For one lane and for several: there is one where there is one, and its bounds hold it."""
    lanes = [shifted(samples, by) for samples, by in drawn]
    found = all_held_from(lanes, after_ns=after, hold=hold / NS)
    begin = reference(lanes, after, hold)
    assert (found is None) == (begin is None)
    if found is not None and begin is not None:
        bounds = [bounds_of(samples, begin) for samples in lanes]
        assert found.low_ns == max(after, *(low for low, _ in bounds))
        assert found.high_ns == max(after, *(high for _, high in bounds))
        assert found.low_ns <= found.ns <= found.high_ns


def bounds_of(samples: list[Sample], begin: int) -> tuple[int, int]:
    """The send of the last failure before a window, and the end of the first answer after it."""
    bad = [s for s in samples if not good(s) and s.intended_ns < begin]
    first = next(s for s in samples if not bad or s.intended_ns > bad[-1].intended_ns)
    return (bad[-1].sent_ns if bad else 0), first.ended_ns


@given(LANES, st.integers(0, 120), st.integers(0, 60))
def test_one_lane_is_a_group_of_one(samples: list[Sample], after: int, hold: int) -> None:
    """Both questions have the same answer."""
    one = held_from(samples, after_ns=after, hold=hold / NS)
    assert one == all_held_from([samples], after_ns=after, hold=hold / NS)


@given(worlds(steady=False), worlds(steady=False), st.integers(0, 10))
def test_the_true_recovery_of_several_lanes_is_inside(
    one: World, other: World, before: int
) -> None:
    """The later of the two true ends, or the moment asked about where that is later still."""
    until = max(one.end, other.end) + 4 * NS
    lanes = [world.asked("refuse", NS, until) for world in (one, other)]
    for samples in lanes:
        only(outages(samples, at_least=1))
    after = max(one.begin, other.begin) + before * one.every
    found = all_held_from(lanes, after_ns=after, hold=1.0)
    assert inside(found, max(one.end, other.end, after))


def test_a_lane_that_was_well_all_along_is_well_from_the_moment_asked_about() -> None:
    """No interval where there is no doubt."""
    found = held_from(lane("reads", 0, 10), after_ns=ns(3), hold=2.0)
    assert found == Instant.at(ns(3))


def test_a_failure_just_before_leaves_the_start_in_doubt() -> None:
    """The next answer is good, but since when is only known to lie before its end."""
    found = held_from(lane("reads", 0, 10, [(1, 3)]), after_ns=ns(2.95), hold=2.0)
    assert found == Instant.between(ns(2.95), ns(3.01))


def test_a_lane_that_was_not_watched_before_leaves_the_start_in_doubt() -> None:
    """What nobody saw is not taken for granted."""
    found = held_from(lane("reads", 4, 10), after_ns=ns(3), hold=2.0)
    assert found == Instant.between(ns(3), ns(4.01))


@pytest.mark.parametrize("lanes", [[], [[]], [lane("reads", 0, 10), []]])
def test_without_samples_nothing_held(lanes: list[list[Sample]]) -> None:
    """No data is no success."""
    assert all_held_from(lanes, after_ns=0, hold=1.0) is None


def test_a_window_that_was_not_watched_to_its_end_does_not_count() -> None:
    """One second of two proves nothing."""
    assert held_from(lane("reads", 0, 1.9), after_ns=ns(0), hold=2.0) is None
    assert held_from(lane("reads", 0, 2.0), after_ns=ns(0), hold=2.0) is not None


def test_a_stamp_has_an_error_on_both_sides() -> None:
    """In nanoseconds; none where none is given."""
    assert Instant.at(100, 7) == Instant(100, 93, 107)
    assert Instant.at(100) == Instant(100, 100, 100)
