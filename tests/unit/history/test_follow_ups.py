"""What earlier drills of an incident left open, and what closed it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.history.follow_ups import OPEN, still_open
from drills.journal.facts import StillOpen
from drills.journal.timeline import Kind
from drills.judgement.judge import judge_directory
from drills.reporting.files import read_result, write_report
from drills.reporting.verify import verify
from drills.runbook.attestation import attest
from tests.doubles.recorded import Recording

INCIDENT = "read-replica-down"
STEP = "Point the reads at the primary"


def drill(reports: Path, day: int, *, works: bool = True, leaves: bool = False) -> Path:
    """A drill of that day, begun with what was open then; it proposes nothing unless ``leaves``."""
    there = still_open(reports, INCIDENT)
    policy = {"policy": True, "record_after": ("Write it up",) if leaves else ()}
    measures = ("Add a second replica",) if leaves else ()
    folder = reports / f"202610{day:02}T101112Z-a-drill-d{day}"
    recorded = Recording(folder, id=f"d{day}", prevention=measures, **policy)
    for fact in there:
        recorded.told(fact.kind, fact.text, **fact.data())
    recorded.broken()
    step: dict[str, Any] = {"action": "point", "number": 1, "procedure": "Replica down"}
    recorded.told(Kind.RESPONSE_STEP, STEP, works=works, reason="" if works else "gone", **step)
    recorded.sampled()
    return recorded.finish()


def open_now(reports: Path) -> list[tuple[str, str]]:
    return [(each.text, each.drill) for each in still_open(reports, INCIDENT)]


FOUND = f"step 1 of Replica down ({STEP}) does not work: gone"


def test_a_finding_is_open_until_its_step_was_carried_out_and_worked(tmp_path: Path) -> None:
    """Since the first drill that found it, whichever drill found it again."""
    drill(tmp_path, 1, works=False)
    assert open_now(tmp_path) == [(FOUND, "d1")]
    again = read_result(drill(tmp_path, 2, works=False)).follow_ups
    assert [(one.text, one.drill, one.closed) for one in again] == [(FOUND, "d1", "")]
    assert open_now(tmp_path) == [(FOUND, "d1")]
    (gone,) = read_result(drill(tmp_path, 3)).follow_ups
    assert gone.closed.startswith("found no more since ")
    assert open_now(tmp_path) == []


def test_a_drill_that_does_not_come_to_the_step_closes_nothing(tmp_path: Path) -> None:
    """What was not tried is not proven to work."""
    drill(tmp_path, 1, works=False)
    (fact,) = still_open(tmp_path, INCIDENT)
    recorded = Recording(tmp_path / "20261002T101112Z-a-drill-d2", id="d2", prevention=())
    recorded.told(fact.kind, fact.text, **fact.data())
    recorded.sampled()
    (one,) = read_result(recorded.finish()).follow_ups
    assert (one.id, one.closed) == (fact.id, "")
    assert (FOUND, "d1") in open_now(tmp_path)


def test_actions_and_measures_are_open_until_somebody_attests_them(tmp_path: Path) -> None:
    """By their name or by their id, at the drill that left them or at a later one."""
    first = drill(tmp_path, 1, leaves=True)
    assert open_now(tmp_path) == [("Write it up", "d1"), ("Add a second replica", "d1")]
    second = drill(tmp_path, 2)
    measure = next(one for one in read_result(second).follow_ups if one.what == "measure")
    attest(first, "Write it up", "Ann")
    attest(second, measure.id, "Bob")
    for folder in (first, second):
        write_report(judge_directory(folder), folder)
        assert verify(folder) == []
    told = {one.text: one.closed for one in read_result(second).follow_ups}
    assert told == {"Write it up": "", "Add a second replica": "attested by Bob"}
    assert open_now(tmp_path) == []


def test_a_finding_may_be_attested_by_its_id(tmp_path: Path) -> None:
    """It is no topic of the policy, and closed all the same."""
    folder = drill(tmp_path, 1, works=False)
    (finding,) = read_result(folder).left
    attest(folder, finding.id, "Ann")
    write_report(judge_directory(folder), folder)
    assert open_now(tmp_path) == []


def test_what_was_open_outlives_the_drill_that_left_it(tmp_path: Path) -> None:
    """The oldest drill that is there says what it began with."""
    first = drill(tmp_path, 1, works=False)
    drill(tmp_path, 2, works=False)
    first.rename(tmp_path.parent / f"{tmp_path.name}-gone")
    assert open_now(tmp_path) == [(FOUND, "d1")]


def test_other_incidents_and_none_leave_nothing(tmp_path: Path) -> None:
    """Only drills of the same incident count."""
    drill(tmp_path, 1, works=False, leaves=True)
    assert still_open(tmp_path, "another") == ()
    assert still_open(tmp_path, "") == ()
    assert still_open(tmp_path / "none", INCIDENT) == ()


POINT = {"id": "a-123456", "what": "action", "text": "x", "since": "2026-01-01", "drill": "d"}


@pytest.mark.parametrize(
    "told",
    [
        *("", "{", "[]", "[" * 99_999, '{"incident": "read-replica-down", "left": 7}'),
        *({"left": [7, {}, POINT]}, {"left": [POINT | {"closed": "", "id": "; rm"}]}),
        *({"left": [POINT | {"closed": "", "since": "soon"}]}, {"left": [POINT | {"closed": 0}]}),
    ],
)
def test_what_is_damaged_or_foreign_is_passed_over(tmp_path: Path, told: Any) -> None:
    """A folder may hold anything: it costs no drill its start."""
    drill(tmp_path, 1, works=False)
    hostile = drill(tmp_path, 2)
    text = told if isinstance(told, str) else json.dumps({"incident": INCIDENT, **told})
    (hostile / "drill.json").write_text(text)
    (tmp_path / "20261003T101112Z-a-link").symlink_to(hostile, target_is_directory=True)
    piped = tmp_path / "20261004T101112Z-a-pipe"
    piped.mkdir()
    (piped / "journal.jsonl").write_bytes((hostile / "journal.jsonl").read_bytes())
    os.mkfifo(piped / "drill.json")
    (tmp_path / "20261005T101112Z-a-file").write_text("")
    assert open_now(tmp_path) == [(FOUND, "d1")]


def test_what_is_told_is_bounded(tmp_path: Path) -> None:
    """However much a result claims."""
    folder = drill(tmp_path, 1)
    left = [
        POINT | {"id": f"a-{number:06x}", "closed": "", "text": "x" * 9999} for number in range(99)
    ]
    (folder / "drill.json").write_text(json.dumps({"incident": INCIDENT, "left": left}))
    found = still_open(tmp_path, INCIDENT)
    assert len(found) == OPEN
    assert max(len(each.text) for each in found) <= 400
    assert all(isinstance(each, StillOpen) for each in found)


def test_an_action_has_whose_it_is_and_until_when(tmp_path: Path) -> None:
    """As the policy said when the first drill began, counted from that drill's day."""
    recorded = Recording(
        tmp_path / "20261001T101112Z-a-drill-d1",
        policy=True,
        record_after=("Write it up", "Talk", "Rest"),
        record_owners={"Write it up": "Lead (Ann)", "Prevention measures": "Ops"},
        record_within={"Write it up": "5 days", "Talk": "soon", "Rest": "9999 years"},
        otherwise="Anybody",
    )
    recorded.broken()
    recorded.sampled()
    result = read_result(recorded.finish())
    day = result.started_at.date()
    five = f"{day + timedelta(days=5)}"
    assert [(one.text, one.owner, one.due) for one in result.left] == [
        ("Write it up", "Lead (Ann)", five),
        ("Talk", "Anybody", ""),
        ("Rest", "Anybody", ""),
        ("Add a second replica", "Ops", ""),
    ]
    record = (tmp_path / "20261001T101112Z-a-drill-d1" / "incident.md").read_text("utf-8")
    assert f"- [ ] Write it up *(Lead (Ann), due {five})*\n" in record
    first = next(one for one in still_open(tmp_path, INCIDENT) if one.text == "Write it up")
    assert (first.owner, first.due, first.since) == ("Lead (Ann)", five, f"{day}")
