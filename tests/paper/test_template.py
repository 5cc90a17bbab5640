"""A whole drill whose team has a template of the incident record of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drills.cli import main
from drills.faults import Stop
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.reporting.verify import verify
from tests.doubles.drilled import REPLICA, steady, wound_up
from tests.doubles.world import World

TEMPLATE = """OUR RECORD {{ record.id }} of {{ incident }}
{% for field in record.fields %}
{{ field.name }}
{% endfor %}"""


def drilled(world: World, folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a drill that began with that template."""
    begin = Plan.begin

    def begun(self: Plan, *rest: Any) -> None:
        record = replace(self.manifest.record, template="record.md.j2", template_text=text)
        begin(replace(self, manifest=replace(self.manifest, record=record)), *rest)

    monkeypatch.setattr(Plan, "begin", begun)
    drill: Drill = steady(world.drill(folder / "reports" / "drill"))
    with drill.inject(Stop(), REPLICA):
        pass
    wound_up(world, drill, drill.conclude(None))
    return drill.journal.directory


def test_the_record_is_written_after_it_then_and_later(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drill's folder holds its text: judging and verifying again need nothing of the team's."""
    folder = drilled(world, tmp_path, TEMPLATE, monkeypatch)
    written = (folder / "incident.md").read_text()
    assert written.startswith("OUR RECORD INC-")
    assert " of read-replica-down\n" in written
    assert "\nDescription\n" in written
    assert (folder / "evidence/template-of-the-incident-record.txt").read_text() == TEMPLATE
    (folder / "incident.md").unlink()
    assert main(["judge", str(folder)]) == 75  # no criterion
    assert (folder / "incident.md").read_text() == written
    assert verify(folder) == []


def test_one_that_cannot_be_used_loses_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard record is written, and says why first; it is the same later."""
    folder = drilled(world, tmp_path, "\n{{ record.fields[99].value }}", monkeypatch)
    written = (folder / "incident.md").read_text()
    assert "The team's own template was not used. record.md.j2:2: " in written
    assert "## Resolution actions" in written
    assert verify(folder) == []
    (folder / "evidence/template-of-the-incident-record.txt").write_text("forged")
    assert main(["judge", str(folder)]) == 75  # no criterion
    written = (folder / "incident.md").read_text()
    assert "evidence/template-of-the-incident-record.txt is not what the drill kept" in written
