"""A program of ours that a container is lent."""

from __future__ import annotations

from typing import Protocol


class Program(Protocol):
    """A static program of ours, made for the engine's machine once it is to be started there."""

    @property
    def name(self) -> str:
        """The name of its file."""

    @property
    def time_to_live(self) -> float:
        """Seconds after which it ends by itself."""

    def make(self, machine: str, keeper_pid: int) -> bytes:
        """The program, which ends when the process of that number does.

        Raises EngineError for a machine that it cannot be made for.
        """
