"""The folders that containers keep their data in, on volumes: set one aside, and put it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drills.stack.container import Container


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on a volume: ``volume`` is the engine's name of that, ``path`` is from its root."""

    volume: str
    path: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What is found of a folder: whether it was set aside, and whether one of its name is there."""

    there: bool
    replaced: bool


class Folders(Protocol):
    """The folders on the volumes of one stack's containers, whether these run or not."""

    def kept(self, container: Container, path: str) -> Folder:
        """What a container has at that path.

        Raises PlanError where that is not below the root of a volume that it mounts.
        """

    def set_aside(self, folder: Folder, mark: str) -> None:
        """Give it another name beside its own, which tells the mark. Raises EngineError."""

    def aside(self, folder: Folder, mark: str) -> Aside:
        """What is there now; nothing in a volume that is gone."""

    def put_back(self, folder: Folder, mark: str) -> None:
        """Give it its own name again, if it was set aside and none is called so. Idempotent."""


def beside(path: str, mark: str) -> str:
    """Where what is at that path is set aside to."""
    parent, slash, _ = path.rpartition("/")
    return f"{parent}{slash}.drill-{mark}"
