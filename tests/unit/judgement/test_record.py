"""The incident record, filled from what was observed; what only people know stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.errors import JournalError
from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome
from drills.journal.timeline import Json, Kind, Timeline
from drills.judgement.metric import Observations
from drills.judgement.record import build
from drills.judgement.result import IncidentRecord
from drills.judgement.verdict import Unmeasured
from drills.runbook.promised import Promised
from tests.doubles.observed import Told, interval, lane, measure, replicating, sample

EARLIER = Promised()


def documented() -> Told:
    """A drill whose record has everything."""
    told = Told().fault(10).alert(12).tell(13, Kind.RESPONSE_STARTED)
    told.tell(14, Kind.RESPONSE_STEP, "Pointed the reads at the primary", acts=True)
    told.tell(15, Kind.RESPONSE_ENDED).tell(19, Kind.UNDO_VERIFIED, injection="i1")
    return told.tell(40, Kind.DRILL_ENDED, status="completed")


def seen(told: Told) -> Observations:
    samples = {
        "reads": lane("reads", 0, 40, [(10, 12)]),
        "orders": [sample("orders", 11, subject="w1")],
    }
    return told.seen(40, samples, {"postgres": {"w1": 1}})


def value(record: IncidentRecord, name: str) -> str:
    return next(field.value for field in record.fields if field.name == name)


def test_the_record_is_filled_from_the_journal() -> None:
    """Severity, times, what happened, who noticed, what was done."""
    told = Told().fault(10).alert(12)
    told.tell(14, Kind.RESPONSE_STEP, "Pointed the reads at the primary", acts=True)
    told.tell(15, Kind.RESPONSE_ENDED).tell(40, Kind.DRILL_ENDED, status="completed")
    record = build(told.seen(40, {"reads": lane("reads", 0, 40, [(10, 12)])}))
    assert record.missing == []
    assert value(record, "Severity") == "P2"
    assert value(record, "Start time") == "2026-01-01 00:00:10 UTC"
    assert value(record, "End time") == "2026-01-01 00:00:11 UTC"
    assert value(record, "Duration") == "1.96 s"
    assert value(record, "Detection") == "alert ReplicaDown at 2026-01-01 00:00:12 UTC"
    assert value(record, "Description") == (
        "Read replica down. The replica stopped. Customers could see it: "
        "availability of journey reads 93.35 %. Outages in: reads."
    )
    assert record.resolution_actions == ["Pointed the reads at the primary"]
    assert record.workarounds == ["Reads go to the primary."]
    assert record.prevention == ["Rehearse."]
    assert record.id == "INC-2026-01-01-123"


def ticked(boxes: dict[str, bool]) -> list[str]:
    return [box for box, is_ticked in boxes.items() if is_ticked]


def test_every_box_of_the_runbook_is_there() -> None:
    """Ticked by what was observed, which is said; nothing is without a fault."""
    record = build(seen(documented()))
    assert list(record.impact) == list(EARLIER.impacts)
    assert list(record.affected_services) == list(EARLIER.services)
    assert ticked(record.impact) == ["Features degraded"]
    assert record.impact_by == {"Features degraded": "availability of journey reads 93.35 %"}
    nothing = build(Told().seen(40))
    assert not any(nothing.impact.values())
    assert not any(nothing.affected_services.values())


def test_a_team_s_own_boxes_are_its_own_data() -> None:
    """All that could be ticked is there, the ERP's is not, and what is ticked is never left out."""
    told = Told(
        record_impacts=["Nobody can pay", "Slow"],
        record_services=["Checkout", "Search"],
        impact=["Slow", "Angry callers"],
        affected=["Checkout", "Warehouse"],
    )
    told.tell(1, Kind.LANE_STARTED, lane="pay", service="Warehouse")
    failing = {"pay": lane("pay", 0, 40, [(10, 12)])}
    record = build(told.fault(10).alert(12).seen(40, failing))
    assert record.impact == {"Nobody can pay": False, "Slow": True, "Angry callers": True}
    assert record.affected_services == {"Checkout": False, "Search": False, "Warehouse": True}
    assert {"Impact", "Affected services"}.isdisjoint(record.missing)


def test_a_team_that_lists_no_service_has_none_of_the_erp_s() -> None:
    """A box for each of its own that something was observed of, and no other."""
    told = Told(schema=2, affected=[]).tell(1, Kind.LANE_STARTED, lane="pay", service="Checkout")
    failing = {"pay": lane("pay", 0, 40, [(10, 12)]), "reads": lane("reads", 0, 40, [(10, 12)])}
    record = build(told.fault(10).seen(40, failing))
    assert record.affected_services == {"Checkout": True}
    assert value(record, "Affected services").startswith("journeys reads (the manifest names no")
    calm = {"reads": lane("reads", 0, 40)}
    nothing = build(Told(schema=2, affected=[]).fault(10).seen(40, calm))
    assert nothing.affected_services == {}
    assert value(nothing, "Affected services") == "none was observed to be affected"


def test_an_impact_that_no_box_is_for_is_said() -> None:
    """The record is complete with it."""
    told = Told(record_impacts=["Nobody can pay"], impact=[]).fault(10)
    record = build(told.seen(40, {"reads": lane("reads", 0, 40, [(10, 12)])}))
    assert value(record, "Impact") == "availability of journey reads 93.35 %"
    assert "Impact" not in record.missing


def test_nothing_is_ticked_where_nothing_happened() -> None:
    """Whatever the runbook says could: the record says so, and is complete with it."""
    record = build(documented().seen(40, {"reads": lane("reads", 0, 40)}))
    assert ticked(record.impact) + ticked(record.affected_services) == []
    assert value(record, "Impact") == (
        "no impact was observed: all 301 requests were answered rightly and in time"
    )
    assert value(record, "Affected services") == "none was observed to be affected"
    assert "No customer could see it: all 301 requests" in value(record, "Description")
    assert record.missing == []


def test_a_single_failure_is_seen_by_a_customer() -> None:
    """No outage, but nobody is not whom it happened to."""
    record = build(documented().seen(40, {"reads": lane("reads", 0, 40, [(20, 20.05)])}))
    assert ticked(record.impact) == ["Features degraded"]
    assert value(record, "Description").endswith(
        "Customers could see it: availability of journey reads 99.66 %. No outage."
    )


def test_a_service_is_affected_by_what_the_manifest_says_is_a_part_of_it() -> None:
    """A journey that failed, lost redundancy, an alert that names it: each is said."""
    told = documented().tell(1, Kind.LANE_STARTED, lane="reads", service="Reporting")
    told.events[0] = replace(
        told.events[0], data={**told.events[0].data, "data_service": "Database"}
    )
    facts: dict[str, Json] = {"labels": {"service": "Load Balancer"}, "name": "Down"}
    told.tell(12, Kind.SIGNAL, "", facts, detector="alertmanager", state="firing")
    samples = {"reads": lane("reads", 0, 40, [(10, 12)]), REPLICATION: replicating((10, 20))}
    record = build(told.seen(40, samples))
    assert record.affected_by == {
        "Reporting": "availability of journey reads 93.35 %",
        "Database": "no replica streamed in 100 of 201 looks",
        "Load Balancer": "alert Down",
    }
    assert ticked(record.affected_services) == ["Reporting", "Database", "Load Balancer"]


def test_a_journey_that_serves_nobody_by_name_is_said() -> None:
    """The record is complete: what is affected stands in it, if in no box."""
    record = build(seen(documented()))
    assert value(record, "Affected services") == (
        "journeys reads (the manifest names no service that they serve)"
    )
    assert "Affected services" not in record.missing


def test_a_box_of_the_team_s_own_is_ticked_by_whatever_was_observed() -> None:
    """What it means is the team's business; that it could happen is what the incident says."""
    own = "Customers cannot order"
    told = Told(impact=[own]).fault(10)
    assert build(told.seen(40, {"orders": lane("orders", 0, 40)})).impact[own] is False
    failing = build(told.seen(40, {"orders": lane("orders", 0, 40, [(10, 11)])}))
    assert failing.impact_by[own] == "availability of journey orders 96.67 %"


def test_the_system_is_down_when_every_journey_is_out_at_once() -> None:
    """Not where one is out after the other; late answers are a matter of performance."""
    told = Told().fault(10)
    samples = {"a": lane("a", 0, 40, [(12, 20)]), "b": lane("b", 0, 40, [(15, 25)])}
    assert EARLIER.impacts[0] in ticked(build(told.seen(40, samples)).impact)
    samples["b"] = lane("b", 0, 40, [(22, 25)], outcome=Outcome.SLOW)
    assert ticked(build(told.seen(40, samples)).impact) == list(EARLIER.impacts[1:3])


def test_lost_data_ticks_its_box_itself() -> None:
    """Whatever the runbook expected of the incident."""
    samples = {"orders": [sample("orders", 11, subject="w1")]}
    record = build(documented().seen(40, samples, {"postgres": {}}))
    assert record.impact["Data integrity concerns"]
    assert value(record, "Data") == (
        "1 acknowledged writes lost, 0 duplicated; they were acknowledged at +1.01 s from the fault"
    )
    assert record.impact_by["Data integrity concerns"] == "1 acknowledged writes lost"


def test_people_fill_what_only_people_know() -> None:
    """Open fields say who is to fill them; attested ones name the person."""
    told = documented().tell(50, Kind.ATTESTED, subject="Incident commander", by="Ann")
    told.tell(50, Kind.ATTESTED, subject=EARLIER.after[0], by="Ann")
    record = build(seen(told))
    sources = {field.name: field.source for field in record.fields if field.name in EARLIER.roles}
    assert value(record, "Incident commander") == "Ann"
    assert sources["Incident commander"] == "person"
    assert sources["Communications"] == "open"
    assert "Business Owner (deputy: Office Manager)" in value(record, "Communications")
    assert [box for box, done in record.post_incident.items() if done] == [EARLIER.after[0]]


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ({"done": False}, "Decide (not done: only people can)"),
        ({"done": True, "by": "Ann", "note": ""}, "Decide (done by Ann)"),
        ({"done": True, "by": "Ann", "note": "at noon"}, "Decide (done by Ann): at noon"),
    ],
)
def test_what_only_people_do_was_done_by_somebody_or_not(detail: Json, told: str) -> None:
    """Which the record says, with the name of who said so."""
    drill = documented().tell(
        *(30, Kind.RESPONSE_STEP, "Decide"), action="people", works=True, detail=detail, acts=False
    )
    assert told in build(seen(drill)).resolution_actions


def test_what_nothing_filled_is_named() -> None:
    """Without alert, response and recovery."""
    told = Told(severity="", impact=[]).fault(10).tell(40, Kind.DRILL_ENDED, status="completed")
    record = build(told.seen(40))
    expected = {"Severity", "End time", "Duration", "Detection", "Impact", "Affected services"}
    expected |= {"Resolution actions"}
    assert set(record.missing) == expected
    assert interval("missing record fields", told.seen(40)).value == len(expected)
    assert expected < set(EARLIER.required)


@pytest.mark.parametrize("status", ["", "aborted"])
def test_a_drill_that_was_cut_short_has_no_record_to_miss(status: str) -> None:
    """It could not be written to its end, and that is not the team's doing."""
    told = Told().fault(10)
    told = told.tell(20, Kind.DRILL_ENDED, status=status) if status else told
    for name in ("missing record fields", "root-cause findings", "prevention measures"):
        assert isinstance(measure(name, told.seen(40)), Unmeasured)


def test_the_root_cause_names_the_process_that_grew() -> None:
    """From the runbook's inspection, with the out-of-memory kills after the fault."""
    told = Told().tell(1, Kind.ENGINE, "app-1: oom", action="oom").fault(10, fault="memory leak")
    detail: Json = {
        "pid": 42,
        "container": "app-1",
        "resident_mib": 300,
        "growth_mib_per_s": 8,
        "command": "python3 -c leak",
    }
    told.tell(14, Kind.RESPONSE_STEP, action="inspect", detail=detail)
    told.tell(20, Kind.ENGINE, "app-1: oom", action="oom")
    told.tell(40, Kind.DRILL_ENDED, status="completed")
    causes = build(told.seen(40)).root_cause
    assert causes == [
        "the replica stopped",
        "Process 42 in app-1 held 300 MiB and grew by 8 MiB/s: python3 -c leak",
        "Out-of-memory events seen by the engine: 1 (app-1: oom)",
    ]
    assert interval("root-cause findings", told.seen(40)).value == 2


def test_the_injection_alone_is_no_finding() -> None:
    """We know what we did; the question is whether the team found out."""
    assert interval("root-cause findings", seen(documented())).value == 0
    assert interval("prevention measures", seen(documented())).value == 1


def test_without_a_start_there_is_no_record() -> None:
    """It would have no identity."""
    with pytest.raises(JournalError):
        build(Observations(Timeline([]), {}, 2.0, 0))


@pytest.mark.parametrize(
    ("orders", "exports", "down"),
    [
        ((10.4, 11), (10.9, 12), False),  # they may have met for a moment: nobody knows
        ((10.4, 13), (10.9, 12), True),
        ((10.4, 99), (10.9, 99), True),  # neither was over when watching ended
    ],
)
def test_all_was_down_only_where_that_is_certain(
    orders: tuple[float, float], exports: tuple[float, float], down: bool
) -> None:
    """By what is sure of each outage: between its latest start and its earliest end."""
    samples = {
        "orders": lane("orders", 0, 40, [orders], every=0.2),
        "exports": lane("exports", 0, 40, [exports], every=0.5),
    }
    record = build(documented().seen(40, samples))
    assert record.impact["System down completely"] is down


def test_a_journey_that_nobody_asks_any_more_is_not_out_for_ever() -> None:
    """Its outage was not over with its last request, and what came later nobody knows."""
    samples = {
        "orders": lane("orders", 0, 30, [(28, 99)]),
        "exports": lane("exports", 0, 40, [(35, 38)]),
    }
    record = build(documented().seen(40, samples))
    assert record.impact["System down completely"] is False
