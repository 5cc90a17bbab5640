"""What is measured of known outages, held against what is known of them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from drills.journal.sample import Lane, Outcome, Sample
from drills.judgement.calibration import (
    Accuracy,
    Compared,
    Row,
    accuracy,
    at_least,
    holds,
    is_expected,
    lateness,
    quantile,
    row_of,
)
from drills.judgement.outage import Instant
from drills.lifecycle.calibrating import QUICK, Planned, lane, plan
from drills.observers.calibration.truth import OutageKind, Stamp, Truth
from drills.units import NS
from tests.doubles.outages_known import Asked, truths_of

MS = 1_000_000
INTERVAL_MS = 10.0
EVEN = lane("even", timeout=0.25, slow=0.25)
PATIENT = lane("patient", timeout=2.0, slow=1.0)
OUTAGES = 240


def exact(ms: float) -> Stamp:
    return Stamp(round(ms * MS), round(ms * MS))


def told(low_ms: float, high_ms: float) -> Instant:
    return Instant.between(round(low_ms * MS), round(high_ms * MS))


def measured(asked: Lane, *, turns: bool = True, seed: int = 2) -> Accuracy:
    truths = truths_of(plan(OUTAGES, 5.0, seed=1))
    chance = random.Random(seed)
    return accuracy(Asked(asked, truths, chance, turns=turns).samples(), truths, asked)


def of(found: Accuracy, kind: OutageKind) -> Row:
    (row,) = (row for row in found.rows if row.kind == kind.value)
    return row


class TestTheLimit:
    """What sampling every 10 ms allows is reached, whatever the lane's time-out."""

    @pytest.mark.parametrize("asked", [QUICK, EVEN, PATIENT], ids=lambda each: each.name)
    def test_errors_and_bounds(self, asked: Lane) -> None:
        """Each outage is recorded, within its bounds; errors are those of the sampling alone."""
        found = measured(asked)
        assert (found.total.recorded, found.false) == (found.total.expected, 0)
        assert found.total.outside == 0
        assert found.total.width_ms is not None
        assert found.total.width_ms <= 1.5 * INTERVAL_MS
        for row in found.rows:
            if row.expected and row.kind != OutageKind.HALF.value:
                assert row.p95_ms is not None
                assert row.max_ms is not None
                assert row.p95_ms <= 9.0
                assert row.max_ms <= 15.0

    @pytest.mark.parametrize("asked", [QUICK, EVEN, PATIENT], ids=lambda each: each.name)
    def test_no_bias_of_the_time_out(self, asked: Lane) -> None:
        """A freeze is dated by what was sent, not by when nobody waited any longer."""
        found = measured(asked)
        for kind, most in ((OutageKind.KILL, 1.0), (OutageKind.FREEZE, 2.0)):
            bias = of(found, kind).bias_ms
            assert bias is not None
            assert abs(bias) <= most

    def test_a_freeze_ends_within_an_interval_and_a_half(self) -> None:
        """However long one is ready to wait: answers that had waited tell when it was over."""
        width = of(measured(PATIENT), OutageKind.FREEZE).width_ms
        assert width is not None
        assert width <= 1.5 * INTERVAL_MS

    @pytest.mark.parametrize("turns", [True, False])
    def test_half_of_the_instances(self, turns: bool) -> None:
        """By turns or by chance: who was served right before the first failure proves nothing."""
        row = of(measured(QUICK, turns=turns), OutageKind.HALF)
        assert (row.recorded, row.outside) == (row.expected, 0)
        assert row.expected >= 10

    def test_a_lane_at_its_cap_is_right_of_what_it_asked(self) -> None:
        """Requests that were never sent date no edge: no kill's bounds miss by that."""
        capped = replace(PATIENT, name="capped", in_flight=32)
        truths = truths_of([Planned(OutageKind.KILL, 0.1, 1.2), Planned(OutageKind.HOLE, 0.6, 1.2)])
        samples = Asked(capped, truths, random.Random(1)).samples()
        assert any(each.outcome is Outcome.DROPPED for each in samples)
        assert accuracy(samples, truths, capped).total.outside == 0


class TestComparing:
    def lane(self, *bad: int, count: int = 40) -> list[Sample]:
        """Requests every 10 ms, answered in 1 ms; those that are bad refused at once."""
        return [
            Sample(
                *("quick", n, n * 10 * MS, n * 10 * MS, n * 10 * MS + MS),
                Outcome.REFUSED if n in bad else Outcome.OK,
            )
            for n in range(count)
        ]

    def test_an_error_is_measured_minus_true(self) -> None:
        """Above 0 for too long."""
        truth = Truth(OutageKind.KILL, exact(95), exact(115))
        (row,) = accuracy(self.lane(10, 11), [truth], QUICK).rows
        assert row.recorded == 1
        # from 95.5 (between 90 and 101) to 115.5 (between 110 and 121)
        assert row.bias_ms == pytest.approx(0.0)
        assert row.width_ms == pytest.approx(11.0)

    def test_one_that_is_not_recorded_has_two_edges_outside(self) -> None:
        """So what nobody saw counts against the bounds as well."""
        truth = Truth(OutageKind.KILL, exact(95), exact(125))
        found = accuracy(self.lane(), [truth], QUICK)
        assert (found.total.recorded, found.total.outside, found.total.edges) == (0, 2, 2)

    def test_neighbours_that_were_merged_are_not_recorded(self) -> None:
        """Neither of them, as one outage is none of the two."""
        truths = [
            Truth(OutageKind.KILL, exact(95), exact(125)),
            Truth(OutageKind.KILL, exact(145), exact(175)),
        ]
        merged = accuracy(self.lane(*range(10, 18)), truths, QUICK)
        assert (merged.total.recorded, merged.total.outside) == (0, 4)
        apart = accuracy(self.lane(10, 11, 12, 15, 16, 17), truths, QUICK)
        assert (apart.total.recorded, apart.total.outside) == (2, 0)

    def test_one_in_two_pieces_is_not_recorded(self) -> None:
        """It was one."""
        truth = Truth(OutageKind.KILL, exact(95), exact(175))
        found = accuracy(self.lane(10, 11, 14, 15, 16, 17), [truth], QUICK)
        assert (found.total.recorded, found.total.outside) == (0, 2)

    def test_one_that_nobody_made_is_false(self) -> None:
        """And counts as that."""
        truth = Truth(OutageKind.KILL, exact(95), exact(115))
        assert accuracy(self.lane(10, 11, 30, 31), [truth], QUICK).false == 1

    def test_one_whose_own_edges_are_not_known_is_set_aside(self) -> None:
        """It proves nothing, and what was recorded of it is not false."""
        truth = Truth(OutageKind.KILL, Stamp(90 * MS, 93 * MS), exact(115))
        found = accuracy(self.lane(10, 11), [truth], QUICK)
        assert (found.set_aside, found.total.made, found.false) == (1, 0, 0)

    def test_an_edge_outside_its_bounds(self) -> None:
        """As far as the truth is known itself."""
        assert holds(told(10, 20), Stamp(20 * MS, 21 * MS))
        assert not holds(told(10, 20), Stamp(20 * MS + 1, 21 * MS))
        assert not holds(told(10, 20), Stamp(9 * MS, 10 * MS - 1))
        truth = Truth(OutageKind.KILL, exact(15), exact(40))
        assert Compared(truth, True, told(10, 20), told(41, 50)).outside == 1


@pytest.mark.parametrize(
    ("kind", "ms", "asked", "expected"),
    [
        (OutageKind.KILL, 20, QUICK, True),
        (OutageKind.KILL, 19, QUICK, False),
        (OutageKind.FREEZE, 40, QUICK, True),
        (OutageKind.FREEZE, 39, QUICK, False),
        (OutageKind.FREEZE, 900, PATIENT, False),
        (OutageKind.SLOW, 20, QUICK, True),
        (OutageKind.SLOW, 900, EVEN, False),
        (OutageKind.HALF, 199, QUICK, False),
        (OutageKind.HALF, 200, QUICK, True),
    ],
)
def test_what_fails_two_customers_in_a_row_must_be_recorded(
    kind: OutageKind, ms: float, asked: Lane, expected: bool
) -> None:
    """Who waited less than the limit was served: a shorter freeze is latency."""
    assert is_expected(Truth(kind, exact(0), exact(ms)), asked) is expected


class TestArithmetic:
    def test_a_row_sums_up(self) -> None:
        """The mean error has a sign, median, p95 and maximum have none; edges are counted."""
        errors = (-3.0, 1.0, 2.0, 8.0)
        truth = Truth(OutageKind.KILL, exact(100), exact(200))
        found = [
            Compared(truth, True, told(98, 102), told(198 + each, 202 + each)) for each in errors
        ]
        row = row_of("kill", [*found, Compared(truth, True), Compared(truth, False)])
        assert (row.made, row.expected, row.recorded) == (6, 5, 4)
        assert (row.edges, row.outside) == (10, 2 + 2)  # not recorded, and 3 and 8 ms off
        assert row.bias_ms == pytest.approx(2.0)
        assert (row.median_ms, row.p95_ms, row.max_ms) == pytest.approx((2.0, 8.0, 8.0))
        assert row.width_ms == pytest.approx(4.0)

    def test_quantiles_are_values(self) -> None:
        """Of twenty, the nineteenth is not exceeded by 95 %."""
        values = [float(each) for each in range(1, 21)]
        assert (quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1)) == (10, 19, 20)
        assert quantile([7.0], 0.5) == 7

    def test_the_chance_of_so_many(self) -> None:
        """Exactly: of the binomial distribution."""
        assert at_least(0, 10, 0.5) == 1.0
        assert at_least(10, 10, 0.5) == pytest.approx(0.5**10)
        assert at_least(1, 120, 0.005) == pytest.approx(1 - 0.995**120)

    @pytest.mark.parametrize(("outside", "hold"), [(0, True), (3, True), (4, False)])
    def test_bounds_hold_unless_chance_explains_it_no_more(self, outside: int, hold: bool) -> None:
        """Of 120 edges three may lie outside: of a hundred machines one would have four."""
        total = Row("all", 60, 60, 60, 120, outside)
        assert Accuracy((), total, 0, 0).bounds_hold is hold

    def test_lateness_is_of_sends(self) -> None:
        """In ms after they were due; nought for none."""
        late = [Sample("q", n, 0, n * MS, NS, Outcome.OK) for n in range(101)]
        assert lateness(late, 0.5) == pytest.approx(50, abs=1)
        assert lateness([], 0.5) == 0
