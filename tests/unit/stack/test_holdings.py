"""What a command prints of the writes that it holds, and when that proves nothing."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, PlanError
from drills.stack.content import digest
from drills.stack.data import Data, Node
from drills.stack.database import DatabaseError, Holding
from drills.stack.holdings import MOST, held_by
from drills.stack.runtime import Executed
from drills.testing import FakeDatabase, FakeRuntime, ManualClock

ID = "6f1b0d0e-6c1e-4f0a-9d4e-1f2a3b4c5d6e"
OTHER = ID.replace("6f", "7f")
NODE = Node(service="queue", command=("redis-cli", "lrange", "jobs", "0", "-1"))


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime(ManualClock(), {"queue": 1})


def held(runtime: FakeRuntime, printed: str, *content: str, exit_code: int = 0) -> Holding:
    """What is read where the command prints this."""
    runtime.answer("redis-cli", with_=Executed(exit_code, printed.encode()))
    data = Data(writes="jobs", content=content, nodes={"queue": NODE})
    return held_by("queue", data, FakeDatabase(), runtime, lambda: "", timeout=5)


def test_each_line_is_an_id(runtime: FakeRuntime) -> None:
    """In either case, more than once, with dashes or without, however a line ends."""
    assert held(runtime, f"{ID}\n\n{ID.upper()}\r\n {OTHER} ") == {ID: 2, OTHER: 1}
    assert held(runtime, ID.replace("-", "")) == {ID: 1}
    assert held(runtime, "") == held(runtime, "\n") == {}


def test_behind_tabs_is_its_content(runtime: FakeRuntime) -> None:
    """As many columns as the data names, one of which may be empty."""
    found = held(runtime, f"{ID}\t7\t\n", "item", "note")
    assert found == {ID: [digest(["7", ""])]}
    with pytest.raises(PlanError, match="expected 3 columns"):
        held(runtime, f"{ID}\t7\n", "item", "note")


@pytest.mark.parametrize(
    "said", ["NOAUTH Authentication required.", "LOADING Redis is loading the dataset", f"[{ID}]"]
)
def test_an_error_that_is_printed_like_an_answer_is_none(runtime: FakeRuntime, said: str) -> None:
    """Some clients end well after it; it means neither that all is lost nor that nothing is."""
    with pytest.raises(
        DatabaseError, match=r"expected a write's id .* on each line that redis-cli"
    ):
        held(runtime, f"{ID}\n{said}\n")


def test_another_exit_code_could_not_be_read(runtime: FakeRuntime) -> None:
    """Whatever was printed before; what it said is told."""
    with pytest.raises(DatabaseError, match=r"redis-cli ended with 1, it said: (?s:.*)refused"):
        held(runtime, f"{ID}\nConnection refused\n", exit_code=1)


def test_what_does_not_end_could_not_be_read(runtime: FakeRuntime) -> None:
    """It hangs, or it prints without an end."""
    runtime.fail_next("execute", EngineError("run redis-cli in fake-queue-1: it takes longer"))
    with pytest.raises(DatabaseError, match="it takes longer"):
        held(runtime, ID)
    with pytest.raises(DatabaseError, match=f"redis-cli prints more than {MOST} bytes"):
        held(runtime, f"{ID}\n" * (MOST // 37 + 1))


def test_a_service_that_is_down_could_not_be_read(runtime: FakeRuntime) -> None:
    """Until it is up."""
    runtime.stop(runtime.find("queue"), 1)
    with pytest.raises(
        DatabaseError, match="fake-queue-1 is exited, so redis-cli is not run in it"
    ):
        held(runtime, ID)
    runtime.start(runtime.find("queue"))
    assert held(runtime, ID) == {ID: 1}
    runtime.vanish(runtime.find("queue"))
    with pytest.raises(DatabaseError, match=r"expected one instance of queue, .* found 0"):
        held(runtime, ID)


def test_of_several_instances_nobody_knows_which_holds_what(runtime: FakeRuntime) -> None:
    """So none is taken for all of them."""
    runtime.add("queue", 2)
    with pytest.raises(DatabaseError, match=r"expected one instance of queue, .* found 2"):
        held(runtime, ID)
