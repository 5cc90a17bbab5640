"""``runbook.toml``: the team's policy as data, told with its own places where it is wrong."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from drills.config.document import Manifest, load
from drills.config.runbook import standard
from drills.errors import PlanError
from drills.runbook.promised import Promised
from tests.unit.config.manifests import SMALLEST

RUNBOOK = """
text = "RUNBOOK.md"
[severities.SEV-1]
word = "critical"
response = "15 min"
every = "30 min"
[roles.lead]
title = "Lead"
first = "Ann"
record = "Lead"
fills = ["Root cause"]
[contacts.ann]
name = "Ann"
reach = "+49 30 1234567"
[incidents.down]
title = "Down"
alerts = ["Down"]
severity = "SEV-1"
[[incidents.down.procedure]]
action = "check"
says = "Look"
path = "/health"
field = "status"
[record]
required = ["Severity"]
otherwise = "lead"
[drills.down]
title = "It goes down"
incident = "down"
next = 2026-05-01
by = "lead"
criteria = [{ says = "No data is lost", sentence = "no acknowledged order is lost" }]
[review]
next = 2026-06-01
every = "90 days"
"""
NAMES = 'runbook = "runbook.toml"\n' + SMALLEST


def written(folder: Path, runbook: str, manifest: str = NAMES) -> Path:
    (folder / "runbook.toml").write_text(runbook)
    (folder / "drills.toml").write_text(manifest)
    return folder / "drills.toml"


def told(file: Path) -> list[str]:
    with pytest.raises(PlanError) as caught:
        load(file)
    return str(caught.value).replace(f"{file.parent}/", "").splitlines()


def test_a_manifest_names_the_file_of_the_runbook(tmp_path: Path) -> None:
    """Its incidents are the manifest's, and what it leaves out is as in the standard policy."""
    manifest = load(written(tmp_path, RUNBOOK))
    policy = manifest.runbook
    assert manifest.incidents == policy.incidents
    assert manifest.incidents["down"].severity == "SEV-1"
    assert policy.severities["SEV-1"].limit == 900
    assert policy.review.next == date(2026, 6, 1)
    assert policy.drills["down"].criteria[0].sentence == "no acknowledged order is lost"
    assert manifest.record.required == ("Severity",)
    assert manifest.record.impacts == standard().record.impacts
    assert manifest.where(("runbook", "incidents", "down")).endswith(
        "runbook.toml:15: incidents.down"
    )


def test_how_people_are_reached_is_a_secret(tmp_path: Path) -> None:
    """Unless the team says that it may be shown; a placeholder is none."""
    number = "+49 30 1234567"
    assert number in load(written(tmp_path, RUNBOOK)).secrets()
    assert number not in repr(load(written(tmp_path, RUNBOOK)))
    shown = RUNBOOK.replace('567"', '567"\nshown = true')
    assert load(written(tmp_path, shown)).secrets() == []
    assert load(written(tmp_path, RUNBOOK.replace(number, "xxx-xxxx"))).secrets() == []


def test_a_scenario_without_a_severity_has_that_of_its_incident(tmp_path: Path) -> None:
    """A tag says another."""
    manifest = load(written(tmp_path, RUNBOOK.replace("[roles", "[severities.low]\n[roles")))
    assert manifest.severity(frozenset({"down"})) == "SEV-1"
    assert manifest.severity(frozenset({"down", "low"})) == "low"
    assert manifest.severity(frozenset()) == ""


def test_every_mistake_of_both_files_is_told_at_once(tmp_path: Path) -> None:
    """Each with its own file, line and key."""
    wrong = """
[severities.P1]
response = "soon"
[roles.lead]
titel = "Lead"
[record]
required = ["Sverity"]
[record.ticks]
down = "Nowhere"
[review]
next = "May"
[incidents.P1]
title = "It"
alerts = ["X"]
"""
    manifest = NAMES.replace('name = "shop"', "name = 7")
    assert told(written(tmp_path, wrong, manifest)) == [
        "drills.toml:4: stack.name: expected a text, found 7",
        (
            "runbook.toml:3: severities.P1.response: expected a span such as '15 min', '4 h', "
            "'1 business day' or '90 days', found 'soon'"
        ),
        (
            "runbook.toml:5: roles.lead.titel: expected one of the keys title, first, deputy, "
            "duties, "
            "record, fills; found 'titel'; did you mean 'title'?"
        ),
        (
            "runbook.toml:7: record.required.0: expected one of the record's fields (Severity, "
            "Start "
            "time, End time, Duration, Description, Detection, Data, Impact, Affected services, "
            "Root "
            "cause, Resolution actions, Notifications), found 'Sverity'; did you mean 'Severity'?"
        ),
        (
            "runbook.toml:9: record.ticks.down: expected one of the record's impacts (System down "
            "completely, Features degraded, Performance issues, Data integrity concerns, Security "
            "implications), found 'Nowhere'"
        ),
        "runbook.toml:11: review.next: expected a date such as 2026-04-30, found 'May'",
    ]


def test_what_is_due_names_an_action_a_role_and_a_span(tmp_path: Path) -> None:
    """What it names and nobody has is told with its line, and the near miss."""
    wrong = """
[roles.lead]
title = "Lead"
[record]
after = ["Write it up"]
otherwise = "lead"
[record.due."Write it up"]
by = "laed"
within = "5 business days"
"""
    (line,) = told(written(tmp_path, wrong))
    assert line.startswith('runbook.toml:8: record.due."Write it up".by: expected one of the roles')
    assert line.endswith("found 'laed'; did you mean 'lead'?")
    odd = wrong.replace("laed", "lead").replace("5 business days", "soon")
    (line,) = told(written(tmp_path, odd))
    assert line.startswith('runbook.toml:9: record.due."Write it up".within: expected a span')
    other = wrong.replace("laed", "lead").replace('due."Write it up"', 'due."Write it"')
    (line,) = told(written(tmp_path, other))
    assert (
        "expected one of the actions after an incident (Write it up, Prevention measures)" in line
    )
    assert "did you mean 'Write it up'?" in line


def test_names_that_another_section_lacks_are_told(tmp_path: Path) -> None:
    """Severities, incidents and roles, with the near miss."""
    wrong = RUNBOOK.replace('severity = "SEV-1"', 'severity = "SEV1"').replace(
        'by = "lead"', 'by = "laed"'
    )
    wrong = wrong.replace('incident = "down"', 'incident = "dwon"')
    assert told(written(tmp_path, wrong)) == [
        (
            "runbook.toml:18: incidents.down.severity: expected one of the severities (SEV-1), "
            "found "
            "'SEV1'; did you mean 'SEV-1'?"
        ),
        (
            "runbook.toml:29: drills.down.incident: expected one of the incidents (down), found "
            "'dwon'; did you mean 'down'?"
        ),
        (
            "runbook.toml:31: drills.down.by: expected one of the roles (lead), found 'laed'; "
            "did you "
            "mean 'lead'?"
        ),
    ]


def test_an_incident_of_the_runbook_is_held_to_the_stack(tmp_path: Path) -> None:
    """Its services and its name, with its own place."""
    manifest = NAMES + "[stack.services]\nweb = 1\n"
    wrong = RUNBOOK.replace('alerts = ["Down"]', 'unhealthy = ["wbe"]')
    assert told(written(tmp_path, wrong, manifest)) == [
        (
            "runbook.toml:17: incidents.down.unhealthy.0: expected one of stack.services (web), "
            "found "
            "'wbe'; did you mean 'web'?"
        )
    ]


def test_what_both_files_say_is_told(tmp_path: Path) -> None:
    """Small teams have incidents in the manifest; nobody has the same in both."""
    more = '[incidents.slow]\ntitle = "Slow"\nalerts = ["Slow"]\n'
    assert set(load(written(tmp_path, RUNBOOK, NAMES + more)).incidents) == {"down", "slow"}
    same = '[record]\nimpacts = ["Bad"]\n[incidents.down]\ntitle = "Down"\nalerts = ["Down"]\n'
    assert told(written(tmp_path, RUNBOOK, NAMES + same)) == [
        (
            "drills.toml:10: record: expected it in the runbook's file or in this one, found it in "
            "both"
        ),
        (
            "drills.toml:12: incidents.down: expected it in the runbook's file or in this one, "
            "found "
            "it in both"
        ),
    ]


def test_a_file_that_is_not_there_is_told_with_who_names_it(tmp_path: Path) -> None:
    """And one that is no TOML, with its line."""
    file = tmp_path / "drills.toml"
    file.write_text(NAMES)
    assert told(file) == [
        (
            "runbook.toml: expected the team's runbook there, found nothing (drills.toml:1: "
            "runbook "
            "names it)"
        )
    ]
    assert told(written(tmp_path, "a = 1\nb =\n"))[0].startswith("runbook.toml:2: expected TOML")


def test_without_a_runbook_the_standard_policy_holds() -> None:
    """It names nobody, and requires what earlier versions did."""
    policy, earlier = standard(), Promised()
    assert policy.standard
    assert tuple(policy.severities) == earlier.severities
    assert policy.record.required == earlier.required
    assert policy.record.impacts == earlier.impacts
    assert policy.record.ticks == earlier.ticks
    assert policy.topics == earlier.topics
    assert {role.first for role in policy.roles.values()} == {""}


def test_a_target_is_a_secret_and_reaches_those_whom_somebody_is_told_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its address is written down or left to the environment."""
    monkeypatch.setenv("CHAT", "slack://token-of-the-chat")
    named = """
[notify.chat]
url = "{env:CHAT}"
[notify.hook]
url = "json://host/token-of-the-hook"
tell = ["the team"]
"""
    manifest = load(written(tmp_path, RUNBOOK + named))
    assert {"slack://token-of-the-chat", "json://host/token-of-the-hook"} <= {*manifest.secrets()}
    assert "token" not in repr(manifest)
    assert manifest.runbook.targets("SEV-1") == ("chat", "hook")


def test_a_target_for_whom_no_severity_tells_is_none(tmp_path: Path) -> None:
    """It would never be sent anything."""
    named = '[notify.board]\nurl = "json://host"\ntell = ["the board", "the team"]\n'
    with pytest.raises(PlanError) as told:
        load(written(tmp_path, RUNBOOK + named))
    assert "notify.board.tell.0: expected one of those whom a severity tells (the team)" in str(
        told.value
    )
    assert "tell.1" not in str(told.value)


def test_the_standard_policy_tells_stakeholders_of_what_is_bad() -> None:
    """At once, and then as often as it says."""
    levels = standard().severities
    assert [levels[each].told for each in ("P1", "P2")] == [("stakeholders",)] * 2
    assert [levels[each].told for each in ("P3", "P4")] == [(), ()]
    assert [levels[each].every for each in ("P1", "P2")] == [None, 3600]


def test_the_text_of_the_records_template_is_read_with_the_policy(tmp_path: Path) -> None:
    """The file is relative to the runbook's own; a manifest's own has it beside that."""
    (tmp_path / "record.md.j2").write_text("# {{ record.id }}\n")
    own = RUNBOOK.replace("[record]", '[record]\ntemplate = "record.md.j2"')
    for manifest in (
        load(written(tmp_path, own)),
        load(written(tmp_path, "", '[record]\ntemplate = "record.md.j2"\n' + SMALLEST)),
    ):
        assert manifest.record.template == "record.md.j2"
        assert manifest.record.template_text == "# {{ record.id }}\n"


def test_mistakes_of_the_records_template_are_told_by_file_and_line(tmp_path: Path) -> None:
    """All at once; a file that is not there is told with the key that names it."""
    own = RUNBOOK.replace("[record]", '[record]\ntemplate = "record.md.j2"')
    file, line = tmp_path / "record.md.j2", own.splitlines().index("[record]") + 2
    (said,) = told(written(tmp_path, own))
    assert said.startswith("record.md.j2: expected the team's template of the incident record")
    assert f"(runbook.toml:{line}: record.template)" in said
    file.write_text("{{ recrd.id }}\n\n{{ record.impacts }}\n")
    first, second = told(tmp_path / "drills.toml")
    assert first.startswith("record.md.j2:1: expected one of the record's data")
    assert second.startswith("record.md.j2:3: expected one of the record's parts")


def test_a_template_is_found_beside_a_file_only() -> None:
    """A manifest that was read from none has nowhere to look."""
    with pytest.raises(PlanError, match=r"^record\.template: expected a manifest that is read"):
        Manifest.of(tomllib.loads(SMALLEST) | {"record": {"template": "record.md.j2"}})
