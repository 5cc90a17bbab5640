"""Drills that are killed in every way and at every moment leave nothing."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.torture import traces
from tests.torture.cases import (
    FAULTS,
    HEALER_SYNCS,
    SIGNALS,
    STRUCK_ONCE,
    SYNCS,
    Case,
    InEffect,
    Moment,
    Sync,
    deck,
    short_deck,
    whole,
)
from tests.torture.figures import at_most, leak_rate_below, percentile
from tests.torture.torture import (
    CALLED_WITHIN,
    Outcome,
    Told,
    called_after,
    side_by_side,
    summary,
    torture_all,
)
from tests.torture.tortured import ROOT, STACK, Tortured

DRILLS = int(os.environ.get("TORTURE_DRILLS") or whole())
SEED = int(os.environ.get("TORTURE_SEED", "1"))


def leaks(outcomes: list[Outcome]) -> dict[str, list[str]]:
    """What went wrong, by case."""
    return {one.case: one.problems for one in outcomes if one.problems}


@pytest.mark.torture
def test_no_killed_drill_leaves_anything(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever is killed, whenever: all is undone in time, removed, closed, rendered and intact."""
    with capfd.disabled():
        outcomes = torture_all(deck(DRILLS, SEED), SEED, tmp_path, name="torture")
    assert leaks(outcomes) == {}
    assert percentile(called_after(outcomes), 0.99) <= CALLED_WITHIN


@pytest.mark.engine
@pytest.mark.thorough
def test_ten_killed_drills_leave_nothing(tmp_path: Path) -> None:
    """The short version: each fault, each way to end a drill and each way it is healed."""
    outcomes = torture_all(short_deck(), 0, tmp_path, name="torture-short")
    assert leaks(outcomes) == {}
    assert {one.healed_by for one in outcomes} == {"itself", "the watchdog", "the next run"}


@pytest.mark.engine
def test_a_leak_is_found(tmp_path: Path) -> None:
    """A drill that nobody heals after it was killed with its watchdog shows everything it left."""
    both = SIGNALS["SIGKILL of drill and watchdog"]
    drill = Tortured(Case("freeze", "both", both, Moment(13, 0.1)), tmp_path, f"leak-{os.getpid()}")
    drill.run()
    try:
        found = "\n".join([*traces.left_over(drill), *traces.of_its_report(drill)])
    finally:
        healed = drill.heal_by_the_next_run()
    for trace in ("container drill-", "network drill-", "temporary file", "entry", "drill.ended"):
        assert trace in found, found
    assert "never proven undone" in found, found
    rest = [*traces.left_over(drill), *traces.of_its_report(drill), *traces.of_its_pictures(drill)]
    assert rest == [], healed


def test_the_whole_deck_holds_every_sync_point_of_every_fault() -> None:
    """Before and after each, and every signal and pair of signals with every fault."""
    cases = deck(whole(), 1)
    assert len(cases) == whole()
    points = {
        (one.fault, one.moment) for one in cases if one.signals == "SIGKILL" and not one.healer
    }
    wanted = {
        (fault, Sync(number, when))
        for fault in FAULTS
        for number in range(1, len(SYNCS) + 1)
        for when in ("before", "after")
    }
    assert wanted <= points
    assert {one.healer.number for one in cases if one.healer} == set(
        range(1, len(HEALER_SYNCS) + 1)
    )
    randomly = {(one.signals, one.fault) for one in cases if isinstance(one.moment, Moment)}
    assert {(name, fault) for name in SIGNALS for fault in FAULTS} <= randomly


def test_every_further_fault_is_struck_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By SIGKILL, while it is in effect, whatever is struck at every sync point."""
    monkeypatch.setattr("tests.torture.cases.STRUCK_ONCE", ("one", "another"))
    cases = [one for one in deck(whole(), 1) if one.fault not in FAULTS]
    assert sorted(one.fault for one in cases) == ["another", "one"]
    assert {(one.signals, one.moment) for one in cases} == {("SIGKILL", InEffect())}


def test_every_fault_of_the_decks_has_its_scenario() -> None:
    """Of its name, in the feature that the tortured drills run."""
    text = Path(ROOT, STACK, "torture.feature").read_text("utf-8")
    scenarios = {line.strip() for line in text.splitlines()}
    assert {f"Scenario: {fault}" for fault in (*FAULTS, *STRUCK_ONCE)} <= scenarios


@pytest.mark.parametrize("count", [1, 10, 60, 200, 600])
def test_a_seed_repeats_its_deck(count: int) -> None:
    """Of any size; another seed gives another one."""
    assert deck(count, 7) == deck(count, 7)
    assert len(deck(count, 7)) == count
    assert count == 1 or deck(count, 7) != deck(count, 8)


def test_the_short_deck_meets_every_fault_and_signal() -> None:
    """Ten drills, every fault, each signal, and pairs of them."""
    cases = short_deck()
    assert len(cases) == 10
    assert {one.fault for one in cases} == set(FAULTS)
    signals = Counter(blow.signal for one in cases for blow in one.blows)
    assert signals.keys() == {"SIGKILL", "SIGTERM", "SIGINT"}
    assert {len(one.blows) for one in cases} == {1, 2}


def test_the_bound_on_the_leak_rate_is_exact() -> None:
    """It is the rate at which so few leaks or fewer have a chance of one in twenty."""
    assert leak_rate_below(0, 200) == pytest.approx(1 - 0.05 ** (1 / 200))
    assert leak_rate_below(0, 200) == pytest.approx(0.014867, abs=1e-6)
    for leaked, drills in ((0, 10), (1, 10), (3, 200), (7, 20)):
        assert at_most(leaked, drills, leak_rate_below(leaked, drills)) == pytest.approx(0.05)
    assert leak_rate_below(5, 5) == 1.0
    assert leak_rate_below(0, 0) == 1.0


def test_nothing_new_is_begun_after_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way is carried to its end."""
    over = threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            if cancel_futures:
                super().shutdown(wait=False, cancel_futures=True)
            over.set()
            super().shutdown(wait=wait)

    monkeypatch.setattr("tests.torture.torture.ThreadPoolExecutor", Pool)
    ended: list[int] = []

    def one(number: int) -> None:
        if number == 3:
            raise KeyboardInterrupt
        if number > 3:
            over.wait()
        ended.append(number)

    with pytest.raises(KeyboardInterrupt):
        side_by_side(one, range(200))
    assert {0, 1, 2} <= {*ended}
    assert len(ended) <= 5  # of 200: besides those what two threads had taken by then


def test_each_outcome_is_on_the_disk_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that is stopped has figures too."""
    told = Told(tmp_path / "torture.jsonl", 200)
    told.tell(6, Outcome("the case", "stop", "SIGKILL", "at random", "undoing"))
    (kept,) = map(json.loads, (tmp_path / "torture.jsonl").read_text("utf-8").splitlines())
    assert (kept["number"], kept["case"], kept["problems"]) == (7, "the case", [])
    assert capsys.readouterr().out == "   1 of 200: the case: undoing, healed by itself\n"
    assert "1 drills" in "\n".join(summary(told.outcomes, [], 1))


def test_percentiles_are_of_values_that_were_seen() -> None:
    """The nearest rank: never an average of two."""
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.99) == 99.0
    assert percentile([4.0], 0.99) == 4.0


def test_a_blow_may_come_late() -> None:
    """A case says all of it in words."""
    case = Case("stop", "SIGINT, SIGKILL", SIGNALS["SIGINT, SIGKILL"], Moment(3, 0.05))
    assert str(case) == "stop: SIGINT, SIGKILL 50 ms after line 3"
    assert "its watchdog after sync 2" in str(replace(case, healer=Sync(2, "after")))
