"""A rolling restart stops at the first instance that does not come up, and takes no good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Executed
from tests.doubles.bench import Bench
from tests.doubles.scripted import Service
from tests.doubles.working import ENVIRONMENT, TITLE, action, name_of, restart, workplace

ROLL = action("restart", service="app")


def restarted(bench: Bench) -> list[str]:
    return [call.container for call in bench.runtime.calls if call.method == "restart"]


def test_the_one_that_is_down_comes_first(bench: Bench, work: Workplace) -> None:
    """The one that is well is taken once the other one serves again."""
    one, two = bench.runtime.containers("app")
    bench.runtime.stop(two)
    carry_out(work, TITLE, (ROLL,))
    assert restarted(bench) == [two.name, one.name]


@pytest.mark.parametrize("known_by", ["its health check", "its answers"])
def test_it_stops_at_the_first_that_does_not_come_up(
    bench: Bench, work: Workplace, service: Service, known_by: str
) -> None:
    """At once, and the one that is well is left alone; that is a finding."""
    one, two = bench.runtime.containers("app")
    service.on("/health", lambda _: {"instance": name_of(two)})
    bench.runtime.stop(one)
    bench.runtime.starts(one, lambda: 1)
    rolling = ROLL if known_by == "its health check" else restart()
    with pytest.raises(ResponseFailed, match="does not come up: it ended with exit code 1"):
        carry_out(work, TITLE, (rolling,))
    assert restarted(bench) == [one.name]
    reason = bench.event(ResponseStep).reason
    assert reason == (
        f"{one.name} does not come up: it ended with exit code 1; left alone: {two.name}"
    )


def test_one_that_is_started_over_and_over_does_not_come_up(bench: Bench, work: Workplace) -> None:
    """Between two deaths it runs, and is not well."""
    one, _ = bench.runtime.containers("app")
    bench.runtime.stop(one)
    bench.runtime.restarts(one, after=0.01)
    bench.runtime.starts(one, lambda: 1)
    with pytest.raises(ResponseFailed, match="does not come up"):
        carry_out(work, TITLE, (ROLL,))
    assert restarted(bench) == [one.name]


def test_what_is_only_tried_ends_no_procedure(bench: Bench, work: Workplace) -> None:
    """It is a finding, and the next step is done."""
    one, _ = bench.runtime.containers("app")
    bench.runtime.stop(one)
    bench.runtime.starts(one, lambda: 1)
    carry_out(work, TITLE, (action("restart", service="app", tried=True), action("people")))
    first, second = bench.journal.timeline().all(ResponseStep)
    assert (first.works, second.action) == (False, "people")


def test_what_is_required_ends_the_procedure(bench: Bench, work: Workplace) -> None:
    """A configuration that its own check refuses is not applied."""
    bench.runtime.answer("nginx", with_=Executed(1, b"unknown directive"))
    check = action("run", service="app", command=("nginx", "-t"), required=True)
    with pytest.raises(ResponseFailed, match="unknown directive"):
        carry_out(work, TITLE, (check, ROLL))
    assert restarted(bench) == []
    with pytest.raises(ValueError, match="is tried or one that is required, got both"):
        action("people", tried=True, required=True)


def test_the_environment_file_is_put_back_as_it_was(
    bench: Bench, service: Service, environment: Path
) -> None:
    """Its content and its permissions, in the same inode; once more changes nothing."""
    work = workplace(bench, service, environment, bench.clock).keeping([""])
    inode, mode = environment.stat().st_ino, environment.stat().st_mode
    environment.write_text("X=broken\n", "utf-8")
    environment.chmod(0)
    carry_out(work, TITLE, (action("revert"), action("revert")))
    assert environment.read_text("utf-8") == ENVIRONMENT
    assert (environment.stat().st_ino, environment.stat().st_mode) == (inode, mode)
    assert [step.detail["changed"] for step in bench.journal.timeline().all(ResponseStep)] == [
        True,
        False,
    ]


def test_a_file_that_nobody_has_read_is_not_put_back(work: Workplace) -> None:
    """Nobody guesses what was in it."""
    with pytest.raises(ResponseFailed, match=r"nobody knows what erp\.env was before"):
        carry_out(work, TITLE, (action("revert"),))


def test_a_file_beside_it_is_put_back_as_well(
    bench: Bench, service: Service, environment: Path
) -> None:
    """As that of a load balancer; one that is not there is not kept."""
    file = environment.with_name("nginx.conf")
    file.write_text("right", "utf-8")
    work = workplace(bench, service, environment, bench.clock).keeping(["nginx.conf", "none"])
    file.write_text("wrong", "utf-8")
    carry_out(work, TITLE, (action("revert", file="nginx.conf"),))
    assert file.read_text("utf-8") == "right"
    assert list(work.kept) == ["nginx.conf"]
    with pytest.raises(ValueError, match=r"file: expected a name beside"):
        action("revert", file="../x")
