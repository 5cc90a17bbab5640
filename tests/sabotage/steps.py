"""The sentence by which a case of sabotage is carried out inside a scenario."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from pytest_bdd import given, parsers, then, when

from drills.faults import Kill
from drills.faults.target import Target
from drills.lifecycle.drill import Drill
from tests.doubles.world import World
from tests.sabotage.case import Scene
from tests.sabotage.cases import CASES
from tests.sabotage.scenario import SABOTAGE

SENTENCE = parsers.parse(SABOTAGE + "{name}")


@given(SENTENCE)
@when(SENTENCE)
@then(SENTENCE)
def _(drill: Drill, name: str, paper: World | None, monkeypatch: pytest.MonkeyPatch) -> None:
    CASES[name].act(Scene(drill, monkeypatch, paper))


@when(parsers.parse('the "{service}" service is asked to end'))
def _(drill: Drill, service: str) -> Generator[None, None, None]:
    with drill.inject(Kill("SIGTERM"), Target(service)):
        yield
