"""What an examination finds: everything at once, also where a check hangs or breaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drills.cli.doctor.finding import Examination, Finding, State
from drills.errors import EngineError


def well() -> Iterator[Finding]:
    yield Finding("disk", State.WELL, "there is room")


def refused() -> Iterator[Finding]:
    raise EngineError("no container engine answers. Hint: systemctl start docker")


def broken() -> Iterator[Finding]:
    raise ZeroDivisionError("of ours")


def test_what_fails_costs_no_other_finding() -> None:
    """An error of ours names what would mend it; any other is told as not known."""
    found = Examination({"disk": well, "engine": refused, "clock": broken}).findings(5)
    assert found == [
        Finding("disk", State.WELL, "there is room"),
        Finding("engine", State.WRONG, "no container engine answers.", "systemctl start docker"),
        Finding("clock", State.UNKNOWN, "ZeroDivisionError: of ours"),
    ]


def test_what_hangs_is_not_known_and_is_waited_for_afterwards() -> None:
    """The findings come in time; what it made meanwhile is removed before the end."""
    go_on, removed = threading.Event(), threading.Event()

    def hangs() -> Iterator[Finding]:
        go_on.wait(30)
        removed.set()
        yield from ()

    examination = Examination({"ability": hangs, "disk": well})
    late, room = examination.findings(0.05)
    assert (late.state, late.says) == (State.UNKNOWN, "it did not answer within 0.05 s")
    assert room.state is State.WELL
    go_on.set()
    examination.end(30)
    assert removed.is_set()


@pytest.mark.parametrize(
    ("text", "says", "mend"),
    [("taken. Hint: docker rm x", "taken.", "docker rm x"), ("taken", "taken", "")],
)
def test_a_hint_is_what_mends(text: str, says: str, mend: str) -> None:
    """It stands apart from what is said, in words and as JSON."""
    found = Finding.of("stack", State.WRONG, text)
    assert found.data() == {"area": "stack", "state": "wrong", "says": says, "mend": mend}
