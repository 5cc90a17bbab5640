"""Where a drill's databases are published now."""

from __future__ import annotations

from drills.stack.data import PRIMARY, Data
from drills.stack.runtime import Runtime


def primary_dsn(data: Data, runtime: Runtime) -> str:
    """The observer's DSN of the primary, at the address where it is published now."""
    name, _ = data.node(PRIMARY)
    return node_dsn(data, runtime, name)


def node_dsn(data: Data, runtime: Runtime, name: str) -> str:
    """The observer's DSN of a node, at the address where it is published now."""
    node = data.nodes[name]
    return node.at(*runtime.port(node.service, node.port))
