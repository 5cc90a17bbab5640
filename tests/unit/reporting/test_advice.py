"""What to do next, for each state that a drill can end in, with what to type."""

from __future__ import annotations

from drills.judgement.follow_up import FollowUp
from drills.judgement.result import DrillResult, EvidenceResult
from drills.reporting.advice import advice, first_file
from tests.unit.reporting import example

FEATURE = "features/replica_failure.feature"
AGAIN = f"pytest {FEATURE}::'The read replica stops'"


def commands(result: DrillResult) -> list[str]:
    return [one.command for one in advice(result) if one.command]


def test_what_is_not_undone_comes_first() -> None:
    """Whatever else there is to do."""
    first, *_ = advice(example.aborted())
    assert first.command == f"drills heal {example.aborted().id}"
    assert first.section == "faults"
    dead = example.result(status="crashed", verdict="inconclusive", faults=[], feature=FEATURE)
    assert commands(dead)[:2] == [f"drills heal {dead.id}", AGAIN]


def test_a_changed_folder_is_verified_and_a_failed_part_judged_again() -> None:
    """What could not be read was changed; what could not be judged may be our own fault."""
    changed = example.result(failed_parts={"samples": "gone"})
    assert commands(changed)[0] == f"drills verify {changed.id}"
    failed = example.result(failed_parts={"chart": "KeyError"})
    assert commands(failed)[0] == f"drills judge {failed.id}"


def test_what_was_missed_says_by_how_much_and_what_is_read_first() -> None:
    """And then that it is run again."""
    result = example.missed().model_copy(update={"feature": FEATURE})
    first, again, *_ = advice(result)
    assert "6.04 s ± 0.05, at most 5 s, 990 ms too much" in first.text
    assert (first.section, first.file) == ("criterion-2", "journal.jsonl")
    assert again.command == AGAIN


def test_what_no_criterion_names_is_told_by_the_reason() -> None:
    """Such as a crash after the undo."""
    result = example.result(verdict="missed", reason="missed: app died", criteria=[])
    assert "missed: app died" in advice(result)[0].text


def test_what_was_waited_for_says_how_long_of_how_much() -> None:
    """And the command that waits as long as the limit."""
    none = dict.fromkeys(("value", "low", "high", "margin"))
    late = example.criterion(verdict="inconclusive", at_least=60.0, reason="no alert came", **none)
    result = example.result(
        verdict="inconclusive", reason="not measured: detected", criteria=[late], feature=FEATURE
    )
    first, again, *_ = advice(result)
    assert "waited 60 s of 5 min for it: no alert came" in first.text
    assert again.command == f"{AGAIN} --drill-patience 300s"


def test_what_kept_a_drill_from_proving_anything_is_why_it_is_run_again() -> None:
    """Not the criteria, which are open because of that."""
    none = dict.fromkeys(("value", "low", "high", "margin"))
    late = example.criterion(verdict="inconclusive", at_least=60.0, **none)
    why = "the fault ended by itself: app: exec_die"
    (again,) = advice(example.result(verdict="inconclusive", reason=why, criteria=[late]))
    assert again.text == f"Run it again, because {why}"


def test_whose_it_is_and_until_when_stands_beside_what_is_left() -> None:
    """As the team's policy says it."""
    finding = FollowUp(id="f-1", what="finding", text="x", since="2026-10-02", drill="d1")
    finding = finding.model_copy(update={"owner": "Technical Lead", "due": "2026-10-09"})
    action = finding.model_copy(update={"id": "a-1", "what": "action"})
    told = [one.text for one in advice(example.result(left=[finding, action], criteria=[]))]
    assert sum("(Technical Lead, due 2026-10-09)" in each for each in told) == 2


def test_what_did_not_run_to_its_end_is_run_again_because_of_that() -> None:
    """The reason stands in it."""
    (again,) = advice(example.inconclusive().model_copy(update={"feature": FEATURE}))
    assert again.text.startswith("Run it again, because steady state not reached within 30 s")
    assert again.command == AGAIN


def test_what_only_people_know_is_attested() -> None:
    """A criterion by its subject, a finding and what is overdue by its id."""
    assert commands(example.result())[0] == (
        f'drills attest Communications --by "YOUR NAME" --drill {example.result().id}'
    )
    finding = FollowUp(id="f-1", what="finding", text="step 2", since="2026-10-02", drill="d1")
    late = finding.model_copy(update={"id": "f-2", "due": "2026-10-09", "overdue": True})
    done = late.model_copy(update={"id": "f-3", "closed": "by Ann"})
    result = example.result(left=[finding], follow_ups=[late, done], criteria=[])
    told = " ".join(commands(result))
    assert "drills attest f-1 " in told
    assert "drills attest f-2 " in told
    assert "f-3" not in told


def test_there_is_no_command_for_a_scenario_that_is_in_no_feature_file() -> None:
    """A runbook that was followed as it is written is none."""
    assert commands(example.result(feature="runbook.md", criteria=[])) == []


def test_a_hostile_name_is_one_word_of_a_shell() -> None:
    """Nothing of it is carried out by who pastes it."""
    name = "it's; rm -rf /"
    (again,) = commands(example.result(feature=FEATURE, scenario=name, criteria=[]))
    assert again == f"pytest {FEATURE}::'it'\"'\"'s; rm -rf /'"


def test_the_first_file_is_the_one_that_tells_most() -> None:
    """Alerts of a detection, the ledger's read of a loss, the service's log of an outage."""

    def kept(path: str, size: int = 1) -> EvidenceResult:
        return EvidenceResult(name=path, path=path, sha256="00", size=size)

    log = kept("evidence/postgres-replica-1-log-after.txt")
    alerts, empty = kept("evidence/alerts-detection.txt"), kept("evidence/alerts-after.txt", 0)
    outside = kept("../alerts.txt")
    result = example.result(evidence=[log, alerts, empty, outside])
    one = example.criterion
    assert first_file(result, one()) == "evidence/alerts-detection.txt"
    assert first_file(result, one(metric="lost orders")) == "final-read.json"
    assert first_file(result, one(metric="lost writes")) == "final-read.json"
    assert first_file(result, one(metric="availability")) == log.path
    assert first_file(result, one(metric="missing record fields")) == "incident.md"
    assert first_file(result, one(metric="nobody knows it")) == "journal.jsonl"
    assert first_file(example.result(evidence=[]), one()) == "journal.jsonl"
