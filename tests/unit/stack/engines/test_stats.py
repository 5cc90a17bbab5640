"""The engine's readings, reduced: both generations of control groups."""

from __future__ import annotations

from typing import Any

import pytest

from drills.stack.engines.stats import reduce_stats


def raw(**details: int) -> dict[str, Any]:
    """A reading as the engine writes it, with the kernel's details of memory."""
    return {
        "memory_stats": {"usage": 1000, "limit": 4000, "stats": details},
        "pids_stats": {"current": 3},
        "cpu_stats": {"cpu_usage": {"total_usage": 77}},
        "networks": {
            "eth0": {"rx_bytes": 10, "tx_bytes": 20},
            "eth1": {"rx_bytes": 1, "tx_bytes": 2},
        },
    }


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"total_inactive_file": 300, "inactive_file": 100}, id="cgroup-v1"),
        pytest.param({"inactive_file": 300}, id="cgroup-v2"),
    ],
)
def test_working_set_is_usage_without_what_the_kernel_drops_first(details: dict[str, int]) -> None:
    """The page cache that is about to go does not count as need."""
    assert reduce_stats(raw(**details)) == {
        "memory_usage_bytes": 1000,
        "memory_limit_bytes": 4000,
        "memory_working_set_bytes": 700,
        "cpu_ns": 77,
        "pids": 3,
        "network_received_bytes": 11,
        "network_sent_bytes": 22,
    }


def test_working_set_is_never_negative() -> None:
    """The kernel's two numbers are read at two moments and may cross."""
    assert reduce_stats(raw(inactive_file=1200))["memory_working_set_bytes"] == 0


def test_without_a_network_nothing_was_sent() -> None:
    """A container without a network has no such part in its reading."""
    stats = reduce_stats({**raw(), "networks": None})
    assert (stats["network_received_bytes"], stats["network_sent_bytes"]) == (0, 0)


def test_of_a_stopped_container_are_nothing() -> None:
    """The engine answers with empty parts; zeros would look like a measurement."""
    assert reduce_stats({"memory_stats": {}, "pids_stats": {}, "cpu_stats": {}}) == {}
