"""Drills whose entry was lost: found by what carries their label, or by their directory."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.lifecycle.watchdog.registry import project_of
from drills.stack.engines.lease import Remains
from tests.doubles.dead import DRILL, WHO, Paper
from tests.unit.lifecycle.watchdog.test_heal import is_finished

LOST = secrets.token_hex(4)


class TestOrphans:
    def test_what_no_drill_owns_is_removed_and_said(self, paper: Paper) -> None:
        """Its entry was lost, with the state directory."""
        paper.ground.remains = [{LOST: Remains(["container x-app-1", "network x_default"], 3600)}]
        (healed,) = paper.healer().clear_orphans()
        assert paper.ground.cleared == [(project_of(LOST), LOST)]
        assert "container x-app-1, network x_default" in str(healed)

    def test_what_a_living_drill_owns_is_not(self, paper: Paper, state: Path) -> None:
        """Also where it is entered in another state directory, by another user."""
        held = paper.begin()
        paper.ground.remains = [{DRILL: Remains(["container x"], 3600)}]
        assert paper.healer().clear_orphans() == []
        held.entry.path.unlink()
        (left,) = paper.healer().clear_orphans()
        assert left.left == "a process of this machine runs it"
        assert paper.ground.cleared == []

    def test_an_engine_that_is_away_is_said(self, paper: Paper) -> None:
        """What cannot be looked at is not clean."""
        paper.ground.trouble = EngineError("no container engine answers")
        (healed,) = paper.healer().clear_orphans()
        assert healed.problems == ["no container engine answers"]

    def test_a_drill_is_healed_by_its_directory_where_its_entry_was_lost(
        self, paper: Paper
    ) -> None:
        """The journal knows enough."""
        paper.died().path.unlink()
        assert paper.healer().heal_one(str(paper.directory), WHO).problems == []
        assert is_finished(paper)

    def test_what_is_no_drill_is_refused(self, paper: Paper, tmp_path: Path) -> None:
        """By its id, its directory, or a journal with an odd id."""
        with pytest.raises(PlanError, match="expected the id or the directory of a drill"):
            paper.healer().heal_one("d7", WHO)
        journal = Journal(tmp_path / "odd", paper.clock)
        journal.write(DrillStarted(id="none"))
        journal.close()
        with pytest.raises(PlanError, match="says its drill's id"):
            paper.healer().heal_one(str(tmp_path / "odd"), WHO)
