"""The databases that keep what customers write, by their role, and how writes are read there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from drills.errors import PlanError
from drills.journal.rules import check, filled, misfit, one_of, port, positive

PRIMARY, REPLICA = "primary", "replica"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A database that keeps the data: the observer's DSN with ``{host}`` and ``{port}``.

    Raises ValueError where its role or address is none.
    """

    service: str
    dsn: str = field(repr=False)
    role: str
    port: int = 5432

    def __post_init__(self) -> None:
        check(self, service=filled, dsn=filled, port=port, role=one_of(PRIMARY, REPLICA))

    def at(self, host: str, port: int) -> str:
        """The DSN where the node is published; other braces, as in passwords, stay."""
        url = "://" in self.dsn
        who, at, where = self.dsn.rpartition("@") if url else ("", "", self.dsn)
        values = {"{host}": f"[{host}]" if url and ":" in host else host, "{port}": str(port)}
        return who + at + re.sub(r"\{(?:host|port)\}", lambda found: values[found[0]], where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Where acknowledged writes must be found again; without nodes there are none to be found.

    ``writes`` is the journey that makes them; ``final_read`` selects the id of every write, one
    row each, and after it the columns that hold what ``content`` names: fields (dotted) of what the
    journey sends. Without ``content`` only ids are compared. ``max_lag`` is the seconds that a
    replica may be behind. ``service`` is what the incident record calls what keeps the writes,
    ticked when writes or redundancy were lost. ``statistics`` are queries whose answers are kept as
    evidence, by name.

    Raises ValueError where writes are kept and not exactly one node is the primary.
    """

    writes: str = ""
    final_read: str = ""
    content: tuple[str, ...] = ()
    max_lag: float = 1.0
    nodes: Mapping[str, Node] = field(default_factory=dict)
    service: str = ""
    statistics: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(self, max_lag=positive)
        if not (self.writes or self.nodes):
            return
        check(self, writes=filled, final_read=filled)
        primaries = [name for name, node in self.nodes.items() if node.role == PRIMARY]
        if len(primaries) != 1:
            found = ", ".join(primaries) or "none"
            raise misfit("nodes", text=f"expected one node with role = 'primary', found {found}")

    @property
    def primary(self) -> str:
        """The name of the node that must hold every acknowledged write; "" where there is none."""
        return next((name for name, node in self.nodes.items() if node.role == PRIMARY), "")

    @property
    def replicas(self) -> list[str]:
        """The names of the nodes that follow the primary."""
        return [name for name, node in self.nodes.items() if node.role == REPLICA]

    def node(self, role: str) -> tuple[str, Node]:
        """Name and node of a role. Raises PlanError where there is none."""
        for name, node in self.nodes.items():
            if node.role == role:
                return name, node
        raise PlanError(f"expected a node with role = {role!r} under [data.nodes], found none")


def password_of(dsn: str) -> str:
    """The password that a DSN holds, as a URL or as ``key=value`` words; "" for none."""
    if "://" in dsn:
        _, _, password = dsn.split("://", 1)[1].rpartition("@")[0].partition(":")
        return password
    match = re.search(r"\bpassword\s*=\s*(?:'((?:\\.|[^'\\])*)'|(\S+))", dsn)
    return (match[1] or match[2] or "") if match else ""


def of_database(dsn: str, database: str) -> str:
    """The same DSN, for another database of that server."""
    who, at, where = dsn.rpartition("@") if "://" in dsn else ("", "", "")
    if not where:
        named = database.replace("\\", "\\\\").replace("'", "\\'")
        return f"{dsn} dbname='{named}'"  # the last one counts
    address, query, options = where.partition("?")
    return f"{who}{at}{address.partition('/')[0]}/{quote(database, safe='')}{query}{options}"
