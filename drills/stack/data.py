"""The databases that keep what customers write, by their role, and how writes are read there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.errors import PlanError
from drills.journal.rules import check, filled, misfit, one_of, port, positive
from drills.stack.dsn import Product, product_of

PRIMARY, REPLICA = "primary", "replica"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What keeps the data: a database, or a service with a command that prints what it holds.

    ``dsn`` is the observer's, with ``{host}`` and ``{port}``; its scheme names the database, and
    where that listens, unless ``port`` does. A ``command`` (its words, no shell) is run inside the
    service: it prints the id of every write, one a line, and after it, each behind a tab, what the
    data's ``content`` names.

    Raises ValueError where it is none of the two, or its role or address is none.
    """

    service: str
    dsn: str = field(default="", repr=False)
    command: tuple[str, ...] = ()
    role: str = PRIMARY
    port: int = 0

    def __post_init__(self) -> None:
        check(self, service=filled, role=one_of(PRIMARY, REPLICA))
        if bool(self.dsn) is bool(self.command):
            found = "both" if self.dsn else "none of them"
            text = f"expected a dsn, or a command that prints the ids it holds, found {found}"
            raise misfit(*(["command"] if self.dsn else []), text=text)
        if self.command:
            if self.role != PRIMARY:
                text = "expected a dsn: what a replica has replayed, no command can tell"
                raise misfit("command", text=text)
            return
        try:
            product = product_of(self.dsn)
        except ValueError as error:
            raise misfit("dsn", text=str(error)) from None
        if not self.port:
            object.__setattr__(self, "port", product.port)
        check(self, port=port)

    @property
    def product(self) -> Product | None:
        """What kind of database it is; None for a command."""
        return None if self.command else product_of(self.dsn)

    def at(self, host: str, port: int) -> str:
        """The DSN where the node is published; other braces, as in passwords, stay."""
        url = "://" in self.dsn
        who, at, where = self.dsn.rpartition("@") if url else ("", "", self.dsn)
        values = {"{host}": f"[{host}]" if url and ":" in host else host, "{port}": str(port)}
        return who + at + re.sub(r"\{(?:host|port)\}", lambda found: values[found[0]], where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Where acknowledged writes must be found again; without nodes there are none to be found.

    ``writes`` is the journey that makes them; ``final_read`` is what a database is asked: it
    selects the id of every write, one row each, and after it the columns that hold what ``content``
    names: fields (dotted) of what the journey sends. Without ``content`` only ids are compared.
    ``max_lag`` is the seconds that a replica may be behind. ``service`` is what the incident record
    calls what keeps the writes, ticked when writes or redundancy were lost. ``statistics`` are
    queries of the primary whose answers are kept as evidence, by name.

    Raises ValueError where writes are kept and not exactly one node is the primary, or where a
    replica is of another kind than its primary.
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
        check(self, writes=filled)
        if not self.final_read and not (self.nodes and self._commands):
            raise misfit("final_read", text="expected a text, found nothing")
        primaries = [name for name, node in self.nodes.items() if node.role == PRIMARY]
        if len(primaries) != 1:
            found = ", ".join(primaries) or "none"
            raise misfit("nodes", text=f"expected one node with role = 'primary', found {found}")
        self._are_alike(self.nodes[primaries[0]].product)
        if self.statistics and self.nodes[primaries[0]].command:
            raise misfit("statistics", text="expected a primary with a dsn to ask, found a command")

    def _are_alike(self, product: Product | None) -> None:
        """Raise Misfits for a replica that cannot follow a primary of that kind."""
        for name, node in self.nodes.items():
            if _family(node.product) != _family(product):
                leads = product or "a command"
                text = f"expected a replica of what its primary is ({leads}), found {node.product}"
                raise misfit("nodes", name, text=text)

    @property
    def _commands(self) -> bool:
        return all(node.command for node in self.nodes.values())

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


def _family(product: Product | None) -> Product | None:
    """MySQL and MariaDB speak the same language, and a DSN may call one the other."""
    return Product.MYSQL if product is Product.MARIADB else product
