"""A command and a question, asked once each: what they come to, for a customer and for a write."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import EngineError, UnknownTarget
from drills.journal.sample import Expect, Outcome
from drills.observers.inquiries import command, question
from drills.observers.ledger import WriteOutcome, outcome_of
from drills.stack.commands import OutOfTime
from drills.stack.database import DatabaseError
from drills.stack.journey import Journey
from drills.stack.runtime import Executed
from drills.testing import FakeDatabase, FakeRuntime, ManualClock


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime(ManualClock(), {"queue": 2})


def journey(**changes: Any) -> Journey:
    return Journey(**{"command": ("put", "{id}"), "inside": "queue", "refuses": (75,), **changes})


def asked(runtime: FakeRuntime, **changes: Any) -> tuple[Outcome, str]:
    ask = command(journey(**changes), runtime, lambda text: text.replace("s3cret", "*"))
    return ask("7", 1.0)


@pytest.mark.parametrize(
    ("code", "output", "outcome", "detail", "written"),
    [
        (0, b"done", Outcome.OK, "", WriteOutcome.ACKNOWLEDGED),
        (1, b"a\nno s3cret\n\n", Outcome.ERROR, "exit code 1: no *", WriteOutcome.UNKNOWN),
        (2, b"", Outcome.ERROR, "exit code 2", WriteOutcome.UNKNOWN),
        (75, b"full", Outcome.REJECTED, "exit code 75: full", WriteOutcome.REFUSED),
    ],
)
def test_an_exit_code_tells_what_became_of_it(
    runtime: FakeRuntime,
    code: int,
    output: bytes,
    outcome: Outcome,
    detail: str,
    written: WriteOutcome,
) -> None:
    """One that failed may have written before, unless the journey says that the code promises."""
    runtime.answer("put", with_=Executed(code, output))
    assert asked(runtime) == (outcome, detail)
    assert outcome_of(outcome) is written
    assert runtime.calls[-1].argument == ("put", "7")


def test_what_a_command_says_is_held_against_what_is_expected(runtime: FakeRuntime) -> None:
    """It ends with 0 and says something else: wrong, and for a write unknown."""
    runtime.answer("put", with_=Executed(0, b"queued: 0\n"))
    expected = {"expect": Expect(contains="queued: 1")}
    said = (Outcome.WRONG, "does not contain queued: 1, got queued: 0")
    assert asked(runtime, **expected) == said


def test_every_instance_that_runs_has_its_turn(runtime: FakeRuntime) -> None:
    """So that one that is broken is seen; where none runs nothing was done."""
    ask = command(journey(), runtime, str)
    for _ in range(3):
        ask("7", 1.0)
    assert [call.container for call in runtime.calls] == [
        *("fake-queue-1", "fake-queue-2", "fake-queue-1"),
    ]
    runtime.die(runtime.find("queue", 1))
    ask("7", 1.0)
    assert runtime.calls[-1].container == "fake-queue-2"
    runtime.die(runtime.find("queue", 2))
    assert ask("7", 1.0) == (Outcome.REFUSED, "no container of queue runs")


def test_a_frozen_instance_runs_nothing(runtime: FakeRuntime) -> None:
    """The engine says so before anything is started."""
    for number in (1, 2):
        runtime.pause(runtime.find("queue", number))
    assert asked(runtime)[0] is Outcome.REFUSED


def test_a_command_that_is_ended_is_a_time_out(runtime: FakeRuntime) -> None:
    """Nobody knows how far it came."""

    def late(*_: object) -> Executed:
        raise OutOfTime("put was ended after 1 s")

    runtime.answer("put", with_=late)
    assert asked(runtime) == (Outcome.TIMEOUT, "put was ended after 1 s")


def test_a_container_that_goes_amid_a_command_leaves_its_write_unknown(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have written before: that is no refusal, which a lane tells as an error."""

    def gone(*_: object, **__: object) -> None:
        raise UnknownTarget("gone")

    monkeypatch.setattr(runtime.commands, "run", gone)
    with pytest.raises(UnknownTarget):
        asked(runtime)


@pytest.mark.parametrize(
    ("rows", "expect", "outcome", "detail"),
    [
        ([(1,)], Expect(), Outcome.OK, ""),
        ([("",)], Expect(), Outcome.OK, ""),
        ([], Expect(), Outcome.WRONG, "0 rows, expected at least 1"),
        ([(1,)], Expect(rows=2), Outcome.WRONG, "1 rows, expected at least 2"),
        ([(1, "open")], Expect(contains="1\topen"), Outcome.OK, ""),
        ([(1, "shut")], Expect(pattern="open"), Outcome.WRONG, "does not match open, got 1 shut"),
        (DatabaseError("the server is s3cret"), Expect(), Outcome.ERROR, "the server is *"),
    ],
)
def test_a_question_wants_rows(rows: Any, expect: Expect, outcome: Outcome, detail: str) -> None:
    """One at least, which may be empty; or as many as is said, with what is said in them."""
    database = FakeDatabase()
    database.on("SELECT", rows)
    mask = lambda text: text.replace("s3cret", "*")  # noqa: E731
    ask = question(Journey(ask="SELECT 1", expect=expect), database, lambda: "dsn", mask)
    assert ask("", 1.5) == (outcome, detail)
    assert database.asked == [("dsn", "SELECT 1")]


def test_a_database_that_is_nowhere_is_asked_nothing() -> None:
    """Its container is down, and no port of it is published."""

    def nowhere() -> str:
        raise EngineError("port 5432 of db is not published")

    ask = question(Journey(ask="SELECT 1"), FakeDatabase(), nowhere, str)
    assert ask("", 1.0) == (Outcome.REFUSED, "port 5432 of db is not published")
