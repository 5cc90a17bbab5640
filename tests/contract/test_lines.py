"""New lines of a container's log, on both runtimes."""

from __future__ import annotations

import re

import pytest

from drills.errors import UnknownTarget
from tests.contract.benches import Bench


def test_the_lines_after_a_stamp_are_those_that_are_new(bench: Bench) -> None:
    """Each once, when it was written on our clock, and none where nothing was."""
    before = bench.clock.monotonic_ns()
    container = bench.add("app")
    log = bench.runtime.log_after(container, 0)
    assert ([line.text for line in log.lines], log.complete) == ([b"one", b"ready"], True)
    one, ready = log.lines
    for line in log.lines:
        assert before - line.error_ns <= line.at_ns
        assert line.at_ns <= bench.clock.monotonic_ns() + line.error_ns
    again = bench.runtime.log_after(container, one.stamp_ns)
    assert [line.stamp_ns for line in again.lines] == (
        [ready.stamp_ns] if ready.stamp_ns > one.stamp_ns else []
    )
    assert bench.runtime.log_after(container, ready.stamp_ns).lines == []


def test_a_container_that_is_gone_has_no_lines(bench: Bench) -> None:
    """Whoever looks learns that it is gone."""
    gone = bench.add("app")
    bench.remove(gone)
    with pytest.raises(UnknownTarget, match=re.escape(gone.name)):
        bench.runtime.log_after(gone, 0)
