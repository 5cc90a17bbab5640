"""Undos: what is written of each, what time each gets, and those of a drill that died."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from drills.errors import EngineError, PlanError
from drills.faults.rollback import Undone, _seen
from drills.faults.undo import Place, Undo
from drills.journal.facts import UndoCalled, UndoFailed, UndoVerified
from drills.journal.folder import JOURNAL
from drills.stack.runtime import Container
from tests.doubles.bench import Bench, intended

BUDGET = 5.0
PLACES = (("app", 1), ("app", 2), ("replica", 1))
RUNNING = {"status": "running", "paused": "false"}


def start(
    bench: Bench, service: str, instance: int = 1, before: Mapping[str, str] = MappingProxyType({})
) -> Undo:
    """The undo of a container that was stopped."""
    container = bench.runtime.find(service, instance)
    bench.runtime.stop(container, 0)
    return Undo("start", Place(container), before=before)


def arm(bench: Bench, injection: str, undo: Undo) -> None:
    bench.rollbacks.arm(undo, intended(injection))


def within(done: Undone) -> float:
    """The seconds that an undo had, by its problem."""
    found = re.search(r"not within ([0-9.]+) (m?s)", done.problem)
    assert found, done.problem
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


class TestWritten:
    def test_what_is_called_and_proven_is_told_in_full(self, bench: Bench) -> None:
        """Which injection, which operation, on what, and by what proof."""
        undo = start(bench, "app")
        arm(bench, "d-1", undo)
        assert bench.rollbacks.unwind(budget=BUDGET) == [Undone("d-1", undo)]
        (called,) = bench.on_disk(UndoCalled)
        assert (called.text, called.injection, called.operation) == (
            "start fake-app-1",
            "d-1",
            "start",
        )
        (verified,) = bench.on_disk(UndoVerified)
        assert verified.text == "fake-app-1: running and not paused"
        assert (verified.injection, verified.proof) == ("d-1", "running and not paused")
        assert (verified.exists, verified.restarts) == (True, 0)

    def test_of_a_container_that_is_gone_nothing_more_is_known(self, bench: Bench) -> None:
        """Neither that it exists nor how often it was started."""
        arm(bench, "d-1", Undo("start", Place(bench.runtime.find("app"))))
        bench.runtime.vanish(bench.runtime.find("app"))
        bench.rollbacks.unwind(budget=BUDGET)
        (verified,) = bench.on_disk(UndoVerified)
        assert verified.text == "fake-app-1: the container is gone, and the fault with it"
        assert (verified.exists, verified.restarts) == (False, -1)
        (event,) = (each for each in bench.journal.timeline() if each.kind is verified.kind)
        assert event.data.get("restarts", -1) == -1

    def test_an_engine_that_does_not_say_how_often_it_was_started(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Then that is not known; the undo is proven all the same."""
        undo = start(bench, "app")
        arm(bench, "d-1", undo)
        state = type(bench.runtime).state
        asked = iter([state, state])

        def told(runtime: object, container: Container) -> object:
            known = next(asked, None)
            if known is None:
                raise EngineError("no answer")
            return known(runtime, container)  # type: ignore[arg-type]

        monkeypatch.setattr(type(bench.runtime), "state", told)
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        assert [each.restarts for each in bench.on_disk(UndoVerified)] == [-1]

    def test_a_failed_one_is_told_with_what_it_was_before_and_is_now(self, bench: Bench) -> None:
        """The problem is that of the journal, under its injection."""
        undo = start(bench, "app", before=RUNNING)
        arm(bench, "d-1", undo)
        bench.runtime.ignore_next("start")
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        (failed,) = bench.on_disk(UndoFailed)
        assert done == Undone("d-1", undo, failed.text)
        assert failed.injection == "d-1"
        assert (
            "fake-app-1 is running and not paused, as it was before "
            "(status running, paused false): not within 5 s"
        ) in done.problem
        assert "exited" in done.problem

    def test_what_was_nothing_before_is_not_told(self, bench: Bench) -> None:
        """Older journals do not hold it."""
        arm(bench, "d-1", start(bench, "app"))
        bench.runtime.ignore_next("start")
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "as it was before" not in done.problem

    def test_what_is_seen_last_is_its_state_or_that_it_is_another_one(self, bench: Bench) -> None:
        """That it is gone proves nothing of an undo that is still open."""
        undo = start(bench, "app")
        assert _seen(bench.runtime, undo) == str(bench.runtime.state(undo.container))
        bench.runtime.vanish(undo.container)
        assert _seen(bench.runtime, undo) == "another container in its place"

    def test_one_that_is_all_that_it_was_before_is_proven(self, bench: Bench) -> None:
        """Status and pause."""
        arm(bench, "d-1", start(bench, "app", before=RUNNING))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""

    def test_an_undo_that_nobody_knows_fails_and_says_so(self, bench: Bench) -> None:
        """From a journal of a newer version, say; it stays armed."""
        undo = Undo("reverse-polarity", Place(bench.runtime.find("app")))
        bench.journal.write(replace(intended("d-1"), undo=undo.data()))
        bench.rollbacks.rearm(bench.journal.timeline())
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "reverse-polarity of fake-app-1 failed: " in done.problem
        assert ". By hand: " in done.problem
        assert len(bench.rollbacks) == 1

    def test_every_line_is_synced(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """A power cut between call and proof leaves the call on the disk."""
        arm(bench, "d-1", start(bench, "app"))
        path: Path = bench.journal.directory / JOURNAL
        synced: list[bytes] = []
        monkeypatch.setattr(
            os, "fsync", lambda _: synced.append(path.read_bytes().splitlines()[-1])
        )
        bench.rollbacks.unwind(budget=BUDGET)
        assert [b"undo.called" in synced[0], b"undo.verified" in synced[1]] == [True, True]


class TestTime:
    def test_that_all_share_is_parted_equally(self, bench: Bench) -> None:
        """Each that uses up its part leaves the others theirs."""
        for number, (service, instance) in enumerate([("app", 1), ("replica", 1), ("app", 2)]):
            arm(bench, f"d-{number}", start(bench, service, instance))
        bench.runtime.ignore_next("start", times=3)
        bench.clock.advance(1000)  # it does not begin at 0
        done = bench.rollbacks.unwind(budget=30.0, together=6.0)
        assert [within(one) for one in done] == pytest.approx([2, 2, 2], abs=0.1)

    def test_that_one_does_not_use_is_the_others(self, bench: Bench) -> None:
        """The first needs none of its three seconds, so the second has all six."""
        arm(bench, "d-1", start(bench, "app"))
        arm(bench, "d-2", start(bench, "replica"))
        container = bench.runtime.find("app")
        bench.runtime.vanish(container)
        arm(bench, "d-3", Undo("start", Place(bench.runtime.find("app", 2))))
        bench.runtime.fail_next("start", EngineError("busy"))
        bench.runtime.ignore_next("start")
        at_once, slow, gone = bench.rollbacks.unwind(budget=30.0, together=6.0)
        assert "busy" in at_once.problem
        assert within(slow) == pytest.approx(3, abs=0.1)
        assert gone.problem == ""

    def test_is_there_for_a_last_look(self, bench: Bench) -> None:
        """What takes effect just before its budget ends is still seen."""
        undo = start(bench, "app")
        arm(bench, "d-1", undo)
        bench.runtime.ignore_next("start")
        bench.clock.after(BUDGET - 0.2, lambda: bench.runtime.start(undo.container))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""

    def test_is_none_where_all_of_it_is_gone(self, bench: Bench) -> None:
        """It is tried and looked at once all the same."""
        arm(bench, "d-1", start(bench, "app"))
        bench.runtime.ignore_next("start")
        (done,) = bench.rollbacks.unwind(budget=30.0, together=-5.0)
        assert within(done) == 0


class TestArmed:
    def test_links_to_one_peer_hit_it_once(self, bench: Bench) -> None:
        """Each end of a link is hit; a container that two faults act on counts twice."""
        app, other, replica = (bench.runtime.find(*one) for one in PLACES)
        assert bench.rollbacks.hit == 0
        arm(bench, "d-1", Undo("start", Place(app, peers=(replica,))))
        assert bench.rollbacks.hit == 2
        arm(bench, "d-2", Undo("start", Place(other, peers=(replica,))))
        assert bench.rollbacks.hit == 3
        arm(bench, "d-3", Undo("start", Place(app)))
        assert (bench.rollbacks.hit, len(bench.rollbacks)) == (4, 3)

    def test_what_would_be_masked_is_refused(self, bench: Bench) -> None:
        """Whoever undoes it from the disk would put the mask back."""
        bench.journal.redact = lambda text: text.replace("hunter2", "***")
        app = bench.runtime.find("app")
        undo = Undo("start", Place(app), {"role": "shop", "was": "hunter2"})
        with pytest.raises(PlanError) as refused:
            arm(bench, "d-1", undo)
        assert str(refused.value) == (
            "expected an undo of fake-app-1 that can be written down whole (role, was), one of "
            "these is masked as a secret or too long; nothing was done"
        )
        assert len(bench.rollbacks) == 0

    def test_those_of_a_drill_that_died_are_taken_over(self, bench: Bench) -> None:
        """All that was not proven undone, and each is undone under its own name."""
        first, second, third = (start(bench, *one) for one in PLACES)
        for injection, undo in (("d-1", first), ("d-2", second), ("d-3", third)):
            arm(bench, injection, undo)
        bench.rollbacks.unwind(budget=BUDGET, only="d-2")
        survivor = Bench(bench.journal.directory.parent / "survivor")
        survivor.rollbacks.rearm(bench.journal.timeline())
        done = survivor.rollbacks.unwind(budget=BUDGET)
        assert [one.injection for one in done] == ["d-3", "d-1"]
        assert [one.undo.data() for one in done] == [third.data(), first.data()]
        survivor.journal.close()
