"""A real process that hangs: what its customers see, and how it goes on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.faults import ExitWithCode, Hang
from drills.journal.facts import EngineTold
from drills.stack.abilities import Ability
from drills.stack.engines import processes
from drills.stack.engines.signals import Impossible
from tests.contract.shop import ANSWERS, REFUSED, SILENT, Shop

pytestmark = pytest.mark.engine


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """All of it is removed afterwards."""
    shop = Shop(tmp_path / "journal", "app")
    try:
        yield shop
    finally:
        shop.close()


@pytest.mark.parametrize(
    "init",
    [pytest.param(True, id="init"), pytest.param(False, id="no init", marks=pytest.mark.thorough)],
)
def test_a_hung_service_takes_connections_and_answers_nothing(shop: Shop, *, init: bool) -> None:
    """The container runs all the same; undone, its customers are answered, and it is as before."""
    app, other = shop.open(init=init), shop.open("other", init=init)
    before = shop.picture(app)
    shop.inject(Hang(), "app")
    assert shop.ask(app) == SILENT
    shop.awaited(other, ANSWERS)
    state = shop.runtime.state(app)
    assert (state.status, state.paused) == ("running", False)
    shop.effect()
    shop.undo()
    shop.awaited(app, ANSWERS)
    assert shop.picture(app) == before
    assert shop.runtime.state(app).started_at == state.started_at
    assert shop.helpers() == []


def test_a_stop_of_it_takes_the_whole_grace_and_its_undo_starts_it(shop: Shop) -> None:
    """The request to end never reaches it; and what ended of a kill hangs no more."""
    app = shop.open()
    shop.inject(Hang(), "app")
    began = shop.clock.monotonic_ns()
    shop.runtime.stop(app, grace=1)
    assert shop.clock.monotonic_ns() - began >= 1e9
    assert shop.runtime.state(app).exit_code == 137
    assert not shop.runtime.processes.suspended(app)
    shop.undo()
    shop.awaited(app, ANSWERS)


@pytest.mark.parametrize(
    "init",
    [pytest.param(True, id="init", marks=pytest.mark.thorough), pytest.param(False, id="no init")],
)
def test_an_exit_with_a_code_is_the_service_s_own(shop: Shop, *, init: bool) -> None:
    """The engine tells of no signal; customers are refused until it was undone, and served then."""
    app = shop.open(init=init)
    before = shop.picture(app)
    shop.inject(ExitWithCode(78), "app")
    shop.effect()
    assert shop.ask(app) == REFUSED
    state = shop.runtime.state(app)
    assert (state.status, state.exit_code) == ("exited", 78)
    told = [one.action for one in shop.journal.timeline().all(EngineTold)]
    assert "kill" not in told
    shop.undo()
    shop.awaited(app, ANSWERS)
    assert shop.picture(app) == before
    assert shop.helpers() == []


def test_a_restart_policy_tells_a_failure_from_an_end(shop: Shop) -> None:
    """After one it starts the service again, which the undo leaves as it is; after code 0 not."""
    app = shop.open(restart_policy={"Name": "on-failure"})
    shop.inject(ExitWithCode(3), "app")
    shop.awaited(app, ANSWERS)
    began = shop.runtime.state(app)
    assert began.restarts == 1
    shop.undo()
    assert shop.runtime.state(app).started_at == began.started_at
    shop.inject(ExitWithCode(0), "app")
    state = shop.runtime.state(app)
    assert (state.status, state.exit_code, state.restarts) == ("exited", 0, 1)
    shop.undo()
    shop.awaited(app, ANSWERS)


@pytest.mark.parametrize(
    ("init", "way"), [(True, "among its processes"), (False, "beside the engine")]
)
def test_where_this_process_may_not_signal_a_helper_does(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, way: str, *, init: bool
) -> None:
    """One that sees nothing but the container's processes, where an init runs in it."""

    def closed(*_: object) -> None:
        raise Impossible("closed by the test")

    app = shop.open(init=init)
    monkeypatch.setattr(processes, "from_here", closed)
    monkeypatch.setattr(processes, "_seen_from_here", lambda *_: 0)
    if init:
        monkeypatch.setattr(processes, "from_beside", closed)
    assert way in shop.runtime.processes.send(app, signal.SIGSTOP.name)
    assert shop.ask(app) == SILENT
    assert shop.runtime.processes.suspended(app)
    assert way in shop.runtime.processes.send(app, signal.SIGCONT.name)
    shop.awaited(app, ANSWERS)
    assert shop.helpers() == []


@pytest.mark.parametrize("ability", [Ability.PROCESSES, Ability.EXITS], ids=lambda one: one.name)
def test_the_machine_is_tried_out_before(shop: Shop, ability: Ability) -> None:
    """In a helper container, which is gone afterwards."""
    app = shop.open()
    assert shop.runtime.lacks(ability, app) == ""
    shop.awaited(app, ANSWERS)
    assert shop.helpers() == []
