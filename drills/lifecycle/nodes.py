"""Where a drill's databases are published now."""

from __future__ import annotations

from drills.journal.roles import primary_now
from drills.journal.timeline import Timeline
from drills.stack.data import PRIMARY, Data
from drills.stack.runtime import Runtime


def primary_dsn(data: Data, runtime: Runtime, timeline: Timeline) -> str:
    """The observer's DSN of whoever is the primary by now, where it is published."""
    name, _ = data.node(PRIMARY)
    return node_dsn(data, runtime, primary_now(timeline, name))


def node_dsn(data: Data, runtime: Runtime, name: str) -> str:
    """The observer's DSN of a node, at the address where it is published now."""
    node = data.nodes[name]
    return node.at(*runtime.port(node.service, node.port))
