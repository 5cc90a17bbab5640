"""Who would have been told, where no incident says what announces it."""

from __future__ import annotations

import pytest

from drills.journal.facts import Signal
from drills.journal.timeline import Json, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from drills.judgement.telling import NO_ALERTS, NOBODY, nobody, told
from drills.judgement.verdict import Unmeasured, Verdict
from drills.judgement.verdict import judge as judged
from tests.doubles.observed import Told, interval, measure, unmeasured

DETECT = "time to detect"
BY_ALERTS: dict[str, Json] = {"alertmanager": "alerts that are sent to oncall.internal:9095"}
BY_LOG: dict[str, Json] = {"log": "the log pattern oom of worker"}
SERVICES: dict[str, Json] = {"web": "app", "app": "db", "db": "", "mailer": ""}


def drill(told_by: dict[str, Json], *, services: bool = False, **changes: Json) -> Told:
    """A drill of no incident, in which these tell somebody."""
    started: dict[str, Json] = {
        "alerts": [],
        "incident": "",
        "names_told": True,
        "told_by": told_by,
        **changes,
    }
    found = Told(**started)
    return found.tell(1, Kind.STACK_READY, depends_on=SERVICES) if services else found


def signal(found: Told, at: float, **data: Json) -> Told:
    """Something that somebody hears of, and that is wrong."""
    facts: dict[str, Json] = {"detector": "log", "name": "oom", "state": "seen", "error_ns": 0}
    return found.tell(at, Kind.SIGNAL, "oom", {**facts, "wrong": True, "heard": True, **data})


def of(found: Told, at: float, name: str = "Any", state: str = "firing", **labels: Json) -> Told:
    """An alert with labels."""
    facts: dict[str, Json] = {
        "detector": "alertmanager",
        "name": name,
        "state": state,
        "error_ns": 0,
    }
    return found.tell(at, Kind.SIGNAL, f"alert {name} {state}", facts, labels=labels)


def verdict(seen: Observations, limit: float) -> Verdict:
    criterion = Criterion("we notice", DETECT, Comparator.AT_MOST, limit)
    return judged(criterion, measure(DETECT, seen))


def reason(seen: Observations) -> str:
    return unmeasured(DETECT, seen).reason


class TestFirst:
    def test_any_alert_tells_where_alerts_reach_somebody(self) -> None:
        """Whatever it is called: no incident says which."""
        found = interval(DETECT, of(drill(BY_ALERTS).fault(10), 13).seen())
        assert found.value == 3

    def test_the_first_of_all_that_tell_counts(self) -> None:
        """With its own error."""
        seen = of(signal(drill(BY_LOG | BY_ALERTS).fault(10), 12, error_ns=500_000_000), 13)
        found = interval(DETECT, seen.seen())
        assert (found.value, found.low, found.high) == (2, 1.5, 2.5)
        first = told(seen.seen())
        assert isinstance(first, Signal)
        assert first.detector == "log"

    def test_what_nobody_hears_of_tells_nobody(self) -> None:
        """A health check that nobody looks at, a pattern without tells; nor what is well."""
        found = drill(BY_ALERTS).fault(10)
        signal(found, 11, heard=False)
        signal(found, 12, wrong=False)
        of(found, 13, state="resolved")
        assert unmeasured(DETECT, found.seen(60)).at_least == 50
        assert "nothing told anybody, of alerts that are sent to" in reason(found.seen(60))

    def test_nothing_that_was_so_before_counts(self) -> None:
        """A heartbeat is sent again and again, and a miss stays a miss."""
        found = of(of(drill(BY_ALERTS), 5, "Watchdog").fault(10), 12, "Watchdog")
        assert verdict(found.seen(60), 49) is Verdict.MISSED
        of(of(found, 13, "Watchdog", "resolved"), 15, "Watchdog")
        assert interval(DETECT, found.seen(60)).value == 5

    def test_a_line_that_was_there_before_says_nothing_for_certain(self) -> None:
        """It may tell of the fault, or may not: it is not measured."""
        found = signal(signal(drill(BY_LOG), 5).fault(10), 12).seen(60)
        assert unmeasured(DETECT, found).at_least is None
        assert "so it did before the fault" in reason(found)

    def test_what_the_engine_tells_of_the_undo_tells_of_no_fault(self) -> None:
        """The drill itself starts and stops containers then."""
        died: dict[str, Json] = {"detector": "engine", "name": "app die", "state": "die"}
        by_engine: dict[str, Json] = {"engine": "die of a container of any service"}
        late = signal(drill(by_engine).fault(10).undone(20), 21, **died)
        assert unmeasured(DETECT, late.seen(60)).at_least == 50
        early = signal(drill(by_engine).fault(10), 12, **died).undone(20)
        assert interval(DETECT, early.seen(60)).value == 2


class TestWhose:
    @pytest.mark.parametrize("service", ["db", "app", "web", "billing", ""])
    def test_the_fault_s_service_and_what_depends_on_it_count(self, service: str) -> None:
        """Through others too; a name that is no service of the stack says nothing."""
        found = drill(BY_ALERTS, services=True).fault(10, service="db")
        assert interval(DETECT, of(found, 12, service=service).seen()).value == 2

    def test_what_has_nothing_to_do_with_it_is_not_known_to_tell(self) -> None:
        """Neither met nor missed: somebody was told, of something else as far as is known."""
        found = of(drill(BY_ALERTS, services=True).fault(10, service="db"), 12, service="mailer")
        assert unmeasured(DETECT, found.seen(60)).at_least is None
        assert "mailer does not depend on what was broken" in reason(found.seen(60))
        assert interval(DETECT, signal(found, 14, service="app").seen(60)).value == 4

    def test_a_part_of_what_is_broken_does_not_count_for_the_other_way_round(self) -> None:
        """The database is not told of by what depends on nothing of it."""
        found = drill(BY_LOG, services=True).fault(10, service="web")
        assert "db does not depend" in reason(signal(found, 12, service="db").seen(60))

    def test_both_ends_of_a_link_are_broken(self) -> None:
        """The fault says which."""
        found = drill(BY_LOG, services=True)
        intended: dict[str, Json] = {"injection": "i1", "fault": "partition", "service": "db"}
        found.tell(9, Kind.FAULT_INTENDED, "partition: db and mailer", intended)
        seen = signal(found.fault(10, service="db"), 12, service="mailer").seen()
        assert interval(DETECT, seen).value == 2

    def test_without_a_word_on_dependencies_every_service_counts(self) -> None:
        """As in an older journal, or a stack that a conftest brings."""
        found = signal(drill(BY_LOG).fault(10, service="db"), 12, service="mailer")
        assert interval(DETECT, found.seen()).value == 2


class TestNobody:
    def test_that_nothing_would_tell_anybody_is_not_measured_and_told(self) -> None:
        """Never met, and never missed by a system that may be watched by what nobody named."""
        seen = drill({}).fault(10).seen(600)
        assert reason(seen) == NOBODY
        assert verdict(seen, 1) is Verdict.INCONCLUSIVE
        assert judge(seen).untold == NOBODY

    def test_a_named_alert_reaches_nobody_without_pager_or_webhook(self) -> None:
        """Whatever else tells somebody; with one it is waited for, and missed."""
        seen = drill(BY_LOG).fault(10).seen(600)
        assert unmeasured(DETECT, seen, "Late") == Unmeasured(NO_ALERTS)
        assert unmeasured(DETECT, drill(BY_ALERTS).fault(10).seen(600), "Late").at_least == 590

    def test_a_container_s_health_needs_nobody_who_is_told(self) -> None:
        """The engine tells of it in any case."""
        found = unmeasured("time to unhealthy", drill({}).fault(10).seen(600), "app")
        assert found.at_least == 590
        assert "no container of app was reported unhealthy" in found.reason

    def test_an_incident_s_alerts_reach_nobody_without_pager_or_webhook(self) -> None:
        """Whatever else tells: the runbook says that alerts do."""
        seen = drill(BY_LOG, alerts=["ReplicaDown"]).fault(10).seen(600)
        assert nobody(seen) == NO_ALERTS
        assert reason(seen) == NO_ALERTS
        assert verdict(seen, 1) is Verdict.INCONCLUSIVE

    def test_a_service_that_is_unhealthy_announces_an_incident_that_says_so(self) -> None:
        """That is the team's own word for who is called."""
        seen = drill({}, unhealthy=["app"]).fault(10).seen(600)
        assert nobody(seen) == ""
        assert unmeasured(DETECT, seen).at_least == 590

    def test_an_older_journal_does_not_say_who_is_told(self) -> None:
        """So nothing is said of it."""
        seen = Told(alerts=[]).fault(10).seen(60)
        assert nobody(seen) == ""
        assert isinstance(told(seen), Unmeasured)

    def test_what_could_not_be_looked_at_is_not_missed(self) -> None:
        """A log that cannot be read, a payload that cannot."""
        found = drill(BY_LOG).fault(10)
        found.tell(11, Kind.ERROR, "logs cannot be looked at: no", detector="log")
        assert unmeasured(DETECT, found.seen(600)).at_least is None
        assert "logs cannot be looked at" in reason(found.seen(600))


def test_the_record_says_who_told() -> None:
    """In the words of what told it."""
    seen = signal(drill(BY_LOG).fault(10), 12).seen(60)
    fields = {each.name: each.value for each in judge(seen).record.fields}
    assert fields["Detection"].startswith("oom at 2026-01-01 00:00:12")
