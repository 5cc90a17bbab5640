"""The section on the databases that keep what customers write."""

from __future__ import annotations

from typing import Any, Literal

from drills.config.section import LEFT_OUT, Name, Port, Seconds, Section
from drills.config.variables import filled_at, in_url
from drills.stack.data import Data, Node


class NodeSection(Section):
    """``[data.nodes.<name>]``, see ``Node``."""

    makes = Node
    service: Name
    port: Port = LEFT_OUT
    dsn: Name = LEFT_OUT
    command: tuple[Name, ...] = LEFT_OUT
    role: Literal["primary", "replica"] = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The same, with the values of the environment in its DSN."""
        given = super().given()
        return given | filled_at({"dsn": given["dsn"]}, in_url) if given.get("dsn") else given


class DataSection(Section):
    """``[data]``, see ``Data``. Where there is one, it names writes, and nodes that keep them."""

    makes = Data
    writes: Name
    final_read: Name = LEFT_OUT
    content: tuple[Name, ...] = LEFT_OUT
    max_lag: Seconds = LEFT_OUT
    nodes: dict[str, NodeSection]
    service: str = LEFT_OUT
    statistics: dict[str, str] = LEFT_OUT
