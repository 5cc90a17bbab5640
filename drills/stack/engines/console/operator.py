"""A console beside a stack that compose runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from drills.stack.console import Console, Door
from drills.stack.engines.composed import Composed
from drills.stack.engines.console.container import START_SECONDS, standing
from drills.stack.engines.console.desk import Desk
from drills.stack.engines.console.words import Answer, Command, Place, understood
from drills.stack.engines.engine import READ_SECONDS, Engine
from drills.stack.engines.wire import Wire
from drills.stack.runtime import Runtime


class Operator:
    """What stands behind it: the drill's runtime and project. See ``desk.Behind``."""

    def __init__(self, runtime: Runtime, place: Place, environment: Mapping[str, str]) -> None:
        self._runtime = runtime
        self._place = place
        self._environment = environment

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the commands that are run for it."""
        return self._environment

    def address(self, door: Door) -> tuple[str, int]:
        """Where that port is published now: another place after each start."""
        return self._runtime.port(door.service, door.target)

    def understood(self, words: Sequence[str]) -> Command | Answer:
        """What these words become, for the containers that there are now."""
        return understood(words, self._place, self._runtime.containers())


def doors_of(composed: Composed) -> list[Door]:
    """The ports that the team's file publishes on the machine that a runbook is written for."""
    return [
        Door(int(port.published), name, port.target)
        for name, service in composed.services.items()
        for port in service.ports
        if port.protocol == "tcp" and port.published.isdecimal() and port.published != "0"
    ]


@contextmanager
def console(
    engine: Engine,
    operator: Operator,
    doors: Sequence[Door],
    drill: str,
    project: str,
    time_to_live: float,
) -> Iterator[Console]:
    """One that is answered, while the block lasts."""

    def ask(question: str, seconds: float = READ_SECONDS) -> AbstractContextManager[Any]:
        return engine.asked(question, seconds=seconds)

    with standing(ask, drill, project, time_to_live) as container:

        def wire() -> Wire:
            with engine.door("talk to the operator's console"):
                client = engine.client(START_SECONDS)
                return Wire(client, container, "the operator's console", "console")

        desk = Desk(wire, doors, operator)
        try:
            yield desk
        finally:
            desk.close()
