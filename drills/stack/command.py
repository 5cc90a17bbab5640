"""A command inside a container that has only so long: it ends in time, or it is ended there."""

from __future__ import annotations

from drills.errors import EngineError


class NotStarted(EngineError):
    """The command was certainly not run: no container that runs, or no such program in it."""


class OutOfTime(EngineError):
    """The command was ended inside the container, with all that it had started there."""
