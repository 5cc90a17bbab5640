"""The runbook's procedures: each action done, timed and verified, or failed with the reason."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.errors import EngineError, ResponseFailed
from drills.journal.facts import (
    ResponseStep,
)
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.runbook.processes import BETWEEN
from drills.runbook.settings_file import set_value, value_of
from drills.stack.runtime import Container, Executed
from tests.doubles.bench import Bench
from tests.doubles.scripted import Answer, Service
from tests.doubles.working import ENVIRONMENT, TITLE, action, restart


class TestCheck:
    def test_keeps_what_was_said(self, bench: Bench, service: Service, work: Workplace) -> None:
        """With path and field, and the time it took, in the journal."""
        service.on("/health/database", (503, {"read_replica": {"status": "down"}}))
        path, field = "/health/database", "read_replica.status"
        carry_out(work, TITLE, (action("check", path=path, field=field),))
        step = bench.event(ResponseStep)
        assert step.detail == {"path": path, "field": field, "said": "down"}
        assert step.text == "To check"
        assert step.acts is False
        assert step.begun_ns <= step.at_ns

    def test_a_step_that_fails_is_named_and_the_last_one_done(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """By its number and its sentence; what comes after it is not begun."""
        service.on("/health", {"status": "ok"})
        check = action("check", path="/health", field="status")
        bench.runtime.fail_next("restart", EngineError("engine down"))
        with pytest.raises(ResponseFailed, match=r"step 2 \(To restart\): engine down"):
            carry_out(work, TITLE, (check, restart(), check))
        done, failed = bench.journal.timeline().all(ResponseStep)
        assert (done.number, done.works, done.finding) == (1, True, "")
        assert (failed.number, failed.works) == (2, False)
        assert failed.finding == "step 2 of The app is slow (To restart) does not work: engine down"

    def test_no_answer_is_noted_and_the_procedure_goes_on(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """Who looks at a broken system often sees nothing, and acts all the same."""
        service.on("/health", "bad gateway")
        carry_out(work, TITLE, (action("check", path="/health", field="status"),))
        detail = bench.event(ResponseStep).detail
        assert detail == {"path": "/health", "field": "status", "said": "no answer"}


class TestPoint:
    def test_gives_one_key_the_value_of_another(
        self, bench: Bench, work: Workplace, environment: Path
    ) -> None:
        """Every other line stays as it was, and no secret goes to the journal."""
        carry_out(work, TITLE, (action("point", key="READ_REPLICA_URL", at="DATABASE_URL"),))
        assert environment.read_text("utf-8") == ENVIRONMENT.replace(
            "READ_REPLICA_URL=r", "READ_REPLICA_URL=postgresql://u:p@primary/erp"
        )
        step = bench.event(ResponseStep)
        assert step.acts is True
        assert step.detail == {"key": "READ_REPLICA_URL", "at": "DATABASE_URL"}

    def test_the_file_stays_the_same_file(self, environment: Path) -> None:
        """It is mounted into containers by its inode."""
        inode = environment.stat().st_ino
        set_value(environment, "X", "2")
        assert environment.stat().st_ino == inode
        assert value_of(environment, "X") == "2"

    @pytest.mark.parametrize(("key", "at"), [("NEW", "X"), ("X", "NEW")])
    def test_a_key_that_is_not_there_is_an_error(
        self, work: Workplace, environment: Path, key: str, at: str
    ) -> None:
        """Nothing is written: a key that the application does not read changes nothing."""
        with pytest.raises(ResponseFailed, match=r"expected NEW=\.\.\. in the environment file"):
            carry_out(work, TITLE, (action("point", key=key, at=at),))
        assert environment.read_text("utf-8") == ENVIRONMENT

    def test_a_value_of_two_lines_is_refused(self, environment: Path) -> None:
        """It would smuggle in a key."""
        with pytest.raises(ResponseFailed, match="one line"):
            set_value(environment, "X", "1\nY=2")

    def test_a_file_that_is_gone_is_an_error(self, tmp_path: Path) -> None:
        """In the words of the operating system."""
        with pytest.raises(ResponseFailed, match="read the environment file"):
            value_of(tmp_path / "none.env", "X")


class TestVerify:
    ACTION = action(
        "verify", service="app", path="/db", field="read_replica.configured", equals="primary"
    )

    def says(self, *pairs: tuple[str, str]) -> Iterator[Answer]:
        return itertools.cycle(
            {"instance": instance, "read_replica": {"configured": said}} for instance, said in pairs
        )

    @pytest.fixture(autouse=True)
    def told_apart(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ids whose first twelve characters differ, as an engine's do."""
        apps = [Container(f"{n}" * 64, f"app-{n}", "app", n) for n in (1, 2)]
        monkeypatch.setattr(bench.runtime, "containers", lambda _="": apps)

    def test_every_instance_must_agree(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """In whatever order they are met."""
        said = self.says(("1" * 12, "primary"), ("1" * 12, "primary"), ("2" * 12, "primary"))
        service.on("/db", lambda _: next(said))
        carry_out(work, TITLE, (self.ACTION,))
        detail = bench.event(ResponseStep).detail
        assert detail == {
            "field": "read_replica.configured",
            "equals": "primary",
            "instances": ["1" * 12, "2" * 12],
        }

    def test_one_of_two_is_not_enough_and_it_is_said_who_agreed(
        self, service: Service, work: Workplace
    ) -> None:
        """Half a fail-over is none."""
        said = self.says(("1" * 12, "primary"), ("2" * 12, "replica"))
        service.on("/db", lambda _: next(said))
        with pytest.raises(ResponseFailed, match=r"on all 2 instances: .*agreed: 111111111111"):
            carry_out(work, TITLE, (self.ACTION,))

    def test_one_that_was_never_met_is_not_taken_for_granted(
        self, service: Service, work: Workplace
    ) -> None:
        """However often the other one answers."""
        said = self.says(("1" * 12, "primary"))
        service.on("/db", lambda _: next(said))
        with pytest.raises(ResponseFailed, match=r"agreed: 111111111111$"):
            carry_out(work, TITLE, (self.ACTION,))

    def test_who_falls_back_no_longer_agrees(self, service: Service, work: Workplace) -> None:
        """What counts is the last answer of each."""
        said = itertools.chain(
            itertools.islice(self.says(("1" * 12, "primary"), ("1" * 12, "replica")), 2),
            self.says(("2" * 12, "primary")),
        )
        service.on("/db", lambda _: next(said))
        with pytest.raises(ResponseFailed, match=r"agreed: 222222222222$"):
            carry_out(work, TITLE, (self.ACTION,))

    def test_a_service_without_instances_verifies_nothing(
        self, bench: Bench, service: Service, work: Workplace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody disagreed is not everybody agreed."""
        monkeypatch.setattr(bench.runtime, "containers", lambda _="": [])
        said = self.says(("1" * 12, "primary"))
        service.on("/db", lambda _: next(said))
        with pytest.raises(ResponseFailed):
            carry_out(work, TITLE, (self.ACTION,))


class TestInspect:
    def looks(self, bench: Bench, *listings: bytes) -> None:
        left = iter(listings)
        bench.runtime.answer("sh", with_=lambda *_: Executed(0, next(left)))

    def test_names_the_process_that_grew_most(self, bench: Bench, work: Workplace) -> None:
        """By growth between two looks, not by size; in MiB a second."""
        self.looks(
            bench,
            b"1 900000 uvicorn app\n77 2048 python3 -c leak \n",
            b"1 500000 uvicorn app\n",
            b"1 900100 uvicorn app\n77 12288 python3 -c leak \n88 999999 new\nrubbish\n",
            b"1 500000 uvicorn app\n",
        )
        carry_out(work, TITLE, (action("inspect", service="app"),))
        detail = bench.event(ResponseStep).detail
        assert isinstance(detail, dict)
        seconds = BETWEEN + 2 * bench.runtime.latency
        assert detail == {
            "container": "fake-app-1",
            "pid": 77,
            "command": "python3 -c leak",
            "resident_mib": 12.0,
            "growth_mib_per_s": round(10 / seconds, 1),
            "seconds": round(seconds, 3),
        }

    def test_a_stopped_instance_is_passed_over(self, bench: Bench, work: Workplace) -> None:
        """It has no processes; the other one is looked at."""
        bench.runtime.stop(bench.runtime.find("app", 1), 0)
        self.looks(bench, b"1 100 uvicorn\n", b"1 200 uvicorn\n")
        carry_out(work, TITLE, (action("inspect", service="app"),))
        detail = bench.event(ResponseStep).detail
        assert isinstance(detail, dict)
        assert detail["container"] == "fake-app-2"

    def test_without_any_process_it_fails(self, bench: Bench, work: Workplace) -> None:
        """An empty finding would look like an investigation."""
        self.looks(bench, *[b""] * 4)
        carry_out(work, TITLE, (action("inspect", service="app"), action("people")))
        looked, last = bench.journal.timeline().all(ResponseStep)
        assert not looked.works
        assert looked.reason.startswith("expected processes in the app containers")
        assert last.works  # who looks in vain goes on
