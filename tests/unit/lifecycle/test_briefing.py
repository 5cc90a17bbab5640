"""The plan of a drill, in words for who reads it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from drills.config.named import services_of
from drills.faults import Stop
from drills.faults.target import Target
from drills.journal.facts import StillOpen
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.briefing import brief
from tests.doubles.world import MANIFEST
from tests.unit.lifecycle.test_dry_run import manifest, planned, problems


class TestBrief:
    def test_nothing_in_a_plan_acts_on_a_terminal(self) -> None:
        """Names are read, not obeyed, and none begins a line of its own."""
        drill = planned()
        drill.outline.scenario = "\x1b[31mred\r\nFaults\u202e"
        text = brief(drill.outline)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert text.startswith("red Faults\\u202e (f.feature)\n  Severity\n")

    def test_who_is_told_is_planned_and_what_is_sent(self) -> None:
        """Without a target people see to it, and nothing measures whether they did."""
        text = brief(planned().outline)
        assert "stakeholders: a message at the page, then every 1 h until service is rest" in text
        assert "by people: no target under [notify] reaches them, so time to notify is not" in text
        assert "Communication" not in brief(planned(tagged=False).outline)

    def test_what_earlier_drills_left_is_told(self) -> None:
        """Six of them by their text; with a date where there is one."""
        left = StillOpen(
            "write it down", id="a-3a9c21", what="action", since="2026-01-02", drill="d0"
        )
        drill = planned()
        drill.outline.left = [replace(left, due="2026-01-09")] + [left] * 6
        text = brief(drill.outline)
        assert (
            "    open since 2026-01-02, due 2026-01-09 (drill d0, a-3a9c21): write it down" in text
        )
        assert "    and 1 more: `drills show`" in text
        assert "Left by earlier" not in brief(planned().outline)

    def test_a_target_is_told_with_why_nothing_can_be_sent_to_it(self) -> None:
        """By its name: its address is a secret."""
        runbook = {"notify": {"chat": {"url": "json://host/token"}}}
        drill = planned(runbook=runbook)
        drill.outline.unsendable.append("chat: expected CHAT in the environment, found nothing")
        text = brief(drill.outline)
        assert "sent for real, marked as a drill, to chat" in text
        assert "nothing can be sent to chat: expected CHAT in the environment" in text
        assert "host/token" not in text

    def test_whether_the_team_is_notified_needs_a_target(self) -> None:
        """Without one that is a problem of the plan."""
        told = Criterion("they are told", "time to notify", Comparator.AT_MOST, 60)
        for runbook, expected in (({}, 1), ({"notify": {"chat": {"url": "json://host"}}}, 0)):
            drill = planned(runbook=runbook) if runbook else planned()
            with drill.inject(Stop(), Target("replica")):
                drill.expect(told)
            found = [each for each in problems(drill) if "a target under [notify]" in each]
            assert len(found) == expected

    def test_an_untagged_scenario_says_what_it_lacks(self) -> None:
        """Severity, incident and procedure."""
        drill = planned(tagged=False)
        drill.outline.severity = ""
        text = brief(drill.outline)
        assert "none: no tag @P1, @P2, @P3, @P4" in text
        assert "none: no tag names one of the manifest's incidents" in text
        assert "none: there is no procedure" in text

    def test_what_is_done_otherwise_is_told_with_the_step_that_decides(self) -> None:
        """Numbered as it will be in the report; a service that it names has to be there."""
        incidents = deepcopy(MANIFEST["incidents"])
        start = {"action": "start", "says": "Start it", "service": "primary", "decides": True}
        promote = {"action": "promote", "says": "Promote it", "service": "replica"}
        incidents["read-replica-down"] |= {"procedure": [start], "otherwise": [promote]}
        text = brief(planned(incidents=incidents).outline)
        assert (
            "    1. Start it (start primary)\n"
            "    where step 1 does not work, instead:\n"
            "    2. Promote it (promote replica)\n"
        ) in text
        named = dict(services_of(manifest(incidents=incidents)))
        assert named["incidents", "read-replica-down", "otherwise", 0, "service"] == "replica"

    def test_conditions_that_are_off(self) -> None:
        """Nothing ends the drill early."""
        drill = planned(stop={"after": "off", "failed_share": "off", "lost_writes": "off"})
        assert "  Stopped early when\n    never\n" in brief(drill.outline)
