"""A dry run says what would tell somebody, and that nothing would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drills.faults import Stop
from drills.faults.target import Target
from drills.lifecycle.briefing import brief
from tests.unit.lifecycle.test_dry_run import DETECTED, planned, problems, waits

OOM = {"oom": {"service": "app", "pattern": "oom", "tells": True}}


class TestDetection:
    def lines(self, **monitoring: Any) -> str:
        drill = planned(tagged=False, monitoring=monitoring)
        with drill.inject(Stop(), Target("replica")):
            drill.expect(DETECTED)
        assert problems(drill) == []
        return brief(drill.outline)

    def test_what_would_tell_somebody_is_listed(self) -> None:
        """In the words of the manifest."""
        said = self.lines(webhook={"as": "oncall.internal", "port": 9095})
        assert "    told by alerts that are sent to oncall.internal:9095\n" in said
        assert "would have told anybody" not in said

    def test_that_nothing_would_is_told_with_what_is_not_measured_then(self) -> None:
        """It is no problem of the plan: it is the drill's first finding."""
        drill = planned(tagged=False, monitoring={})
        drill.expect(DETECTED)
        assert DETECTED.name not in dict(waits(drill))
        said = self.lines()
        assert "    ! nothing would have told anybody: no [monitoring.webhook], no pager" in said
        assert "    not measured, so not met: we notice\n" in said

    def test_an_incident_s_alerts_need_a_place_to_arrive(self) -> None:
        """A log pattern is none."""
        drill = planned(monitoring={"logs": OOM})
        assert "! no alert would have told anybody: neither" in brief(drill.outline)

    def test_a_named_alert_needs_a_place_to_arrive(self) -> None:
        """Whatever else tells of the incident: it is told so, and is not waited for."""
        drill = planned(tagged=False, monitoring={"logs": OOM, "alerts": ["Late"]})
        drill.expect(replace(DETECTED, subject="Late"))
        assert DETECTED.name not in dict(waits(drill))
        assert (
            "    not measured, so not met: we notice: no alert would have told anybody: neither"
        ) in brief(drill.outline)
        drill.expect(DETECTED)
        assert DETECTED.name in dict(waits(drill))
