"""The watchdog as a process, without an engine: armed, waiting, dismissed, missed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from drills.clock import SystemClock
from drills.errors import DrillError, EngineError
from drills.faults.catalogue import OPERATIONS
from drills.journal.journal import Journal
from drills.lifecycle.watchdog import __main__ as process
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.__main__ import WHO, dismissed, heal
from drills.lifecycle.watchdog.guard import Guard
from drills.wait import until
from tests.doubles.dead import DRILL, PROJECT, Paper

ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs on this machine: nothing here talks to it."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")


def guard(tmp_path: Path) -> Guard:
    return Guard(DRILL, tmp_path / "drill", PROJECT)


@pytest.mark.thorough
class TestGuard:
    def test_a_drill_that_ended_cleanly_leaves_no_trace(self, tmp_path: Path, state: Path) -> None:
        """No process, no entry, no log."""
        under = guard(tmp_path)
        under.clean = lambda: True
        with under:
            under.check()
            assert [entry.alive for entry in registry.entries()] == [True]
            assert os.getsid(under.watchdog.pid) == under.watchdog.pid  # no child of the terminal
        assert not Path(f"/proc/{under.watchdog.pid}").exists()
        assert list(state.iterdir()) == []

    def test_it_says_what_it_can_undo_before_it_is_armed(self, tmp_path: Path) -> None:
        """All operations that there are, and no other: a drill arms only what it knows of."""
        with guard(tmp_path) as under:
            assert not under.undoes("start")  # nothing was heard of it yet
            under.check()
            assert [name for name in OPERATIONS if not under.undoes(name)] == []
            assert not under.undoes("an operation of a conftest")
            under.clean = lambda: True

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_no_polite_signal_ends_it(self, tmp_path: Path, number: signal.Signals) -> None:
        """A system that goes down asks everybody to end; it is the last to leave."""
        with guard(tmp_path) as under:
            under.check()
            os.kill(under.watchdog.pid, number)
            under.check()
            under.clean = lambda: True
        assert under.watchdog._process.returncode == 0  # it left when told, and not before

    def test_what_judges_is_loaded_after_it_is_armed_and_all_the_same(self, tmp_path: Path) -> None:
        """The stack need not wait for it; whoever is healed later does not either."""
        loads = "import sys, drills.lifecycle.watchdog.__main__; print('pydantic' in sys.modules)"
        said = subprocess.run(
            [sys.executable, "-c", loads], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        assert said == "False\n"
        with guard(tmp_path) as under:
            under.check()
            mapped = Path(f"/proc/{under.watchdog.pid}/maps")
            until(lambda: "pydantic_core" in mapped.read_text(), awaited="it is loaded", within=60)
            under.clean = lambda: True

    def test_its_death_is_an_error(self, tmp_path: Path) -> None:
        """Nobody would undo the faults any more, so the drill must end."""
        with guard(tmp_path) as under:
            under.check()
            os.kill(under.watchdog.pid, signal.SIGKILL)

            def noticed() -> bool:
                try:
                    under.check()
                except DrillError as error:
                    return "the watchdog died" in str(error)
                return False

            until(noticed, awaited="the drill notices", within=10)
            under.clean = lambda: True

    def test_one_that_never_arms_is_an_error_with_its_last_words(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Before the first container."""
        monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
        with guard(tmp_path) as under:
            with pytest.raises(DrillError, match="is not on this host"):
                under.check()
            under.clean = lambda: True

    def test_one_that_cannot_be_started_leaves_no_entry(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A drill that cannot be guarded does not begin."""

        def refuse(*_: object, **__: object) -> None:
            raise OSError("out of processes")

        monkeypatch.setattr(subprocess, "Popen", refuse)
        with pytest.raises(DrillError, match="cannot be started: out of processes"):
            guard(tmp_path)
        assert registry.entries() == []

    def test_a_drill_that_left_something_is_its_to_finish(self, tmp_path: Path) -> None:
        """Here there is no engine to do it with, so the entry stays for later."""
        with guard(tmp_path) as under:
            under.check()
            Journal(tmp_path / "drill", SystemClock()).close()
        (entry,) = registry.entries()
        assert Path(f"/proc/{under.watchdog.pid}").exists()
        os.kill(under.watchdog.pid, signal.SIGKILL)
        until(lambda: not entry.alive, awaited="the entry is let go of", within=10)
        assert entry.path.exists()


class TestProcess:
    @pytest.mark.parametrize(
        ("said", "over"), [(b"", False), (b"don", False), (b"done\n", True), (b"x\ndone\n", True)]
    )
    def test_only_the_whole_word_dismisses_it(self, said: bytes, over: bool) -> None:
        """A drill that dies while it says it has died."""
        assert dismissed(BytesIO(said)) is over

    def test_it_heals_what_died(self, paper: Paper) -> None:
        """In its own name."""
        healed = heal(paper.died(), paper.healer())
        assert healed is not None
        assert healed.problems == []
        assert registry.entries() == []
        assert WHO in (paper.directory / "report.html").read_text()

    def test_it_waits_for_an_engine_that_is_away(
        self, paper: Paper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An engine that restarts takes its time; the fault is still there afterwards."""
        monkeypatch.setattr(process, "AGAIN_SECONDS", 0.01)
        entry, tries = paper.died(), []

        def comes_back() -> None:
            tries.append(paper.ground.trouble)
            paper.ground.trouble = None if len(tries) == 2 else EngineError("away")
            if paper.ground.trouble:
                raise paper.ground.trouble

        paper.ground.ready = comes_back  # type: ignore[method-assign]
        healed = heal(entry, paper.healer())
        assert healed is not None
        assert healed.problems == []
        assert len(tries) == 2

    def test_it_does_not_wait_for_ever(self, paper: Paper) -> None:
        """What is left is there for whoever heals next."""
        paper.ground.trouble = EngineError("away")
        healed = heal(paper.died(), paper.healer(), within=0)
        assert healed is not None
        assert healed.problems == ["away"]
        assert [entry.alive for entry in registry.entries()] == [False]

    def test_what_another_one_healed_is_none_of_its_business(self, paper: Paper) -> None:
        """It says so and leaves."""
        entry = paper.died()
        paper.heal()
        assert heal(entry, paper.healer()) is None
