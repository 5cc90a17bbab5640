"""A replica that is made the primary: it is asked first, and everybody is told."""

from __future__ import annotations

import pytest

from drills.errors import ResponseFailed
from drills.journal.facts import ReplicaPromoted, ResponseStep
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Container, Executed
from tests.doubles.bench import Bench
from tests.doubles.working import TITLE, action

PROMOTE = action("promote", service="replica")


class Standby:
    """A server that says what psql asks it; ``obeys``: it becomes a primary when it is told to."""

    def __init__(self, bench: Bench, *, obeys: bool = True) -> None:
        self.recovers = True
        self.said: list[str] = []
        self._obeys = obeys
        bench.runtime.answer("psql", with_=self._asked)

    def _asked(self, _container: Container, line: tuple[str, ...]) -> Executed:
        statement = line[-1]
        self.said.append(statement)
        if "pg_promote" in statement:
            self.recovers = self.recovers and not self._obeys
            return Executed(0, b"t\n" if self._obeys else b"f\n")
        if "receive_lsn" in statement:
            return Executed(0, b"0/3000060\n")
        return Executed(0, b"t\n" if self.recovers else b"f\n")


def test_it_takes_writes_and_everybody_is_told(bench: Bench, work: Workplace) -> None:
    """Which node it is, and how far it had come."""
    server = Standby(bench)
    carry_out(work, TITLE, (PROMOTE,))
    told, step = bench.event(ReplicaPromoted), bench.event(ResponseStep)
    assert (told.node, told.service) == ("replica", "replica")
    assert step.acts
    assert step.detail["received"] == "0/3000060"
    assert server.said[2] == "SELECT pg_promote(true, 10)"
    (call,) = {one.argument for one in bench.runtime.calls if "pg_promote" in str(one.argument)}
    assert isinstance(call, tuple)
    assert call[-4:-2] == ("-U", "postgres")


def test_one_that_takes_writes_already_is_left_alone(bench: Bench, work: Workplace) -> None:
    """Whoever is told to promote a primary has mistaken it for another one."""
    server = Standby(bench)
    server.recovers = False
    with pytest.raises(ResponseFailed, match=r"expected a standby .* it takes writes already"):
        carry_out(work, TITLE, (PROMOTE,))
    assert not [said for said in server.said if "pg_promote" in said]
    assert bench.on_disk(ReplicaPromoted) == []


def test_one_that_does_not_obey_is_a_finding(bench: Bench, work: Workplace) -> None:
    """Nobody takes it for the primary then."""
    Standby(bench, obeys=False)
    with pytest.raises(ResponseFailed, match="was not promoted, it said: f"):
        carry_out(work, TITLE, (PROMOTE,))
    assert bench.on_disk(ReplicaPromoted) == []


def test_where_a_step_that_decides_does_not_work_something_else_is_done(
    bench: Bench, work: Workplace
) -> None:
    """In place of all that would have come after it, with numbers of its own; it is a finding."""
    one, other = bench.runtime.containers("app")
    bench.runtime.stop(one)
    bench.runtime.starts(one, lambda: 1)
    steps = (action("restart", service="app", decides=True), action("people"))
    carry_out(work, TITLE, steps, (action("stop", service="app"),))
    first, second = bench.journal.timeline().all(ResponseStep)
    assert (first.number, first.works, second.number, second.action) == (1, False, 3, "stop")
    assert not bench.runtime.state(other).running


def test_where_it_works_nothing_else_is_done(bench: Bench, work: Workplace) -> None:
    """The procedure goes on."""
    steps = (action("restart", service="app", decides=True), action("people"))
    carry_out(work, TITLE, steps, (action("stop", service="app"),))
    done = [step.action for step in bench.journal.timeline().all(ResponseStep)]
    assert done == ["restart", "people"]
