"""Wrong configurations of a load balancer: what its check says of them, and what it reads."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import ConfigurationRefused, UpstreamWrong
from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.faults.undo import Undo
from drills.journal.facts import FaultIntended
from drills.stack.runtime import Container, Executed
from tests.doubles.bench import Bench

FRONT = Target("replica")
PATH = "/drill/config/nginx.conf"
CONTENT = b"location / {\n  set $erp app;\n  proxy_pass http://$erp:8000;\n}\n"
ALL: list[Fault] = [ConfigurationRefused(), UpstreamWrong()]


@pytest.fixture
def front(bench: Bench) -> Container:
    """A service that checks its file as nginx does."""
    bench.runtime.configuration.add(PATH, CONTENT)

    def check(_container: Container, _line: tuple[str, ...]) -> Executed:
        wrong = b"no_such_directive" in bench.runtime.configuration.contents[PATH]
        return Executed(int(wrong), b"unknown directive" if wrong else b"test is successful")

    bench.runtime.answer("nginx", with_=check)
    return bench.runtime.find("replica")


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
@pytest.mark.parametrize("how", ["", "restart", "stop", "kill", "vanish"])
def test_it_is_as_before_whatever_became_of_it(
    bench: Bench, front: Container, fault: Fault, how: str
) -> None:
    """It runs with its own file again; twice is once."""
    workers = bench.runtime.processes.numbers(front)
    bench.injector().inject(fault, FRONT, "d")
    (intended,) = bench.on_disk(FaultIntended)
    assert bench.runtime.configuration.contents[PATH] != CONTENT
    assert bench.runtime.processes.numbers(front) != workers
    if how:
        getattr(bench.runtime, how)(front)
    for _ in range(2):
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""
        bench.rollbacks.arm(Undo.from_data(intended.undo), intended)
    assert bench.runtime.configuration.contents[PATH] == CONTENT
    if how != "vanish":
        assert bench.runtime.state(front).status == "running"


def test_every_upstream_is_at_another_port() -> None:
    """Of a location and of a group of servers; nothing else is changed."""
    content = b"upstream erp {\n  server app-1:8000;\n}\nlisten 8080;\n" + CONTENT
    changed = UpstreamWrong().changed(content)
    assert changed == content.replace(b"app-1:8000", b"app-1:9").replace(b"$erp:8000", b"$erp:9")


def test_a_file_without_an_upstream_is_refused(bench: Bench, front: Container) -> None:
    """Before anything is done."""
    bench.runtime.configuration.overwrite(PATH, b"listen 8080;\n")
    with pytest.raises(PlanError, match="expected `proxy_pass"):
        bench.injector().inject(UpstreamWrong(), FRONT, "d")
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
def test_a_configuration_that_is_wrong_already_is_refused(
    bench: Bench, front: Container, fault: Fault
) -> None:
    """It would prove nothing."""
    bench.runtime.configuration.overwrite(PATH, CONTENT + b"no_such_directive;\n")
    with pytest.raises(PlanError, match="finds its configuration right, it does not"):
        bench.injector().inject(fault, FRONT, "d")


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
def test_nobody_s_word_is_taken_for_it(bench: Bench, front: Container, fault: Fault) -> None:
    """Neither for the change nor for the undo."""
    injector = bench.injector()
    bench.runtime.configuration.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that"):
        injector.inject(fault, FRONT, "d")
    bench.runtime.configuration.deaf = False
    bench.rollbacks.unwind(budget=5)
    injector.inject(fault, FRONT, "d")
    bench.runtime.configuration.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "By hand: put /drill/config/nginx.conf back" in done.problem
