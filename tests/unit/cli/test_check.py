"""`drills runbook check`: each kind of finding, and nothing where there is none."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from drills.cli import main
from drills.cli.check import Checked, findings
from drills.cli.scenarios import scenarios_in
from drills.config.document import load
from drills.history.carried import Drilled
from drills.runbook.document import parse
from tests.unit.cli.drilling import RUNBOOK, drill, written

FEATURE = """
@down
Feature: The shop
  Scenario Outline: The shop dies
    When the "web" service <dies>
    Then the incident is detected within 5 minutes
    Examples:
      | dies  |
      | stops |
"""
RULES = "groups:\n  - rules:\n      - alert: ShopDown\n        expr: up == 0\n"
TEXT = "# Shop down\n\n```sh\n# start\ndocker compose start web\n```\n"
TODAY = date(2026, 11, 27)


def checked(
    folder: Path,
    runbook: str = RUNBOOK,
    *,
    feature: str = FEATURE,
    rules: str = RULES,
    text: str = TEXT,
    drilled: tuple[Drilled, ...] = (drill(),),
) -> list[str]:
    """What is found, without the folder's path."""
    manifest = written(folder, runbook)
    (folder / "features").mkdir()
    (folder / "features" / "shop.feature").write_text(feature)
    found = findings(
        Checked(
            manifest=load(manifest),
            scenarios=scenarios_in(folder / "features"),
            drilled=drilled,
            reports=Path("reports"),
            rules=[(Path("rules.yml"), rules)] if rules else [],
            text=parse(text, Path("RUNBOOK.md")) if text else None,
            today=TODAY,
        )
    )
    return [str(each).replace(f"{folder}/", "") for each in found]


def test_a_runbook_that_is_kept_has_no_finding(tmp_path: Path) -> None:
    """Drilled lately, announced, as written, with its people and dates."""
    assert checked(tmp_path) == []


INCIDENT = RUNBOOK[RUNBOOK.index("[[incidents") : RUNBOOK.index("[drills.down]")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@down\n", "@no-incident\n", "runbook.toml:9: no drill: down: no scenario has the tag @"),
        (INCIDENT, "", "runbook.toml:9: no procedure: down: nothing says what to do"),
        ('alerts = ["ShopDown"]', "alerts = []", "runbook.toml:9: no alert: down: nothing announ"),
        ('says = "Start it"', 'says = "Go"', "runbook.toml:13: changed: down: step 1 is not what"),
        (
            "within 5 min",
            "within 9 min",
            "runbook.toml:23: criterion: 'Seen soon': no scenario s",
        ),
        ("The shop dies\n", "It dies\n", "runbook.toml:17: no drill: It goes down: no scenario is"),
        (
            "alert: ShopDown",
            "alert: ShopDwn",
            "runbook.toml:11: alert: down: no rule gives ShopDown; did you mean 'ShopDwn'?",
        ),
        (
            "      - alert: ShopDown",
            "      - alert: DiskFull\n      - alert: ShopDown",
            "rules.yml:3: alert: DiskFull belongs to no incident",
        ),
        (
            "start web\n",
            "start shop\n",
            "RUNBOOK.md:5: code: not as it was carried out on 2026-11-",
        ),
        ("# Shop down", "# Shop is down", "runbook.toml:12: code: down: no heading is 'Shop down'"),
        ("+49 30 1234567", "xxx-xxxx", "runbook.toml:6: contact: Ann: it is not said how to reach"),
        ('first = "Ann"', "", "runbook.toml:3: contact: Lead: nobody"),
        (
            "next = 2026-12-01",
            "next = 2026-10-01",
            "runbook.toml:22: overdue: It goes down: due on ",
        ),
        ("next = 2026-12-01\n", "", "runbook.toml:17: overdue: It goes down: no date is set"),
        (
            "next = 2026-12-24",
            "next = 2026-11-26",
            "runbook.toml:25: overdue: review: due on 2026-",
        ),
    ],
)
def test_each_kind_is_found_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Where one thing is not as it should be."""
    sources = {"runbook": RUNBOOK, "feature": FEATURE, "rules": RULES, "text": TEXT}
    changed: dict[str, Any] = {name: text.replace(old, new) for name, text in sources.items()}
    if said.startswith("runbook.toml:23"):
        changed["runbook"] = RUNBOOK
    assert changed != sources
    found = checked(tmp_path, **changed)
    assert any(each.startswith(said) for each in found), found


def test_a_line_that_no_procedure_carries_out_is_found(tmp_path: Path) -> None:
    """Once steps name their lines; one that does is found no more."""
    text = TEXT.replace("web\n", "web\ndocker compose ps\n")
    named = RUNBOOK.replace('says = "Start it"', 'says = "Start it"\nrunbook = "RUNBOOK.md:5"')
    found = [each for each in checked(tmp_path, named, text=text) if "no step" in each]
    assert found == ["RUNBOOK.md:6: no step: docker compose ps: no procedure carries it out"]


def test_a_procedure_that_was_not_carried_out_lately_is_found(tmp_path: Path) -> None:
    """Within a quarter; one that failed on its way does not count."""
    old = drill(at=datetime(2026, 8, 1, tzinfo=UTC))
    said = "runbook.toml:9: not carried out: down: last on 2026-08-01, more than 91 days ago"
    assert checked(tmp_path, drilled=(old,)) == [said]


def test_a_procedure_that_did_not_come_to_its_end_was_not_carried_out(tmp_path: Path) -> None:
    """Whatever else was drilled."""
    failed = drill(answered=frozenset())
    said = "runbook.toml:9: not carried out: down: by no drill in reports"
    assert checked(tmp_path, drilled=(failed,)) == [said]


def test_what_nobody_can_know_is_said_as_that(tmp_path: Path) -> None:
    """Without reports, rules, sentences or the text."""
    unsaid = RUNBOOK.replace(', sentence = "the incident is detected within 5 minutes"', "")
    found = checked(tmp_path, unsaid, rules="", text="", drilled=())
    assert [each.split(": ")[1] for each in found] == ["not known"] * 4


def test_the_command_tells_ci_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 for what is wrong, 75 where nothing is but something is not known; JSON on request."""
    monkeypatch.chdir(tmp_path)
    checked(tmp_path)
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "RUNBOOK.md").write_text(TEXT)
    line = ["runbook", "check", "--manifest", "drills.toml", "--json"]
    assert main([*line, "--today", "2026-11-27"]) == 75
    assert main([*line, "--today", "2027-11-27"]) == 1
    told = capsys.readouterr().out
    first = json.loads(told[: told.index("]\n") + 1])[0]
    assert first == {
        "kind": "not carried out",
        "file": "runbook.toml",
        "line": 9,
        "text": "reports holds no drill, so which procedures were carried out",
        "known": False,
    }
