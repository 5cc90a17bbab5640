"""One sabotage: what is broken, in which one way, and what must turn because of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.lifecycle.drill import Drill
from drills.stack.runtime import Container
from tests.doubles.world import World

if TYPE_CHECKING:
    from tests.sabotage.project import Ran


REFUSED = "refused"  # nothing is begun at all, and pytest says why


class Bench(StrEnum):
    """Where a case is tried: on the stack of containers, or on a world on paper."""

    STACK = "stack"
    PAPER = "paper"


class Part(StrEnum):
    """What of a drill is broken."""

    MONITORING = "Monitoring"
    FAULT = "The fault"
    RESPONSE = "The response"
    REPLICA = "The replica"
    DATA = "The data"
    PROBES = "What is asked, and who asks"
    CRITERIA = "The criteria"
    DRILL = "The drill itself"


class Place(StrEnum):
    """Where in the scenario the sabotage happens."""

    FIRST = "before steady state"
    BEFORE = "before the fault"
    AFTER = "after the fault"
    REPAIRED = "once repaired"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a sabotage has at hand, in the middle of a drill; ``world`` on paper only."""

    drill: Drill
    patch: pytest.MonkeyPatch
    paper: World | None = None

    @property
    def world(self) -> World:
        """The world on paper."""
        assert self.paper is not None, "this case belongs on the paper bench"
        return self.paper

    def container(self, service: str, instance: int = 1) -> Container:
        """An instance of a service of the stack under drill."""
        return self.drill.runtime.containers(service)[instance - 1]


def _nothing(_scene: Scene) -> None:
    """Nothing is done in the scenario."""


def _as_shipped(_stack: Path) -> None:
    """The stack is left as it is."""


def _as_written(text: str) -> str:
    """The scenario is left as it is."""
    return text


def _no_more(_ran: Ran) -> None:
    """Nothing else is asked of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A way to break a drill.

    ``turns`` names the criterion that must get ``verdict``, for a reason that the pattern
    ``because`` is found in; "" is the drill as a whole. One that is REFUSED is never begun.
    ``act`` is done at ``place`` of the scenario, ``edit`` to a copy of ``compose/``, ``rewrite`` to
    the scenario's text. ``around`` is a command that pytest is run under. ``undone``: whether the
    fault can be undone in spite of it.
    ``besides`` asserts what else must hold of the run. ``brief`` ones, on paper, are tried by
    `make test` too.
    ``code`` is pytest's exit code where the verdict alone does not say whether that is 0.
    ``feature`` is the shipped one that it is about on containers; "" is that of a lost replica. Of
    it the smoke test is broken, or what ``chosen`` chooses as pytest's ``-k``.
    """

    name: str
    part: Part
    bench: Bench
    turns: str
    verdict: str
    because: str
    act: Callable[[Scene], None] = _nothing
    place: Place = Place.BEFORE
    edit: Callable[[Path], None] = _as_shipped
    rewrite: Callable[[str], str] = _as_written
    options: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    undone: bool = True
    brief: bool = False
    code: int | None = None
    feature: str = ""
    chosen: str = ""
    besides: Callable[[Ran], None] = _no_more

    @property
    def acts(self) -> bool:
        """Whether it does something in the scenario."""
        return self.act is not _nothing
