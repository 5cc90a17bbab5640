"""Files and settings with which a service does not start, or starts as another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import (
    CrashLoop,
    EnvironmentBroken,
    FileEmptied,
    FileUnreadable,
    SecretRotated,
    TokenLifetimeCut,
)
from drills.faults.application.starting import BROKEN, with_setting
from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.faults.undo import Undo
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended
from drills.units import NS
from tests.doubles.bench import Bench

APP = Target("app", 1)
PATH = "/drill/config/erp.env"
CONTENT = b"DATABASE_URL=postgresql://db\nJWT_SECRET=hush-hush\nTOKEN_TTL=3600\n"
DOWN: list[Fault] = [
    EnvironmentBroken("DATABASE_URL"),
    FileUnreadable(),
    FileEmptied("erp.env"),
    CrashLoop("DATABASE_URL"),
]
OTHER: list[Fault] = [SecretRotated(), TokenLifetimeCut(2)]


@pytest.fixture
def shop(bench: Bench) -> Bench:
    """Two instances that share a file, end with 1 where it is broken, and else are healthy."""
    bench.runtime.configuration.add(PATH, CONTENT)
    bench.clock.advance(1)
    for instance in (1, 2):
        app = bench.runtime.find("app", instance)
        bench.runtime.set_health(app, "healthy")
        bench.runtime.starts(app, lambda: 1 if broken(bench) else None)
    return bench


def broken(bench: Bench) -> bool:
    held = bench.runtime.configuration.held(PATH, "none")
    if held is None:
        return False
    content = bench.runtime.configuration.contents[PATH]
    return held.mode == 0 or not content or BROKEN.encode() in content


def whole(bench: Bench) -> None:
    """The file is as it was, and everybody runs."""
    held = bench.runtime.configuration.held(PATH, "none")
    assert held is not None
    assert (bench.runtime.configuration.contents[PATH], held.mode) == (CONTENT, 0o644)
    for instance in (1, 2):
        assert bench.runtime.state(bench.runtime.find("app", instance)).status == "running"
    assert bench.runtime.limits.restart_policy(bench.runtime.find("app")) == "no"


@pytest.mark.parametrize("fault", DOWN, ids=lambda fault: fault.kind)
def test_the_one_that_is_restarted_does_not_come_up(shop: Bench, fault: Fault) -> None:
    """The other goes on; undone, the file is as before and the first runs again."""
    app, other = shop.runtime.find("app"), shop.runtime.find("app", 2)
    before = shop.runtime.state(other)
    shop.injector().inject(fault, APP, "d")
    assert not shop.runtime.state(app).running
    assert shop.runtime.state(other) == before
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    whole(shop)
    assert shop.runtime.state(other) == before


@pytest.mark.parametrize("fault", OTHER, ids=lambda fault: fault.kind)
def test_one_instance_runs_with_another_setting_and_the_file_is_as_before(
    shop: Bench, fault: Fault
) -> None:
    """So that whoever is started later, and the undo itself, have the right one."""
    app = shop.runtime.find("app")
    began = shop.runtime.state(app).started_at
    shop.injector().inject(fault, APP, "d")
    whole(shop)
    first = shop.runtime.state(app).started_at
    assert first > began
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert shop.runtime.state(app).started_at > first
    whole(shop)


@pytest.mark.parametrize("fault", [*DOWN, *OTHER], ids=lambda fault: fault.kind)
@pytest.mark.parametrize("how", ["", "restart", "start", "other", "vanish", "procedure"])
def test_it_is_undone_whatever_became_of_it(shop: Bench, fault: Fault, how: str) -> None:
    """By another process that has the undo from the journal; and twice is once."""
    app, other = shop.runtime.find("app"), shop.runtime.find("app", 2)
    shop.injector().inject(fault, APP, "d")
    (intended,) = shop.on_disk(FaultIntended)
    meanwhile: dict[str, Callable[[], object]] = {
        "": lambda: None,
        "restart": lambda: shop.runtime.restart(app),
        "start": lambda: shop.runtime.start(app),
        "other": lambda: shop.runtime.restart(other),
        "vanish": lambda: shop.runtime.vanish(app),
        "procedure": lambda: shop.runtime.configuration.overwrite(PATH, CONTENT),
    }
    meanwhile[how]()
    for _ in range(2):
        shop.rollbacks.unwind(budget=5)
        shop.rollbacks.arm(Undo.from_data(intended.undo), intended)
    calls = len(shop.runtime.calls)
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert "restart" not in [call.method for call in shop.runtime.calls[calls:]]
    assert shop.runtime.configuration.contents[PATH] == CONTENT  # others read it too
    if how != "vanish":
        whole(shop)


def test_a_file_that_is_gone_is_put_back_by_nobody(shop: Bench) -> None:
    """As when the drill's own folder is: there is nothing left to undo but the end of it."""
    shop.injector().inject(EnvironmentBroken("DATABASE_URL"), APP, "d")
    shop.runtime.configuration.lose(PATH)
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert shop.runtime.state(shop.runtime.find("app")).running


@pytest.mark.parametrize("fault", [*DOWN, *OTHER], ids=lambda fault: fault.kind)
def test_the_journal_holds_no_secret(shop: Bench, fault: Fault) -> None:
    """Neither what was in the file nor what is: a hash of it, and where it lies."""
    shop.injector().inject(fault, APP, "d")
    written = (shop.journal.directory / "journal.jsonl").read_text("utf-8")
    assert "hush-hush" not in written
    assert "postgresql://db" not in written
    (intended,) = shop.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert undo.arguments["path"] == PATH
    assert len(undo.arguments["digest"]) == 64


@pytest.mark.parametrize("fault", [*DOWN, *OTHER], ids=lambda fault: fault.kind)
def test_nobody_s_word_is_taken_for_the_undo(shop: Bench, fault: Fault) -> None:
    """A file that stays as it is, an instance that is not started anew: a person is told."""
    shop.injector().inject(fault, APP, "d")
    shop.runtime.configuration.deaf = True
    shop.runtime.ignore_next("restart", 99)
    shop.runtime.ignore_next("start", 99)
    (done,) = shop.rollbacks.unwind(budget=1)
    assert "By hand: put /drill/config/erp.env back" in done.problem


def test_a_service_that_comes_up_all_the_same_is_a_failed_injection(shop: Bench) -> None:
    """It may not read the setting at all."""
    shop.runtime.starts(shop.runtime.find("app"), lambda: None)
    with pytest.raises(InjectionFailed, match="read back that it does not come up with its file"):
        shop.injector().inject(EnvironmentBroken("DATABASE_URL"), APP, "d")
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    whole(shop)


def test_a_setting_that_is_not_there_is_told_with_the_nearest(shop: Bench) -> None:
    """Before anything is done."""
    with pytest.raises(PlanError, match="got 'DATABASE_ULR'; did you mean 'DATABASE_URL'"):
        shop.injector().inject(EnvironmentBroken("DATABASE_ULR"), APP, "d")
    assert shop.on_disk(FaultIntended) == []


def test_a_crash_loop_may_have_begun_with_the_first_end(shop: Bench) -> None:
    """An alert that comes before the second one is not one from before the fault."""
    shop.injector().inject(CrashLoop("DATABASE_URL"), APP, "d")
    called, effective = shop.event(FaultCalled), shop.event(FaultEffective)
    assert effective.low_ns == called.at_ns
    assert effective.high_ns - effective.low_ns > 0.05 * NS


def test_a_file_that_is_empty_as_it_is_is_not_emptied(shop: Bench) -> None:
    """It would prove nothing."""
    shop.runtime.configuration.add(PATH, b"")
    with pytest.raises(PlanError, match=r"expected something in erp\.env, it is empty as it is"):
        shop.injector().inject(FileEmptied("erp.env"), APP, "d")
    assert shop.on_disk(FaultIntended) == []


def test_without_a_health_check_nobody_knows_when_it_has_read_its_file(shop: Bench) -> None:
    """Put back too early, the file would have had no effect."""
    shop.runtime.set_health(shop.runtime.find("app"), "")
    with pytest.raises(PlanError, match="expected a health check of fake-app-1"):
        shop.injector().inject(SecretRotated(), APP, "d")


def test_what_does_not_start_with_another_secret_is_a_failed_injection(shop: Bench) -> None:
    """It says so, and the undo puts all back."""
    shop.runtime.starts(shop.runtime.find("app"), lambda: 1)
    with pytest.raises(InjectionFailed, match="does not start with another JWT_SECRET"):
        shop.injector().inject(SecretRotated(), APP, "d")
    shop.runtime.starts(shop.runtime.find("app"), lambda: None)
    (done,) = shop.rollbacks.unwind(budget=5)
    assert done.problem == ""
    whole(shop)


@pytest.mark.parametrize(
    ("content", "written"),
    [
        (b"A=1\n", b"A=1\nA=2\n"),
        (b"export A=1", b"export A=1\nA=2\n"),
        (b"# A=0\r\n  A = 1\r\n", b"# A=0\r\n  A = 1\r\nA=2\n"),
    ],
)
def test_a_setting_s_last_line_counts(content: bytes, written: bytes) -> None:
    """Every other byte is kept."""
    assert with_setting(content, "A", "2") == written


def test_a_secret_is_another_one_each_time() -> None:
    """And lifetimes are whole seconds, one at least."""
    assert SecretRotated().value() != SecretRotated().value()
    assert [TokenLifetimeCut(each).value() for each in (0.2, 1, 90)] == ["1", "1", "90"]
