"""Where acknowledged writes must be found again."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from drills.config.section import Name, Port, Seconds, Section, misfit


class Node(Section):
    """A database that keeps the data: the observer's DSN with ``{host}`` and ``{port}``."""

    service: Name
    port: Port = 5432
    dsn: Name
    role: Literal["primary", "replica"]

    def at(self, host: str, port: int) -> str:
        """The DSN where the node is published; other braces, as in passwords, stay."""
        url = "://" in self.dsn
        who, at, where = self.dsn.rpartition("@") if url else ("", "", self.dsn)
        values = {"{host}": f"[{host}]" if url and ":" in host else host, "{port}": str(port)}
        return who + at + re.sub(r"\{(?:host|port)\}", lambda found: values[found[0]], where)


class Data(Section):
    """Where acknowledged writes must be found again.

    ``writes`` is the journey that makes them; ``final_read`` selects the id of every write, one
    row each, and after it the columns that hold what ``content`` names: fields (dotted) of what the
    journey sends. Without ``content`` only ids are compared. ``statistics`` are queries whose
    answers are kept as evidence, by name. ``service`` is what the incident record calls what keeps
    the writes, ticked when writes or redundancy were lost.
    """

    writes: Name
    final_read: Name
    content: tuple[Name, ...] = ()
    max_lag: Seconds = 1.0
    nodes: dict[str, Node]
    service: str = ""
    statistics: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_primary(self) -> Self:
        primaries = [name for name, node in self.nodes.items() if node.role == "primary"]
        if len(primaries) != 1:
            found = ", ".join(primaries) or "none"
            raise misfit("nodes", text=f"expected one node with role = 'primary', found {found}")
        return self


# What a manifest without [data] has: nobody's writes, kept nowhere.
NO_DATA = Data.model_construct(writes="", final_read="", nodes={})


def password_of(dsn: str) -> str:
    """The password that a DSN holds, as a URL or as ``key=value`` words; "" for none."""
    if "://" in dsn:
        _, _, password = dsn.split("://", 1)[1].rpartition("@")[0].partition(":")
        return password
    match = re.search(r"\bpassword\s*=\s*(?:'((?:\\.|[^'\\])*)'|(\S+))", dsn)
    return (match[1] or match[2] or "") if match else ""
