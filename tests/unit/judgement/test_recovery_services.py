"""How long services were away by the engine's word, where no customer is asked."""

from __future__ import annotations

import pytest

from drills.journal.observed import SERVICES
from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Kind
from drills.judgement.dwell import least_requests, too_short
from tests.doubles.observed import Told, interval, lane, measure, sample, unmeasured

NAME, ALL = "time to restore services", "time to recover"


def states(until: float, *bad: tuple[float, float, str]) -> dict[str, list[Sample]]:
    """Looks four times a second, at which these services were not well in these stretches."""
    looks = []
    for place in range(round(until * 4) + 1):
        due = place / 4
        flaws = sorted(name for low, high, name in bad if low <= due < high)
        outcome = Outcome.ERROR if flaws else Outcome.OK
        looks.append(sample(SERVICES, due, outcome, route=" ".join(flaws)))
    return {SERVICES: looks}


def watched() -> Told:
    return Told().tell(0, Kind.SERIES_STARTED, series=SERVICES, what="service").fault(10)


@pytest.mark.parametrize("name", [NAME, ALL])
def test_services_are_back_when_all_run_for_the_hold_window(name: str) -> None:
    """Without a journey, that is what service is restored by, too."""
    seen = watched().undone(30).seen(40, states(40, (10, 12, "worker"), (10, 14, "web")))
    found = interval(name, seen)
    assert (found.low, found.high) == pytest.approx((3.75, 4.01), abs=0.02)


def test_of_one_service_the_others_do_not_count() -> None:
    """A name that another one's begins with is another one."""
    bad = ((10, 12, "web"), (10, 20, "web-2"))
    seen = watched().undone(30).seen(40, states(40, *bad))
    assert interval(NAME, seen, "web").high == pytest.approx(2.01, abs=0.02)
    assert interval(NAME, seen, "web-2").high == pytest.approx(10.01, abs=0.02)


def test_what_the_engine_never_saw_suffer_is_not_measured() -> None:
    """A worker that hangs runs, and so does one that nobody harmed: it is no good news."""
    seen = watched().undone(20).seen(40, states(40))
    for name, subject in ((NAME, ""), (ALL, ""), (NAME, "web")):
        assert "seen to suffer" in unmeasured(name, seen, subject).reason


def test_a_service_that_stays_away_exceeds_the_time_watched() -> None:
    """So a limit below that is missed."""
    found = unmeasured(NAME, watched().seen(40, states(40, (10, 41, "web"))))
    assert found.at_least == pytest.approx(30, abs=0.1)


def test_of_a_look_that_failed_nothing_is_known() -> None:
    """Neither that the one service is well nor that it is not: it is not back by then."""
    samples = states(40, (10, 12, "web"))
    samples[SERVICES][52] = sample(SERVICES, 13, Outcome.DROPPED)
    found = interval(NAME, watched().undone(30).seen(40, samples), "web")
    assert found.high == pytest.approx(3.26, abs=0.02)


def test_what_came_back_only_with_the_undo_says_so() -> None:
    """It is nobody's merit."""
    seen = watched().undone(30).seen(40, states(40, (10, 30.1, "web")))
    assert "the drill ended the fault itself" in str(measure(NAME, seen))


def test_where_a_journey_is_asked_service_is_restored_by_its_answers() -> None:
    """The states of services are an answer to another question."""
    samples = states(40, (10, 14, "web")) | {"reads": lane("reads", 0, 40, [(10, 11)])}
    seen = watched().undone(30).seen(40, samples)
    assert interval(ALL, seen).high == pytest.approx(1.01, abs=0.02)
    assert interval(NAME, seen).high == pytest.approx(4.01, abs=0.02)


def test_no_request_has_to_be_due_where_services_are_all_that_is_watched() -> None:
    """The hold window still has to pass, and without either nothing is proven."""
    told = Told(requests=20).tell(0, Kind.SERIES_STARTED, series=SERVICES, what="service")
    told.fault(10).undone(15)
    seen = told.seen(40, states(40))
    assert (least_requests(seen), too_short(seen)) == (0, "")
    assert too_short(Told(requests=20).fault(10).undone(15).seen(40, {}))
