"""What runs in a container, as its evidence tells."""

from __future__ import annotations

import re

from tests.contract.benches import Bench


def test_processes_are_listed_with_their_memory(bench: Bench) -> None:
    """Who runs it, what it is, how much it holds; none of a stopped one."""
    container = bench.add("app")
    listed = bench.runtime.processes.listed(container)
    assert listed
    assert listed == sorted(listed)
    assert all(re.fullmatch(r"\S+ .+: [0-9.]+ ([KMG]i)?B", line) for line in listed)
    bench.runtime.stop(container, grace=20)
    assert bench.runtime.processes.listed(container) == []
