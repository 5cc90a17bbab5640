"""What every stack promises, whether it is real or on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drills.errors import StackError
from drills.stack.runtime import Stack
from drills.testing import FakeRuntime, FakeStack, ManualClock
from tests.contract.stacks import tiny_stack


def fake_stack(directory: Path) -> Stack:
    runtime = FakeRuntime(ManualClock(), {"web": 1, "worker": 2})
    return FakeStack(runtime, directory, environment={"COLOUR": "blue"})


@pytest.fixture(params=[fake_stack, pytest.param(tiny_stack, marks=pytest.mark.engine)])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """A stack of one web and two worker containers that is not up yet."""
    make: Callable[[Path], Stack] = request.param
    stack = make(tmp_path)
    try:
        yield stack
    finally:
        stack.down()


def test_up_gives_a_runtime_with_everything_started(stack: Stack) -> None:
    """The services of the stack run, under the project's own events and names."""
    runtime = stack.up()
    services = [container.service for container in runtime.containers()]
    assert services == ["web", "worker", "worker"]
    assert all(runtime.state(container).running for container in runtime.containers())


def test_environment_file_is_there_from_up_to_down(stack: Stack) -> None:
    """A drill may edit it while the stack is up; before and after there is none."""
    with pytest.raises(StackError):
        stack.environment_file()
    stack.up()
    file = stack.environment_file()
    assert file.read_text() == "COLOUR=blue\n"
    stack.down()
    assert not file.exists()
    with pytest.raises(StackError):
        stack.environment_file()


def test_down_twice_and_without_an_up_is_no_error(stack: Stack) -> None:
    """Whoever cleans up need not know how far things had got; up works again afterwards."""
    stack.down()
    stack.up()
    stack.down()
    stack.down()
    assert len(stack.up().containers()) == 3


def test_description_names_the_engine(stack: Stack) -> None:
    """The report can say what the drill ran on."""
    stack.up()
    assert {"engine", "compose", "target"} <= stack.describe().keys()
