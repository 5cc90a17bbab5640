"""What an engine tells in its own words, reduced to ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drills.journal.timeline import Json


def reduce_stats(raw: Mapping[str, Any]) -> Mapping[str, Json]:
    """Memory and network in bytes, processor time in ns since the start, number of processes.

    The working set is the usage without the page cache that the kernel would drop first, as
    Kubernetes counts it. {} for a container that does not run.
    """
    memory = raw.get("memory_stats", {})
    if "usage" not in memory:
        return {}
    details = memory.get("stats", {})
    # cgroup v1 counts a subtree under total_*, v2 has one number.
    droppable = details.get("total_inactive_file", details.get("inactive_file", 0))
    networks = (raw.get("networks") or {}).values()
    return {
        "memory_usage_bytes": memory["usage"],
        "memory_limit_bytes": memory.get("limit", 0),
        "memory_working_set_bytes": max(0, memory["usage"] - droppable),
        "cpu_ns": raw["cpu_stats"]["cpu_usage"]["total_usage"],
        "pids": raw.get("pids_stats", {}).get("current", 0),
        "network_received_bytes": sum(one["rx_bytes"] for one in networks),
        "network_sent_bytes": sum(one["tx_bytes"] for one in networks),
    }
