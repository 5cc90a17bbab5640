"""`drills runbook`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from drills.cli import main
from drills.cli.incident_fault import fault_of
from drills.config.document import load
from drills.errors import PlanError
from drills.lifecycle.following import section_of
from drills.runbook.document import read
from drills.runbook.written.blocks import commands_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("incident", "kind", "target"),
    [
        ("database-connection-failure", "sudden death", "postgres"),
        ("read-replica-down", "stop", "postgres-replica"),
        ("memory-exhaustion", "memory leak", "app #1"),
        ("disk-full", "full volume", "postgres"),
        ("network-failure", "partition", "app #1"),
        ("application-start-failure", "broken environment file", "app #1"),
        ("authentication-failure", "secret rotation", "app #1"),
        ("database-corruption", "table page corrupted", "postgres"),
        ("load-balancer-down", "sudden death", "nginx"),
    ],
)
def test_the_fault_of_an_incident_is_that_of_its_scenario(
    incident: str, kind: str, target: str
) -> None:
    """The first one with its tag, so that a line is tried in the incident it is written for."""
    found = fault_of(incident, "", ROOT)
    assert found is not None
    assert (found[0].kind, str(found[1])) == (kind, target)


def test_an_incident_without_a_scenario_has_none() -> None:
    """Then its section is tried on a healthy stack alone."""
    assert fault_of("no-such-incident", "", ROOT) is None


def test_an_incident_may_say_its_fault_itself() -> None:
    """Rather than the scenarios with its tag; words that mean none are told."""
    found = fault_of("read-replica-down", 'one "app" instance suffers a freeze', ROOT)
    assert found is not None
    assert (found[0].kind, str(found[1])) == ("freeze", "app #1")
    with pytest.raises(PlanError, match=r"expected a sentence with a fault.*got 'it breaks'"):
        fault_of("read-replica-down", "it breaks", ROOT)


def test_every_section_of_the_founding_runbook_has_its_incident_with_a_fault() -> None:
    """So that each of its lines is tried in the incident that it is written for."""
    manifest = load(ROOT / "compose" / "drills.toml")
    commands = commands_of(read(manifest.written))
    sections = {each.title for each in commands if "Incidents" in each.section}
    tried = {
        section_of(incident)
        for name, incident in manifest.incidents.items()
        if incident.runbook and fault_of(name, incident.fault, ROOT)
    }
    assert sections == tried


def test_a_patch_is_printed_and_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the founding runbook; the exit code says that there is something to mend."""
    monkeypatch.chdir(ROOT)
    before = (ROOT / "compose" / "runbook.md").read_bytes()
    assert main(["runbook", "patch", "load-balancer-down"]) == 1
    said = capsys.readouterr().out
    assert "-sudo systemctl restart nginx\n+sudo docker compose restart nginx\n" in said
    assert (ROOT / "compose" / "runbook.md").read_bytes() == before


def test_a_patch_can_be_applied_from_where_it_was_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It names the file by its path from there, as `git apply` and `patch -p1` read it."""
    monkeypatch.chdir(ROOT)
    assert main(["runbook", "patch", "load-balancer-down"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("--- a/compose/runbook.md\n+++ b/compose/runbook.md\n")
    (tmp_path / "compose").mkdir()
    copy = shutil.copy(ROOT / "compose" / "runbook.md", tmp_path / "compose")
    subprocess.run(["patch", "-p1", "-s"], cwd=tmp_path, input=told.encode(), check=True)
    assert "sudo docker compose restart nginx" in Path(copy).read_text("utf-8")


def test_a_section_that_is_not_there_is_told_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is touched."""
    monkeypatch.chdir(ROOT)
    assert main(["runbook", "run", "Coffee machine"]) == 2
    assert "these have: Database Connection Failures" in capsys.readouterr().err
