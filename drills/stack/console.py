"""An operator's console beside a stack: commands are run there as somebody on call would type them.

What is asked of the system goes through it to this drill's stack and to nothing else; everything
else that a command does, it does to the console alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from drills.stack.runtime import Runtime

HOME = "/runbook"  # the folder that an operator stands in


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asked of the engine (``docker ...``), by its words.

    ``refused`` says why it was answered by the console and reached nothing, "" where it was carried
    out on the drill's own stack. ``acts`` is whether it was to change something there.
    """

    words: tuple[str, ...]
    code: int
    acts: bool = False
    refused: str = ""
    harmful: bool = False  # refused for what it would have done elsewhere


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one command. ``code`` is 124 where its time was over.

    ``parts`` are the statuses of the last pipe's parts. ``files`` are those that it made or
    changed, with their sizes in bytes. ``answers`` are the first lines of what the system's ports
    answered. ``ended_all``: it ended what the console itself consists of, which was begun anew.
    """

    code: int
    output: bytes = b""
    errors: bytes = b""
    parts: tuple[int, ...] = ()
    over: bool = False
    files: Mapping[str, int] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    answers: tuple[str, ...] = ()
    ended_all: bool = False


class Console(Protocol):
    """Runs commands one after the other, with the folder and the variables of the one before."""

    def run(self, text: str, seconds: float) -> Ran:
        """Run it in bash, for so many seconds at most. It has no terminal and no input.

        Raises EngineError where the console is gone.
        """


@runtime_checkable
class Operated(Protocol):
    """A stack that has a console for whoever operates it."""

    def console(self, runtime: Runtime, time_to_live: float) -> AbstractContextManager[Console]:
        """One for as long as the block lasts, and ``time_to_live`` seconds at most."""


@dataclass(frozen=True, slots=True)
class Door:
    """A port of the console's own machine, and the service and port of it that stand behind it."""

    port: int
    service: str
    target: int


def doors_told(doors: Sequence[Door]) -> str:
    """In words, for a report."""
    return ", ".join(f"localhost:{one.port} is {one.service}:{one.target}" for one in doors)
