"""What a running drill has come to, as it is seen while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from drills.journal.timeline import Event, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.standing import Served, Standing, standing
from drills.reporting.progress import Progress, Row, told
from drills.reporting.terminal import drawn
from tests.doubles.observed import Told, lane, ns

NOTICED = Criterion("We notice", "time to detect", Comparator.AT_MOST, 5)
KEPT = Criterion("No order is lost", "lost orders", Comparator.EXACTLY, 0)


def heard(events: Sequence[Event], progress: Progress | None = None) -> list[Row]:
    """What stays on the terminal of these events."""
    progress = progress or Progress()
    return [row for event in events for row in progress.hear(event)]


def words(rows: Sequence[Row]) -> list[str]:
    return [" ".join(drawn(row, 100, False).split()) for row in rows]


def frame(progress: Progress, at: float, height: int = 20) -> list[str]:
    return words(progress.frame(ns(at), height))


def in_phases() -> Told:
    told = Told().tell(0, Kind.PHASE, "bringing it up", phase="stack")
    told.tell(30, Kind.PHASE, "holding", phase="steady state")
    told.tell(40, Kind.PHASE, "injecting stop", phase="fault")
    told.tell(40.1, Kind.FAULT_INTENDED, "stop: replica", injection="i1")
    told.tell(40.5, Kind.FAULT_EFFECTIVE, "it stopped", injection="i1")
    return told.tell(41, Kind.PHASE, "watching: we notice", phase="watch")


def test_a_phase_that_ended_stays_with_the_time_it_took() -> None:
    """And one that was for something, when that happened."""
    assert words(heard(in_phases().events)) == [
        "stack bringing it up (30 s)",
        "steady state holding (10 s)",
        "fault it stopped (500 ms)",
    ]


def test_what_happens_in_a_phase_stays_at_once() -> None:
    """An alert that came does not end the watching for it."""
    told, progress = in_phases().alert(43), Progress()
    assert words(heard(told.events, progress))[-1] == "signal signal happened"
    assert frame(progress, 47)[1] == "watch watching: we notice 6 s"
    assert words(progress.close(ns(51))) == ["watch watching: we notice (10 s)"]
    assert progress.frame(ns(52), 20) == []
    assert progress.close(ns(53)) == []


def test_undoing_two_faults_is_two_lines() -> None:
    """Each with the time since the rollback began."""
    events = Told().tell(50, Kind.PHASE, "undoing", phase="rollback").undone(51).undone(53, "i2")
    assert words(heard(events.events)) == ["rollback it runs (1 s)", "rollback it runs (3 s)"]


def test_a_fault_is_in_effect_from_its_proof_to_that_of_its_undo() -> None:
    """Not while it is only intended, and for as long as nothing proves it undone."""
    progress = Progress()
    events = in_phases().tell(60, Kind.UNDO_CALLED, injection="i1").events
    heard(events[:5], progress)
    assert not any("in effect" in line for line in frame(progress, 40.3))
    heard(events[5:], progress)
    assert "in effect stop: replica 20 s" in frame(progress, 60.5)
    heard(Told().tell(61, Kind.UNDO_VERIFIED, injection="i1").events[1:], progress)
    assert not any("in effect" in line for line in frame(progress, 62))


def test_signals_that_are_not_the_pagers_are_not_told() -> None:
    """The health of a container is seen many times a second."""
    events = Told().tell(1, Kind.SIGNAL, detector="container").tell(2, Kind.ENGINE).events
    assert [told(event) for event in events] == [None, None, None]


def test_the_next_drill_begins_anew() -> None:
    """With its own name, time and faults."""
    progress = Progress()
    heard(in_phases().events, progress)
    progress.look(Standing(ns(1), {"reads": Served(1, 2)}, ()))
    second = Told(scenario="It stops again").tell(3, Kind.PHASE, "bringing it up", phase="stack")
    heard(second.events, progress)
    lines = [" ".join(line.replace("\u2500", "").split()) for line in frame(progress, 5)]
    assert lines == ["drill It stops again 5 s in all", "stack bringing it up 2 s"]


def test_what_was_declared_is_open_before_anything_was_seen() -> None:
    """By its name, or by its sentence where that is all that is known."""
    progress, events = Progress(), Told()
    events.tell(0, Kind.DECLARED, "", {**NOTICED.stated().data(), "sentence": "we are told"})
    events.tell(0, Kind.DECLARED, "", {"sentence": "all is well"})
    heard(events.tell(1, Kind.PHASE, "bringing it up", phase="stack").events, progress)
    assert frame(progress, 2)[2:] == ["Open We notice", "Open all is well"]


def test_a_criterion_shows_how_it_stands() -> None:
    """Decided with what was measured; open with its limit, and red once it is missed."""
    events = in_phases().alert(42)
    for criterion in (NOTICED, KEPT):
        events.tell(41, Kind.CRITERION, criterion.name, criterion.stated().data())
    progress = Progress()
    heard(events.events, progress)
    progress.look(standing(events.seen(45)))
    rows = progress.frame(ns(45), 20)[-2:]
    assert words(rows) == [
        "Met We notice 1.500 s ± 0.001, at most 5 s",
        "Open No order is lost exactly 0",
    ]
    assert [row.style for row in rows] == ["bold green", ""]


def test_where_room_is_short_what_was_missed_is_shown_first() -> None:
    """And the last line says what is left out; nothing is taller than asked for."""
    events = in_phases().tell(41, Kind.CRITERION, KEPT.name, KEPT.stated().data())
    for limit in (9.0, 1.0, 8.0):
        one = Criterion(f"within {limit:g}", "time to detect", Comparator.AT_MOST, limit)
        events.tell(41, Kind.CRITERION, one.name, one.stated().data())
    progress = Progress()
    heard(events.alert(42).events, progress)
    progress.look(standing(events.seen(45)))
    assert frame(progress, 45, 6)[3:] == [
        "Open No order is lost exactly 0",
        "Missed within 1 1.500 s ± 0.001, at most 1 s",
        "and 2 met",
    ]
    for height in range(1, 9):
        assert 1 <= len(frame(progress, 45, height)) <= height


def customers(served: dict[str, Served], age: float = 0) -> str:
    progress = Progress()
    heard(in_phases().events, progress)
    progress.look(Standing(ns(45), served, ()))
    return next(line for line in frame(progress, 45 + age) if line.startswith("customers"))


def test_customers_are_shown_by_journey_where_there_are_few() -> None:
    """And the worst of many; who is not answered is not left out."""
    few = {"exports": Served(19, 20), "orders": Served(200, 200)}
    assert customers(few) == "customers 99.54 % served: exports 95 %, orders 100 % last 10 s"
    assert customers({"reads": Served(1, 1)}) == "customers 100 % served last 10 s"
    many = {f"j{at}": Served(at, 10) for at in range(1, 9)}
    assert customers(many) == "customers 45 % served, worst j1 10 %, j2 20 %, j3 30 % last 10 s"
    silent = customers(few | {"reads": Served(0, 0)})
    assert "reads no answer" in silent
    assert customers({"reads": Served(0, 0)}) == "customers no answer last 10 s"


def test_figures_that_are_old_say_so() -> None:
    """Nobody looks while a fault is undone: what is shown is what was."""
    assert customers({"reads": Served(1, 1)}, age=5).endswith("last 10 s, 5 s ago")


def test_a_frame_shows_what_a_look_at_the_drill_saw() -> None:
    """The success of the journeys that were asked, from the samples themselves."""
    events = in_phases().tell(35, Kind.LANE_STARTED, lane="reads")
    progress = Progress()
    heard(events.events, progress)
    progress.look(standing(events.seen(50, {"reads": lane("reads", 35, 50, [(44, 46)])})))
    assert "customers 80 % served last 10 s" in frame(progress, 50)
