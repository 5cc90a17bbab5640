"""A command that has only so long, as every runtime promises it; its end: ``test_commands``."""

from __future__ import annotations

import pytest

from drills.stack.commands import NotStarted
from tests.contract.benches import Bench


class TestRun:
    def test_is_as_execute_for_what_ends_in_time(self, bench: Bench) -> None:
        """Exit code and both outputs."""
        container = bench.add("app")
        line = ["sh", "-c", "echo out; echo err >&2; exit 3"]
        done = bench.runtime.commands.run(container, line, within=30)
        assert done.exit_code == 3
        assert sorted((done.output + done.errors).splitlines()) == [b"err", b"out"]

    @pytest.mark.parametrize("state", ["paused", "exited", "gone"])
    def test_where_nothing_can_run_nothing_was_started(self, bench: Bench, state: str) -> None:
        """So a write was certainly not made, which no other error says."""
        container = bench.add("app")
        if state == "paused":
            bench.runtime.pause(container)
        elif state == "exited":
            bench.runtime.stop(container, grace=20)
        else:
            bench.remove(container)
        with pytest.raises(NotStarted):
            bench.runtime.commands.run(container, ["true"], within=30)
