"""Limits of a real service, and processors taken from it: what its customers see, and the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.errors import EngineError
from drills.faults import CpuHog, CpuQuota, FilesExhausted, ProcessesExhausted
from drills.stack.engines.lend import Lender
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.shop import ANSWERS, Shop

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One service for all of them, with a limit of its own on processes."""
    shop = Shop(tmp_path_factory.mktemp("shop") / "journal", "app", "limited")
    try:
        shop.open(pids_limit=100)
        yield shop
    finally:
        shop.close()


@pytest.fixture
def app(shop: Shop) -> Iterator[Container]:
    """It is as it was before, whatever a test did to it."""
    app = shop.found("app")
    before = shop.picture(app)
    yield app
    shop.undo()
    shop.awaited(app, ANSWERS)
    assert shop.picture(app) == before
    assert shop.helpers() == []


def seconds(shop: Shop, app: Container) -> float:
    """How long a customer waits for an answer."""
    began = shop.clock.monotonic_ns()
    assert shop.ask(app, timeout=20) == ANSWERS
    return (shop.clock.monotonic_ns() - began) / 1e9


def test_a_quota_makes_answers_slow(shop: Shop, app: Container) -> None:
    """Twenty milliseconds of computing take ten periods of two milliseconds each."""
    shop.inject(CpuQuota(0.02), "app")
    assert seconds(shop, app) > 0.5
    shop.runtime.stop(app, grace=0)  # what was limited is so in its next life too
    assert shop.runtime.limits.processors(app) == 0.02


def test_a_limit_in_whole_processors_is_drawn_tighter_and_put_back(shop: Shop) -> None:
    """An engine takes no quota for one that was limited so."""
    app = shop.open("limited", nano_cpus=1_500_000_000)
    before = shop.picture(app)
    shop.inject(CpuQuota(0.05), "limited")
    assert shop.runtime.limits.processors(app) == 0.05
    shop.undo()
    assert shop.picture(app) == before
    shop.remove(app)


def test_a_service_without_spare_processes_answers_nobody_new(shop: Shop, app: Container) -> None:
    """Each answer takes a thread of its own; it runs all the same, and says so to nobody."""
    shop.inject(ProcessesExhausted(), "app")
    assert shop.ask(app) != ANSWERS
    assert shop.runtime.state(app).status == "running"


def test_a_service_without_spare_file_descriptors_answers_nobody(
    shop: Shop, app: Container
) -> None:
    """Whoever connects is not accepted."""
    before = shop.runtime.processes.files(app)
    assert 3 < before.opened < 20
    shop.inject(FilesExhausted(), "app")
    assert shop.ask(app) != ANSWERS
    assert shop.runtime.processes.files(app).soft == before.opened


@pytest.mark.parametrize("way", ["lent", "shell"])
def test_a_hog_takes_processors_and_gives_them_back(
    shop: Shop, app: Container, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """It is counted in the container's own use; by a program that is lent, or by its shell."""
    if way == "shell":
        monkeypatch.setattr(Lender, "lend", refuse)
    shop.inject(CpuHog(processors=2, time_to_live=60), "app")
    goal = used_ns(shop, app) + 200_000_000
    until(lambda: used_ns(shop, app) > goal, awaited="processor time is taken", within=20)


def used_ns(shop: Shop, app: Container) -> int:
    return int(str(shop.runtime.stats(app)["cpu_ns"]))


def refuse(*_: object) -> str:
    raise EngineError("refused")
