"""A project of the team's that runs already: what a drill may touch of it, and label beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drills.errors import BlastRadiusExceeded
from drills.stack.container import Container
from drills.stack.runtime import DRILL_LABEL


@dataclass(frozen=True, slots=True)
class Attachment:
    """Whose visit it is, and the services that it may change; None for all of them.

    What the drill makes beside them carries its label, for the project's own containers have none.
    """

    drill: str
    services: frozenset[str] | None = None

    def check(self, verb: str, container: Container) -> None:
        """Raise BlastRadiusExceeded for a container of another service."""
        if self.services is not None and container.service not in self.services:
            allowed = ", ".join(sorted(self.services)) or "nothing"
            raise BlastRadiusExceeded(
                f"{verb} {container.name}: it is of a project that runs already, of which this "
                f"drill may touch {allowed}. Hint: services under [blast_radius]"
            )

    def client(self, client: Any) -> Any:
        """The same connection, over which nothing is made without the drill's label."""
        return _Labelling(client, {DRILL_LABEL: self.drill})


class _Labelling:
    """A connection to the engine that labels every container it makes."""

    def __init__(self, client: Any, labels: Mapping[str, str]) -> None:
        self._client = client
        self._labels = labels

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def create_container(self, *words: Any, **more: Any) -> Any:
        """As the connection does, with the labels."""
        labels = {**(more.pop("labels", None) or {}), **self._labels}
        return self._client.create_container(*words, labels=labels, **more)
